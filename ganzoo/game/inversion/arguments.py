"""What a search for latents may be given."""

import numpy as np
from keras import ops

from ganzoo.game import network_checks


def check_inverts(model):
    """Raise a ValueError unless images of a model have latents."""
    name = type(model).__name__
    if model.translates:
        raise ValueError(
            f"{name} has no latents to search: it translates given images. "
            f"Received: a model of {name}."
        )
    if len(model.domains) > 1:
        raise ValueError(
            "Search latents of a model of one domain: which of several an image is of "
            f"is not known here. Received: a model of {name}, of {model.domains}."
        )


def check_numbers(**numbers):
    """Raise a ValueError for a number out of its range.

    Args:
        **numbers: By its name a number and the least that it may be, an int where that
            is one; None for any above 0.
    """
    for name, (value, least) in numbers.items():
        is_int = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if isinstance(least, int):
            fits, wanted = is_int and value >= least, f"an int of at least {least}"
        else:
            number = is_int or isinstance(value, (float, np.floating))
            fits = number and np.isfinite(value) and value >= (least or 0)
            fits = fits and (least is not None or value > 0)
            wanted = "a positive number" if least is None else "a number of at least 0"
        if not fits:
            raise ValueError(f"`{name}` must be {wanted}. Received: {name}={value!r}.")


def check_identity(identity, feature_weight, model):
    """Raise a ValueError unless it is a network of images, and the only distance."""
    network_checks.check_network("identity", identity)
    images = {"the images": model.image_shape}
    network_checks.check_inputs("identity", identity, images)
    network_checks.check_one_output("identity", identity)
    if feature_weight:
        raise ValueError(
            "Pass `identity`, or a `feature_weight` of the discriminator's features "
            f"beside the pixels. Received: feature_weight={feature_weight}, "
            f"identity={identity.name!r}."
        )


def find_conditions(model, n, conditions, seed):
    """The generator's inputs beside latents, all of which must be given.

    Args:
        model: `AdversarialModel`.
        n: int. How many images.
        conditions: dict. By their names.
        seed: int or None. Of what is drawn, like noise.

    Raises:
        ValueError: If one is missing, or would change how latents are drawn, which
            nothing is here; or as in `find_conditions` of the model.
    """
    if model.truncated_prior and conditions.get("truncation") is not None:
        raise ValueError(
            f"Leave out `truncation`: {type(model).__name__} draws latents by it, and "
            f"a search finds them. Received: truncation={conditions['truncation']!r}."
        )
    for name in model.condition_names:
        if name not in model.optional_conditions and conditions.get(name) is None:
            raise ValueError(
                f"Pass `{name}` of the images, one for each or one for all: "
                f"{type(model).__name__} draws by them, and a search looks for latents "
                f"alone. Received: {name}=None."
            )
    return model.find_conditions(n, seed=seed, **conditions)


def as_latents(name, z, n, size, what="latents"):
    """Latents, or points of another space, as a float32 array.

    Args:
        name: str. What they are called, for the message.
        z: array.
        n: int or None. How many there must be; None for any.
        size: int. How many numbers each has.
        what: str. What they are, for the message.

    Raises:
        ValueError: If they are of another shape, or no finite numbers.
    """
    z = np.asarray(ops.convert_to_numpy(z))
    wanted = (len(z) if n is None and z.ndim else n, size)
    if z.shape != wanted or not z.size or z.dtype.kind not in "fiu":
        raise ValueError(
            f"`{name}` must be {what} of shape ({n or 'n'}, {size}). "
            f"Received: {name} of shape {z.shape} and type {z.dtype}."
        )
    if not np.isfinite(z).all():
        raise ValueError(
            f"`{name}` must be finite numbers. Received: {name} with NaN or infinity."
        )
    return z.astype("float32")


def as_mask(mask, shape, may_be_empty=False):
    """A mask of images as a float32 array `(n, height, width, 1)`.

    Args:
        mask: array `(height, width)` or `(n, height, width)`, with or without a last
            axis of 1; None for all pixels.
        shape: tuple. `(n, height, width)`.
        may_be_empty: bool.

    Raises:
        ValueError: If it is of another shape or range, or empty for an image.
    """
    if mask is None:
        return np.broadcast_to(np.float32(1), (*shape, 1))
    given = np.asarray(ops.convert_to_numpy(mask))
    shapes = (shape, shape[1:])
    has_axis = given.shape not in shapes and given.shape[-1:] == (1,)
    mask = given[..., 0] if has_axis else given
    if mask.shape not in shapes or mask.dtype.kind not in "bfiu":
        raise ValueError(
            f"`mask` must be an array of shape {shape[1:]}, or {shape} with one for "
            f"each image. Received: mask of shape {given.shape} and type {given.dtype}."
        )
    if not ((mask >= 0) & (mask <= 1)).all():
        raise ValueError(
            "`mask` must be from 0, for pixels that do not count, to 1: divide one of "
            f"bytes by 255. Received: mask from {mask.min()} to {mask.max()}."
        )
    mask = np.broadcast_to(mask, shape).astype("float32")
    empty = np.flatnonzero(mask.max(axis=(1, 2)) == 0)
    if len(empty) and not may_be_empty:
        raise ValueError(
            "`mask` must leave a pixel of each image, or any latent is as good as "
            f"another. Received: mask with 0 only for image {empty[0]}."
        )
    return mask[..., None]
