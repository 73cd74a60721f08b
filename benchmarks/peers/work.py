"""What a step is made of, counted and not run."""

import keras

from benchmarks.peers import games
from benchmarks.peers import jax_optax


class Contender(jax_optax.Contender):
    """A step in JAX; what each method does is in `benchmarks.peers.worker`."""

    def count(self):
        """Operations for each picture, weights and batch normalisations by player."""
        self.prepare(games.draw_data(self.case, self.case.pictures))
        half = tuple(part[: self.case.pictures // 2] for part in self.floats)
        flops = [self._flops(batch) for batch in (self.floats, half)]
        counts = {"flops": (flops[0] - flops[1]) / (self.case.pictures // 2)}
        for name, network in self.players.items():
            counts[name] = {
                "weights": sum(w.size for w in self.weights[name]),
                "variables": len(self.weights[name]),
                "normalizations": sum(
                    isinstance(layer, keras.layers.BatchNormalization)
                    for layer in network._flatten_layers()
                ),
            }
        return counts

    def _flops(self, batch):
        return self.step.lower(self.state, batch).cost_analysis()["flops"]
