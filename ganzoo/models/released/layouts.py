"""Which release a file is of, by the names of its weights."""

import warnings

from ganzoo.models.released import biggan
from ganzoo.models.released import r3gan
from ganzoo.models.released import stylegan2

LAYOUTS = (stylegan2, biggan, r3gan)
SHOWN = 8  # names in a message


def build(states):
    """The model of the first generator among some states, and of its discriminator.

    Warns if there is no discriminator: the model then has a new one.

    Args:
        states: list of `ganzoo.system.pickles.networks.State`.

    Returns:
        `AdversarialModel`, not compiled, with the licence that its weights came with.

    Raises:
        ValueError: If there is no generator of a release that is known, or its networks
            are not in the zoo.
    """
    for layout in LAYOUTS:
        generator = _first(states, layout.is_generator)
        if generator is None:
            continue
        discriminator = _first(states, layout.is_discriminator)
        if discriminator is None:
            warnings.warn(
                "There is no discriminator in what was given: the model has a new one, "
                "which has learned nothing. Give its file too, if there is one.",
                stacklevel=3,
            )
        model = layout.build(generator, discriminator)
        model.licence = layout.LICENCE
        return model
    has_judge = any(_first(states, layout.is_discriminator) for layout in LAYOUTS)
    raise ValueError(
        "Give a file with a generator: here is a discriminator only."
        if has_judge
        else "The weights are named as in no release that the zoo knows: those of "
        "StyleGAN2-ADA for PyTorch, of StudioGAN's StyleGAN2, of BigGAN-PyTorch and of "
        f"R3GAN. Received: {_shown(states)}."
    )


def _first(states, is_such):
    return next((state for state in states if is_such(state.arrays)), None)


def _shown(states):
    names = [name for state in states for name in state.arrays]
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return f"{', '.join(map(repr, names[:SHOWN]))}{more}"
