"""Numbers of the authors' code of StyleGAN2, and our networks with its weights.

`tests/models/references/stylegan2_small.npz` holds random weights, inputs and what the
authors' code makes of them, in PyTorch's layout: images of 16 pixels, 3 classes, and
groups of 2.
"""

import functools
import pathlib

import numpy as np

from ganzoo.models.released import stylegan2
from ganzoo.system.pickles.networks import State

PLACE = pathlib.Path(__file__).parent / "models/references/stylegan2_small.npz"
SHAPE, CLASSES, GROUP = (16, 16, 3), 3, 2
SIDES = (4, 8, 16)


@functools.cache
def reference():
    with np.load(PLACE) as file:
        return dict(file)


def images(name):
    """A reference in our layout."""
    return reference()[name].transpose(0, 2, 3, 1)


def labels():
    return reference()["c"].argmax(1).astype("int32")


def state(role):
    """The weights of a player, "G" or "D", as of a pickle."""
    names = {name.removeprefix(f"{role}/"): name for name in reference()}
    arrays = {ours: reference()[name] for ours, name in names.items() if ours != name}
    return State(role, arrays, {"b4.mbstd.group_size": GROUP} if role == "D" else {})


def generator():
    return stylegan2.make_generator(state("G"))[0]


def discriminator():
    return stylegan2.make_discriminator(state("D"))


def noise(constant=True):
    row = stylegan2.constant_noise(state("G")) * constant
    return np.tile(row, (4, 1)).astype("float32")


def psi(value, cutoff=6):
    row = np.where(np.arange(6) < cutoff, value, 1.0)
    return np.tile(row, (4, 1)).astype("float32")
