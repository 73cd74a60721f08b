"""Images of a folder, and what each of them has by a table beside them."""

import hashlib
import json
import warnings

from ganzoo.data import attribute_table
from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import listings
from ganzoo.data.disk import shards
from ganzoo.data.disk import store
from ganzoo.data.images import Pictures


def attributes_from_folder(
    path, image_size, channels=3, bit_depth=image_info.BITS, pad=False, split=None
):
    """Read the images of a folder, and their attributes from its `attributes.csv`.

    The file has a line for each image, of its path within the folder and of 1 or 0 for
    each attribute, below a head with their names:

        file,glasses,beard
        anna.png,1,0
        people/ben.png,0,1

    A column `split` of "train" and "test" says what is held out. Without it, a tenth
    is, by a hash of the path. Images are read as by `from_folder`.

    Args:
        path: string or path. The folder.
        image_size: As in `from_folder`, like the three that follow.
        channels: 1 or 3.
        bit_depth: int.
        pad: bool.
        split: string or None. "train" or "test"; None for all images.

    Returns:
        `Pictures` with `attributes` and `attribute_names`, in the order of their paths.

    Raises:
        ValueError: If the file is missing or has another form, an image has no line or
            a line no image, or as in `from_folder`.
    """
    if split not in (None, *attribute_table.SPLITS):
        raise ValueError(
            f"`split` must be 'train', 'test' or None. Received: split={split!r}."
        )
    root, size = folder.checked_arguments(path, image_size, channels, bit_depth)
    files, table, rows = _find(root)
    image_files.warn_of_dangling(root)
    chosen = [
        i
        for i, name in enumerate(_names(root, files))
        if split is None or (name in table.test) == (split == "test")
    ]
    alike = attribute_table.find_alike(rows[chosen], table.attributes)
    if alike and split != "test":
        warnings.warn(
            "There is nothing to learn from attributes that are alike for all images: "
            f"leave out their columns to train. Received: path={str(root)!r} with one "
            f"value only of {', '.join(alike)}.",
            stacklevel=2,
        )
    images, kept = folder.read_all(
        [files[i] for i in chosen],
        lambda file: [image_reading.open_picture(file, size, bit_depth)],
        (1, *size, channels),
        root,
        bit_depth,
        pad,
    )
    return Pictures(
        images[:, 0],
        name=root.name,
        split=split,
        attributes=rows[[chosen[i] for i in kept]],
        attribute_names=table.attributes,
    )


def open_attributes(
    path,
    image_size,
    channels=None,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
):
    """Check and decode such a folder, or find it in the cache.

    Args:
        path: string or path. As in `attributes_from_folder`.
        image_size: As in `store.open_store`, like what follows.
        channels: 1, 3 or None.
        layout: int.
        bit_depth: int.
        pad: bool.

    Returns:
        `Store`, with `attributes`.

    Raises:
        ValueError: As in `attributes_from_folder` and `store.open_store`, or if the
            images are in shards, or all of those to train on have an attribute, or
            none has.
    """
    if shards.is_shard_directory(path):
        raise ValueError(
            "Pass the folder of images: shards have no attributes. "
            f"Received: path={str(path)!r}."
        )
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    files, table, rows = _find(root)
    names = _names(root, files)
    if not 0 < len(table.test) < len(files):
        raise ValueError(
            f"The column {attribute_table.SPLIT!r} of {attribute_table.NAME} must have "
            "images to train on and images to hold out. Leave it out, and a tenth is "
            f"held out. Received: path={str(root)!r} with {len(table.test)} of "
            f"{len(files)} images held out."
        )
    to_train = [name not in table.test for name in names]
    if alike := attribute_table.find_alike(rows[to_train], table.attributes):
        raise ValueError(
            f"Leave out the columns of {attribute_table.NAME} that are alike for all "
            "images to train on: there is nothing to learn what such an attribute "
            f"looks like from. Received: path={str(root)!r} with one value only of "
            f"{', '.join(alike)}."
        )
    order = listings.shuffled(range(len(files)))
    # Those held out come last.
    order.sort(key=lambda i: names[i] in table.test)
    facts = table.attributes, list(table.rows.items()), sorted(table.test)
    digest = hashlib.sha256(json.dumps(facts).encode())
    options = {"layout": layout, "bit_depth": bit_depth, "pad": pad}
    listing = listings.Listing(
        root,
        f"attributes {digest.hexdigest()}",
        listings.PICTURES,
        [(files[i],) for i in order],
        lambda item, size: [image_reading.open_picture(*item, size, bit_depth)],
        len(table.test),
        **options,
        attributes=rows[order],
        attribute_names=table.attributes,
    )
    return store.open_listing(listing, size, channels)


def _find(root):
    """The images of a folder, its `Table`, and their rows of it."""
    table = attribute_table.read(root)
    files = image_files.find_pictures(root)
    image_files.check_found(root, files)
    return files, table, attribute_table.rows_of(table, _names(root, files))


def _names(root, files):
    return [file.relative_to(root).as_posix() for file in files]
