"""What a trained model shows: images to score, and a sheet to look at."""

import keras
import numpy as np

from ganzoo.visualization import grids

# Images that share their batch statistics when a translator is scored or shown.
TRANSLATION_BATCH = 50


def translation_batch(recipe):
    """Images that share statistics where a model of a recipe is scored or shown.

    One trained image by image has never seen those of a batch.

    Args:
        recipe: `Recipe`, or None where it is not known.
    """
    return 1 if recipe and recipe.batch_size == 1 else TRANSLATION_BATCH


def draw(model, arrays, count, seed, batch_size=TRANSLATION_BATCH, domain=0):
    """Images to score, as the model's own door makes them, in chunks.

    Args:
        model: `AdversarialModel`.
        arrays: tuple of NumPy arrays, as `fit` takes them: where the model translates,
            one of them holds what.
        count: int. How many images.
        seed: int. Seed of the latents, or of the dropout.
        batch_size: int. Images that share statistics in a translation.
        domain: int or string. Which of the model's domains. Where the model translates,
            that of the results.

    Returns:
        An iterator of uint8 arrays `(count, height, width, channels)`.

    Raises:
        ValueError: If there are fewer images to translate than asked for, or there is
            no such domain.
    """
    if not model.translates:
        return model.draw(count, seed=seed, domain=domain)
    given = sources(model, arrays, domain)[:count]
    check_sources(given, count)
    options = {"seed": seed, "batch_size": min(count, batch_size)}
    if len(model.domains) > 1:
        options["to"] = domain
    return iter([model.translate(given, **options)])


def real(model, arrays, domain=0):
    """The array of those that `fit` takes which has images like the drawn ones.

    Args:
        model: `AdversarialModel`.
        arrays: tuple of arrays, as `fit` takes them.
        domain: int or string. Which of the model's domains.
    """
    (number,) = model.find_domains(domain)
    if model.translates:
        return model.sources_and_targets(arrays, number)[-1]
    return arrays[number]


def sources(model, arrays, domain=0):
    """The array of what a model translates to images of one of its domains.

    Args:
        model: `AdversarialModel` that translates.
        arrays: tuple of arrays, as `fit` takes them.
        domain: int or string. Which of the model's domains.
    """
    (number,) = model.find_domains(domain)
    return model.sources_and_targets(arrays, number)[0]


def check_sources(sources, count):
    """Raise a ValueError unless there are as many sources to translate."""
    if len(sources) < count:
        raise ValueError(
            "A translation needs a source of its own for each image. "
            f"Received: count={count}, {len(sources)} sources."
        )


def mode(model, batch_size=TRANSLATION_BATCH):
    """How `draw` runs the generator of a model or a class, in words for a protocol."""
    if model.translates_in_training:
        return f"training mode, statistics of batches of {batch_size}"
    # Scores of what is drawn and of what is made of given images do not compare.
    given = "of given images, " if model.translates else ""
    return f"{given}inference mode, running batch statistics"


