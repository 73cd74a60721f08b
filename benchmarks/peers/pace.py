"""How long a step takes amid others, without what begins and ends an epoch."""

import time


def unwatched(step, losses):
    """What a run tells its steps where nobody asks."""


class Watch:
    """When the first step of a run is done, and when the last.

    Args:
        steps: int. How many follow the first.
    """

    def __init__(self, steps):
        self.steps = steps
        self.times = []

    def __call__(self, step, losses):
        """Note the time of a step, whose losses are given."""
        if step in (0, self.steps):
            # It is done when its losses can be read.
            [float(loss) for loss in losses]
            self.times.append(time.perf_counter())


def measure(run, steps):
    """Seconds of a step.

    Args:
        run: function of a number of steps, and of what is called with the index and the
            losses of each.
        steps: int. How many are timed, after a first one.
    """
    watch = Watch(steps)
    run(1 + steps, watch)
    first, last = watch.times
    return (last - first) / steps
