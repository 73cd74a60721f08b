"""Images on disk by their place alone: shards, or a folder that is decoded."""

import numpy as np

from ganzoo.data import two_folders
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import shards
from ganzoo.data.disk import store
from ganzoo.data.sequences import folders as sequence_folders
from ganzoo.data.tables import folders

DEFAULT_SIZE = 64  # pixels of a side, where nothing says otherwise


def open_pictures(
    path,
    image_size,
    channels=None,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
):
    """Images in shards, or in a folder, which are decoded into the cache.

    Args:
        path: string or path. A directory of tensorflow-datasets, local or remote, with
            a feature "image"; or what `ganzoo.data.disk.store.open_store` takes.
        image_size: As in `open_store`. Shards are read as they are.
        channels: As in `open_store`.
        layout: As in `open_store`. Shards keep their order.
        bit_depth: As in `open_store`. Shards have 8 bits.
        pad: As in `open_store`. Shards have one size.

    Returns:
        `Shards` or `Store`.

    Raises:
        ValueError: If they have another size, a shard is missing or cut, and as in
            `open_store`.
    """
    found = _find_shards(path, shards.IMAGE, image_size, channels, bit_depth, pad)
    return found or store.open_store(
        path, image_size, channels, layout=layout, bit_depth=bit_depth, pad=pad
    )


def open_pairs(
    path,
    image_size,
    channels=None,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
):
    """As `open_pictures`, for pairs: with features "source" and "target", or a folder.

    Raises:
        ValueError: If they have another size, and as in `store.open_pairs`.
    """
    found = _find_shards(path, shards.PAIR, image_size, channels, bit_depth, pad)
    return found or store.open_pairs(
        path, image_size, channels, layout=layout, bit_depth=bit_depth, pad=pad
    )


def open_data(kind, path, image_size, channels=None, **options):
    """What a recipe's kind of data is made of, by its place.

    Args:
        kind: string. "pairs", "unpaired", "attributes", "captions", "sequences", or
            another for images.
        path: As in `open_pictures`, `open_pairs`, `two_folders.open_unpaired`,
            `folders.open_attributes`, `folders.open_captions` or
            `sequence_folders.open_sequences`, like what follows.
        image_size: integer, or `(height, width)`.
        channels: 1, 3 or None.
        **options: `layout`, `bit_depth` and `pad`; of sequences also `frames`.

    Returns:
        An object with a `survey`, and a `split` that returns `Pictures`, `Pairs`,
        `Unpaired` or `Sequences`.

    Raises:
        ValueError: As in these.
    """
    openers = {
        "attributes": folders.open_attributes,
        "captions": folders.open_captions,
        "pairs": open_pairs,
        "sequences": sequence_folders.open_sequences,
        "unpaired": two_folders.open_unpaired,
    }
    return openers.get(kind, open_pictures)(path, image_size, channels, **options)


def image_size(path, of_pairs=False):
    """Pixels of a side of images in shards, or those that suit a folder."""
    if shards.is_shard_directory(path):
        found = shards.Shards(shards.resolved(path), shards.features_of(of_pairs))
        return found.shapes[-1][0]
    return DEFAULT_SIZE


def check_classes(path):
    """Raise a ValueError unless images in shards, or in a folder, have classes."""
    if shards.is_shard_directory(path):
        found = shards.Shards(shards.resolved(path), shards.IMAGE)
        image_files.check_classes(path, found.class_names)
    else:
        store.check_classes(path)


def _find_shards(path, parts, image_size, channels, bit_depth, pad):
    """`Shards` of this size, or None where there are none."""
    if not shards.is_shard_directory(path):
        return None
    found = shards.Shards(shards.resolved(path), parts)
    if bit_depth != image_info.BITS:
        raise ValueError(
            "Leave out `bit_depth`: images in shards have 8 bits. "
            f"Received: path={found.path!r}, bit_depth={bit_depth!r}."
        )
    if pad:
        raise ValueError(
            "Leave out `pad`: images in shards have one size, and `ganzoo shard --pad` "
            f"writes padded ones. Received: path={found.path!r}, pad={pad!r}."
        )
    size = image_size if np.ndim(image_size) else (image_size, image_size)
    for height, width, number in found.shapes:
        if (height, width) != tuple(size):
            raise ValueError(
                f"The images in these shards are {width}×{height}, and shards are "
                "read as they are: give that size, or write others by `ganzoo shard`. "
                f"Received: path={found.path!r}, image_size={image_size!r}."
            )
        if channels not in (None, number):
            raise ValueError(
                f"The images in these shards have {number} channels, and shards are "
                f"read as they are. Received: path={found.path!r}, channels={channels}."
            )
    found.check()
    return found
