"""What a step is made of, counted and not run."""

from benchmarks.peers import games
from benchmarks.peers import jax_optax
from benchmarks.peers import shared


class Contender(jax_optax.Contender):
    """A step in JAX; what each method does is in `benchmarks.peers.worker`."""

    def count(self):
        """Operations and bytes for each picture of an update, and the players' own."""
        self.prepare(games.draw_data(self.case, self.case.pictures))
        half = tuple(part[: self.case.pictures // 2] for part in self.floats)
        full, less = (self._flops_and_bytes(batch) for batch in (self.floats, half))
        flops, size = ((a - b) / (self.case.batch // 2) for a, b in zip(full, less))
        return {
            "flops": flops,
            "bytes": [full[1] - size * self.case.batch, size],
            "players": shared.count_players(self.players),
        }

    def _flops_and_bytes(self, batch):
        """Of a step as written, and as XLA lays it out in memory."""
        lowered = self.step.lower(self.state, batch)
        memory = lowered.compile().memory_analysis()
        size = memory.argument_size_in_bytes + memory.temp_size_in_bytes
        return lowered.cost_analysis()["flops"], size