def sheet(recipe, model, arrays, seed=0, rows=8, columns=10):
    """A grid to look at: samples, or sources, translation and target side by side.

    Where images are translated to both of two domains, the translation back stands for
    the target.
    A conditional model's rows are its first classes, as in Mirza & Osindero (2014),
    Figure 2. Where there are attributes, the first row has those of data, and each that
    follows has another one of them changed. Where there are texts, each row has one,
    of the data if there are any. Where there are codes, each column has a value of the
    first of them.
    Images of several domains are side by side where one latent gave them.

    Returns:
        uint8 array `(height, width, channels)`.
    """
    if model.translates:
        shown = list(_translations(recipe, model, arrays, seed, rows * 3))
        # An edge map is grey beside colours too.
        shown = np.concatenate(grids.in_colour_if_one_is(shown))
        columns = shown.shape[1] * max(1, 9 // shown.shape[1])
        return grids.grid(shown.reshape(-1, *shown.shape[2:]), columns)
    if "labels" in model.condition_names:
        labels = np.repeat(np.arange(min(model.num_classes, 10)), columns)
        pictures = model.generate(len(labels), seed=seed, labels=labels)
    elif model.attributes:
        pictures = _each_attribute(model, columns, rows - 1, seed)
    elif "texts" in model.condition_names:
        pictures = _each_text(model, arrays, columns, rows, seed)
    elif model.code_names:
        pictures = model.traverse(model.code_names[0], columns, rows, seed=seed)
        columns = min(columns, pictures.shape[1])
        pictures = pictures[:, :columns].reshape(-1, *model.image_shape)
    else:
        columns //= len(model.domains)
        pictures = model.generate(rows * columns, seed=seed)
    return grids.grid(grids.side_by_side(pictures), columns)


def _translations(recipe, model, arrays, seed, count):
    """Sources, translation and a third side by side, an array for each domain.

    Yields:
        uint8 array `(count, images, height, width, channels)`.
    """
    batch, domains = translation_batch(recipe), model.find_domains()
    for domain in domains:
        given, targets = model.sources_and_targets(arrays, domain)
        n = min(count // len(domains), len(given))
        given, targets = np.asarray(given[:n]), np.asarray(targets[:n])
        drawn = np.concatenate(list(draw(model, arrays, n, seed, batch, domain)))
        if len(domains) > 1:
            targets = model.translate(drawn, to=1 - domain)
        # There may be several of each, and a small image is as large beside the others.
        given = grids.repeat_pixels(given.reshape(-1, *given.shape[-3:]), model.scale)
        given = given.reshape(n, -1, *given.shape[1:])
        images = [given, drawn[:, None], targets[:, None]]
        yield np.concatenate(grids.in_colour_if_one_is(images), axis=1)


def _each_attribute(model, columns, rows, seed):
    """Images of the same latents in each column, by rows of what is changed."""
    z = model.latents(columns, seed=seed)
    (drawn,) = model.find_conditions(columns, seed=seed)
    changed = [drawn]
    for place in range(min(rows, model.num_attributes)):
        changed.append(model.flip_attribute(drawn, place))
    z = np.tile(z, (len(changed), 1))
    return model.decode(z, [np.concatenate(changed)])


def _each_text(model, arrays, columns, rows, seed):
    """Images of the same latents in each column, by rows of a text."""
    texts = None
    if arrays:
        # From all over, as images of one text may follow one another.
        different = list(dict.fromkeys(np.asarray(arrays[1]).tolist()))
        rows = min(rows, len(different))
        texts = [different[i * len(different) // rows] for i in range(rows)]
    (told,) = model.find_conditions(rows, seed=seed, texts=texts)
    z = np.tile(model.latents(columns, seed=seed), (rows, 1))
    return model.decode(z, [np.repeat(told, columns, axis=0)])


def interpolations(model, seed=0, rows=5, columns=10):
    """A grid whose rows go in a straight line from one latent to another.

    Radford et al. (2016), Section 6.1: a generator that has learned its data, not
    copied them, changes smoothly on the way. A conditional model keeps to one class in
    each row, and one with codes to one draw of them.

    Returns:
        uint8 array `(height, width, channels)`.
    """
    ends = model.prior((2 * rows, 1, model.latent_dim), seed=seed)
    ends = keras.ops.convert_to_numpy(ends)
    way = np.linspace(0, 1, columns)[:, None]
    z = ends[:rows] * (1 - way) + ends[rows:] * way
    conditions = [
        np.repeat(condition, columns, axis=0)
        for condition in model.find_conditions(rows, seed=seed)
    ]
    z = z.reshape(-1, model.latent_dim).astype("float32")
    return grids.grid(grids.side_by_side(model.decode(z, conditions)), columns)


def reconstructions(model, images, columns=10):
    """A grid of images, and below each row what the model reconstructs them to.

    Args:
        model: `AdversarialModel` that reconstructs.
        images: uint8 array `(n, height, width, channels)`, `n` a multiple of `columns`.
        columns: int.

    Returns:
        uint8 array `(height, width, channels)`.
    """
    rows = (-1, columns, *images.shape[1:])
    pairs = [images.reshape(rows), model.reconstruct(images).reshape(rows)]
    pictures = np.stack(pairs, axis=1).reshape(-1, *images.shape[1:])
    return grids.grid(pictures, columns)
