"""Images of a folder, and what a table beside them says of each."""

import hashlib
import json
import warnings

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import listings
from ganzoo.data.disk import shards
from ganzoo.data.disk import store
from ganzoo.data.images import Pictures
from ganzoo.data.tables import attribute_table
from ganzoo.data.tables import caption_table
from ganzoo.data.tables import reading


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
    options = channels, bit_depth, pad, split
    return _from_folder(attribute_table, path, image_size, *options)


def captions_from_folder(
    path, image_size, channels=3, bit_depth=image_info.BITS, pad=False, split=None
):
    """Read the images of a folder, and their captions from its `captions.csv`.

    The file has a line for each image, of its path within the folder and its caption:

        file,caption
        anna.png,a woman with glasses
        people/ben.png,"an old man, smiling"

    A column `split` of "train" and "test" says what is held out. Without it, a tenth
    is, by a hash of the path, but for captions of which no word is in those to train
    on. Images are read as by `from_folder`.

    Args:
        path: string or path. As in `attributes_from_folder`, like what follows.
        image_size: integer, or `(height, width)`.
        channels: 1 or 3.
        bit_depth: int.
        pad: bool.
        split: string or None.

    Returns:
        `Pictures` with `captions`, in the order of their paths.

    Raises:
        ValueError: As in `attributes_from_folder`.
    """
    options = channels, bit_depth, pad, split
    return _from_folder(caption_table, path, image_size, *options)


def _from_folder(tables, path, image_size, channels, bit_depth, pad, split):
    """The images of a folder with what a module of tables reads."""
    if split not in (None, *reading.SPLITS):
        raise ValueError(
            f"`split` must be 'train', 'test' or None. Received: split={split!r}."
        )
    root, size = folder.checked_arguments(path, image_size, channels, bit_depth)
    files, names, table = _find(root, tables)
    image_files.warn_of_dangling(root)
    chosen = [
        i
        for i, name in enumerate(names)
        if split is None or (name in table.test) == (split == "test")
    ]
    told_alike = split != "test" and _told_alike(tables, table, names)
    if told_alike:
        warnings.warn(told_alike, stacklevel=3)
    images, kept = folder.read_all(
        [files[i] for i in chosen],
        lambda file: [image_reading.open_picture(file, size, bit_depth)],
        (1, *size, channels),
        root,
        bit_depth,
        pad,
    )
    fields = tables.fields(table, [names[chosen[i]] for i in kept])
    return Pictures(images[:, 0], name=root.name, split=split, **fields)


def open_attributes(path, image_size, channels=None, **options):
    """Check and decode a folder with `attributes.csv`, or find it in the cache.

    Args:
        path: string or path. As in `attributes_from_folder`.
        image_size: As in `store.open_store`, like what follows.
        channels: 1, 3 or None.
        **options: `layout`, `bit_depth` and `pad`.

    Returns:
        `Store`, with `attributes`.

    Raises:
        ValueError: As in `attributes_from_folder` and `store.open_store`, or if the
            images are in shards, or all of those to train on have an attribute, or
            none has.
    """
    return _open(attribute_table, "attributes", path, image_size, channels, **options)


def open_captions(path, image_size, channels=None, **options):
    """As `open_attributes`, for a folder with `captions.csv`: a `Store` with captions.

    Raises:
        ValueError: As in `captions_from_folder` and `store.open_store`, or if the
            images are in shards.
    """
    return _open(caption_table, "captions", path, image_size, channels, **options)


def _open(
    tables,
    what,
    path,
    image_size,
    channels,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
):
    if shards.is_shard_directory(path):
        raise ValueError(
            f"Pass the folder of images: shards have no {what}. "
            f"Received: path={str(path)!r}."
        )
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    files, names, table = _find(root, tables)
    if not 0 < len(table.test) < len(files):
        raise ValueError(
            f"The column {reading.SPLIT!r} of {table.name} must have images to train "
            "on and images to hold out. Leave it out, and a tenth is held out. "
            f"Received: path={str(root)!r} with {len(table.test)} of {len(files)} "
            "images held out."
        )
    if told_alike := _told_alike(tables, table, names):
        raise ValueError(told_alike)
    order = listings.shuffled(range(len(files)))
    # Those held out come last.
    order.sort(key=lambda i: names[i] in table.test)
    facts = table.columns, list(table.rows.items()), sorted(table.test)
    digest = hashlib.sha256(json.dumps(facts).encode())
    listing = listings.Listing(
        root,
        f"{what} {digest.hexdigest()}",
        listings.PICTURES,
        [(files[i],) for i in order],
        lambda item, size: [image_reading.open_picture(*item, size, bit_depth)],
        len(table.test),
        layout=layout,
        bit_depth=bit_depth,
        pad=pad,
        table=table.name,
        **tables.fields(table, [names[i] for i in order]),
    )
    return store.open_listing(listing, size, channels)


def _told_alike(tables, table, names):
    """What is wrong with columns that say the same of all images to train on, or None.

    Those held out may be few.
    """
    to_train = [name for name in names if name not in table.test]
    alike = to_train and tables.find_alike(table, to_train)
    if not alike:
        return None
    return (
        f"There is nothing to learn from a column of {table.name} that is alike for "
        f"all images to train on. Received: path={table.path!r} with one value only "
        f"of {', '.join(alike)}."
    )


def _find(root, tables):
    """The images of a folder, their names in it, and its `Table`, which names all."""
    table = tables.read(root)
    files = image_files.find_pictures(root)
    image_files.check_found(root, files)
    names = [file.relative_to(root).as_posix() for file in files]
    reading.check_files(table, names)
    return files, names, table
