"""The images that a model is scored by, and what a protocol says of them."""

import functools

import numpy as np

from ganzoo.scoring import sources
from ganzoo.visualization import samples

COUNT = 10_000
# Of EQ-T: images that are moved alike, and by which share of a side at most.
MOVED_ALIKE, LARGEST_MOVE = 4, 1 / 8


def draws(model, arrays, count, seed, name, recipe=None, domain=0):
    """The images that a model is scored by, as its protocol says.

    Args:
        model: `AdversarialModel`.
        arrays: tuple of held-out arrays, as `fit` takes them.
        count: int or None. How many images; None for 10,000, or for one translation
            of each source.
        seed: int. Seed of the latents, or of the dropout.
        name: string. How a record calls the model.
        recipe: `Recipe` or None. What the model was trained by, if that is known.
        domain: int or string. Which of the model's domains.

    Returns:
        `sources.Source`.
    """
    (number,) = model.find_domains(domain)
    if model.translates:
        given = samples.sources(model, arrays, domain)
        samples.check_sources(given, count or 0)
        count = count or len(given)
    count = COUNT if count is None else count
    batch = samples.translation_batch(recipe)
    return sources.Drawn(
        name,
        count,
        model.image_shapes[number],
        lambda: samples.draw(model, arrays, count, seed, batch, number),
        how(model, seed, model.averages, batch, number),
        functools.partial(moved, model, count, seed) if model.moves_images else None,
    )


def moved(model, count, seed):
    """Images, the same moved by whole pixels, and by how many: for EQ-T.

    As in the code of [Karras et al., 2021](https://arxiv.org/abs/2106.12423): four at a
    time are moved alike, by up to an eighth of the image, and rounded to pixels.

    Args:
        model: `AdversarialModel` that `moves_images`.
        count: int. How many images.
        seed: int. Of the latents and of the shifts.

    Yields:
        Two float32 arrays `(4, height, width, channels)`, and pixels to the right and
        down.
    """
    numbers = np.random.default_rng(seed)
    z = model.latents(count, seed=seed)
    sides = np.array(model.image_shape[1::-1])
    for start in range(0, count, MOVED_ALIKE):
        rows = z[start : start + MOVED_ALIKE]
        given = model.find_conditions(len(rows), seed=seed)
        shift = np.rint(numbers.uniform(-LARGEST_MOVE, LARGEST_MOVE, 2) * sides)
        images = model.decode(rows, given, as_float=True)
        with model.moved(*shift):
            yield images, model.decode(rows, given, as_float=True), shift.astype(int)


def how(model, seed, averages, batch_size=samples.TRANSLATION_BATCH, domain=0):
    """What a protocol says of how a model's images are made, as a dict.

    Args:
        model: `AdversarialModel`, or its class.
        seed: int. Seed of the latents, or of the dropout.
        averages: bool. Whether they are of averaged weights.
        batch_size: int. Images that share statistics in a translation.
        domain: int. Which of the model's domains.
    """
    mode = samples.mode(model, batch_size)
    several = len(model.domains) > 1
    named = {"domain": model.domains[domain]} if several else {}
    return {"mode": mode, "ema": averages, "seed": seed, **named}


def references(model, arrays, name, details=None, domain=0):
    """The real images among held-out arrays, as a source.

    Args:
        model: `AdversarialModel`.
        arrays: tuple of arrays, as `fit` takes them.
        name: string.
        details: dict or None. The data set and its split.
        domain: int or string. Which of the model's domains.

    Returns:
        `sources.Source`.
    """
    images = samples.real(model, arrays, domain)
    return sources.Array(np.asarray(images), name, details)
