"""Numbers of the authors' code of BigGAN.

By github.com/ajbrock/BigGAN-PyTorch at 9845943 (MIT): states of small networks, and
what they answer. Kernels are `(out, in, height, width)`, images `(channels, ...)`.
"""

import functools
import pathlib

import numpy as np

from ganzoo.system.pickles.networks import State

FILE = pathlib.Path(__file__).parent / "networks/references/biggan_small.npz"


@functools.cache
def reference():
    with np.load(FILE) as file:
        return dict(file)


def state(form, player, trained=False):
    """The state of a player before a step of training, or after it."""
    starts = [f"{form}/before/{player}/", *[f"{form}/after/{player}/"] * trained]
    arrays = {
        name.removeprefix(start): value
        for start in starts
        for name, value in reference().items()
        if name.startswith(start)
    }
    return State(player, arrays, {})
