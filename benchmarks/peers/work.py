"""What a step is made of, counted and not run."""

from benchmarks.peers import games
from benchmarks.peers import jax_optax
from benchmarks.peers import shared


class Contender(jax_optax.Contender):
    """A step in JAX; what each method does is in `benchmarks.peers.worker`."""

    def count(self):
        """Operations for each picture of an update, and what the players have."""
        self.prepare(games.draw_data(self.case, self.case.pictures))
        half = tuple(part[: self.case.pictures // 2] for part in self.floats)
        flops = [self._flops(batch) for batch in (self.floats, half)]
        flops = (flops[0] - flops[1]) / (self.case.batch // 2)
        return {"flops": flops, "players": shared.count_players(self.players)}

    def _flops(self, batch):
        return self.step.lower(self.state, batch).cost_analysis()["flops"]
