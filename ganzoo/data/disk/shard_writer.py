"""Images of a folder into shards that are read by row: `ganzoo shard`."""

import contextlib
import io
import math
import os
import pathlib
import shutil

import filelock
from PIL import Image

from ganzoo.data import tfds
from ganzoo.data.disk import decoding
from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import listings
from ganzoo.data.disk import shards
from ganzoo.data.disk import shards_or_folder
from ganzoo.data.disk import survey
from ganzoo.system import files
from ganzoo.system.terminal.progress import progress_bar

SHARD = 2**28  # bytes of pixels in a shard, before they are compressed


def write(
    path,
    out,
    image_size=None,
    channels=None,
    of_pairs=False,
    verbose=1,
    bit_depth=None,
    pad=False,
):
    """Write the images of a folder into ArrayRecord shards.

    What is read, and how, is said by `ganzoo.data.disk.store.open_store`, and so is the
    order; those held out are the split "test". The pixels are kept exactly, as PNG. No
    image stays in memory, nor in the cache. `out` is there whole or not at all.

    TFRecord shards are written as ArrayRecord ones, with their images as they are.

    Args:
        path: string or path. A folder of images, of pairs, or of TFRecord shards.
        out: string or path. The directory to make.
        image_size: integer, or `(height, width)`; None for 64. Not for shards.
        channels: 1, 3 or None. None for 1 if all images are grey, else 3.
        of_pairs: bool. Whether they are pairs.
        verbose: 0 or 1. 1 shows progress on the standard error.
        bit_depth: int or None. As in `ganzoo.data.from_folder`. Not for shards.
        pad: bool. As in `ganzoo.data.from_folder`. Not for shards.

    Returns:
        `Survey`, or `ShardsSurvey` if the images come from shards.

    Raises:
        ValueError: If an argument is bad, `out` is there, cannot be written or is
            called like a file, or fewer than ten images can be read.
    """
    files.check_folder_name(out)
    if shards.is_shard_directory(path):
        given = {
            "image_size": image_size,
            "channels": channels,
            "bit_depth": bit_depth,
            "pad": pad,
        }
        return _convert_shards(path, out, of_pairs, given, verbose)
    bit_depth = image_info.BITS if bit_depth is None else bit_depth
    root, size = folder.checked_arguments(
        path, image_size or shards_or_folder.DEFAULT_SIZE, channels or 3, bit_depth
    )
    list_items = listings.list_pairs if of_pairs else listings.list_pictures
    listing = list_items(root, bit_depth=bit_depth, pad=pad)
    image_files.check_found(root, listing.items)
    with _atomic_folder(out) as partial:
        return _write_listing(partial, listing, size, channels, verbose)


def _write_listing(out, listing, size, channels, verbose):
    parts = shards.features_of(listing.parts == listings.PAIRS)
    labels = class_names = None
    if parts == shards.IMAGE:
        names = [file for (file,) in listing.items]
        labels, class_names = image_files.classes(listing.root, names)
    found = [channels or _colours(listing, i) for i in range(len(parts))]
    shapes = {part: (*size, number) for part, number in zip(parts, found)}
    writer = tfds.Writer(out, shapes, class_names, _per_shard(shapes.values()))

    def keep(item, encoded):
        example = dict(zip(parts, encoded))
        if labels is not None:
            example[shards.LABEL] = labels[item.index]
        writer.add("test" if item.is_held_out else "train", example)

    outcome = decoding.decode(listing, size, found, _png, keep, verbose)
    writer.close()
    return survey.survey_of(listing, survey.facts_of(listing, outcome, found))


def _convert_shards(path, out, of_pairs, given, verbose):
    found = shards.Shards(shards.resolved(path), shards.features_of(of_pairs))
    if any(given.values()):
        arguments = ", ".join(f"{name}={value!r}" for name, value in given.items())
        raise ValueError(
            "Images go from shards to shards as they are: leave out `image_size`, "
            "`channels`, `bit_depth` and `pad`. "
            f"Received: path={found.path!r}, {arguments}."
        )
    formats = shards.formats_of(found.builder)
    if "array_record" in formats:
        raise ValueError(
            "These shards are read by row already: train on them as they are. "
            f"Received: path={found.path!r} with {', '.join(formats)} files."
        )
    info = found.builder.info
    names = [*found.parts, *([shards.LABEL] if found.class_names else [])]
    features = {name: info.features[name] for name in names}
    with _atomic_folder(out) as partial:
        writer = tfds.Writer(partial, features, None, _per_shard(found.shapes))
        for split, about in info.splits.items():
            examples = tfds.encoded_examples(found.builder, split, names)
            label = f"Images of split {split}"
            with progress_bar(label, about.num_examples, verbose) as advance:
                for example in _checked_examples(examples, found.path, split):
                    writer.add(split, example)
                    advance(1)
        writer.close()
    return shards.Shards(shards.resolved(out), found.parts).survey


def _checked_examples(examples, path, split):
    """Yield examples of shards, which may be damaged."""
    while True:
        with shards.checked_reading(path, split):
            example = next(examples, None)
        if example is None:
            return
        yield example


def _colours(listing, i):
    """1 if all images of a part are grey, else 3, as far as their files' heads tell.

    A file whose head cannot be read will be left out.
    """
    for names in listing.items:
        # Pairs may be side by side in one.
        with contextlib.suppress(Exception), Image.open(names[i % len(names)]) as head:
            if head.mode not in image_reading.GREY:
                return 3
    return 1


def _png(pixels):
    """An image as a PNG file in bytes."""
    file = io.BytesIO()
    # Pillow has grey images without an axis for the channel.
    grey = pixels.shape[-1] == 1
    Image.fromarray(pixels[..., 0] if grey else pixels).save(file, "png")
    return file.getvalue()


def _per_shard(shapes):
    return max(1, SHARD // sum(math.prod(shape) for shape in shapes))


@contextlib.contextmanager
def _atomic_folder(out):
    """Give an empty folder that becomes `out` if and when all went well.

    What a killed process has left of it goes when it is asked for again.
    """
    out = pathlib.Path(out).expanduser().absolute()
    partial = out.with_name(f".{out.name}-partial")
    if out.exists():
        raise ValueError(
            "Shards are written into a directory that is not there yet: name another, "
            f"or remove it. Received: out={str(out)!r}."
        )
    whole = partial / out.name
    try:
        partial.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(partial / "lock", timeout=0):
            try:
                shutil.rmtree(whole, ignore_errors=True)
                whole.mkdir()
                yield whole
                os.replace(whole, out)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except filelock.Timeout as error:
        raise ValueError(
            "Another process writes these shards: wait for it, or name another place. "
            f"Received: out={str(out)!r}."
        ) from error
    # As the system says it, and as the writer of ArrayRecord does.
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"The shards cannot be written ({error}): make room, or name another "
            f"place. Received: out={str(out)!r}."
        ) from error
