"""Pairs of images for image-to-image translation.

Reference: [Isola et al., 2017](https://arxiv.org/abs/1611.07004)
"""

import os
import pathlib
import warnings

import numpy as np
import scipy

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import splits
from ganzoo.data.images import Pairs
from ganzoo.data.images import Pictures

EDGE_SIGMA = 0.7  # pixels over which the image is smoothed
EDGE_SHARE = 0.25  # of an image's steepest slope, from which on a slope is an edge
EDGE_FLOOR = 4.0  # grey levels a pixel: what is flatter is noise in any image
FORMS = (
    "Pairs are either single files, the source in the left half, or two files of the "
    "same name in exactly two sub-folders, of which the first has the sources. Images "
    "of two kinds that show different things are no pairs."
)
CHUNK = 1_024  # images whose slopes are in memory together


def pairs_from_folder(
    path, image_size, channels=3, bit_depth=image_info.BITS, pad=False
):
    """Read pairs of images from a folder, in either of two forms.

    Side by side, as pix2pix's data sets come: each file holds the source in its left
    half and the target in its right half. Or two folders: `path` holds exactly two
    sub-folders with images and no images beside them; the first in sorted order
    has the sources, the second the targets, under the same names apart from the
    extension. Images are treated as in `from_folder`, halves alike; a pair of which
    one cannot be read is skipped with the same warning, and so is one whose images
    differ in shape, though not in size: cropped, they would not match any more.

    A folder of several splits (train, val, test, also trainA and trainB) is refused:
    pass that of one.

    Args:
        path: string or path. The folder.
        image_size: integer, or `(height, width)`. The size of each image of a pair.
        channels: 1 or 3. Grey or RGB.
        bit_depth: As in `from_folder`.
        pad: bool. As in `from_folder`.

    Returns:
        `Pairs` in the order of their paths.

    Raises:
        ValueError: If an argument is bad, sub-folders are splits or leave the form
            unclear, an image in one of two folders has no partner in the other, or no
            pair can be read.
    """
    root, size = folder.checked_arguments(path, image_size, channels, bit_depth)
    found = {files[0]: files for files in find_pairs(root)}
    image_files.warn_of_dangling(root)

    sizes = []

    def read(file):
        pictures = open_pair(found[file], bit_depth)
        sizes.append(pictures[0].size)
        return pictures

    shape = (2, *size, channels)
    pairs, _ = folder.read_all(list(found), read, shape, root, bit_depth, pad)
    if note := note_on_halves(root, found.values(), sizes):
        warnings.warn(note, UserWarning, stacklevel=2)
    return Pairs(pairs[:, 0], pairs[:, 1], name=root.name)


def find_pairs(root, layout=image_files.LAYOUT):
    """List the pairs below a folder, in either form of `pairs_from_folder`.

    Args:
        root: `pathlib.Path`.
        layout: int. As in `ganzoo.data.disk.listings.Listing`.

    Returns:
        A list of tuples of files: of one with both images, or of source and target.

    Raises:
        ValueError: If an image in one of two folders has no partner in the other, or
            sub-folders are splits or leave the form unclear.
    """
    files = image_files.find_pictures(root, layout)
    if layout > 1:
        _check_form(root, files)
    parents = sorted({file.relative_to(root).parts[:-1][:1] for file in files})
    if len(parents) == 2 and all(parents):
        return _partners(*(root / name for (name,) in parents), layout)
    return [(file,) for file in files]


def _check_form(root, files):
    """Raise a ValueError where the files would be taken for pairs that they are not."""
    if found := splits.find_splits(root, files):
        one = splits.first_split(found)
        instead = (
            f"Pass the folder of one split, like {str(root / one[0])!r}"
            if len(one) == 1
            else f"Put the folders of one split, {splits.format_folders(one)}, into a "
            "folder of their own as two sub-folders, and pass that"
        )
        raise ValueError(
            f"{instead}: these are splits of a data set, and would be mixed. {FORMS} "
            f"Received: path={str(root)!r} with {splits.format_folders(found)}."
        )
    parents = {file.parent for file in files}
    inner = pathlib.Path(os.path.commonpath(parents or {root}))
    tops = {parent.relative_to(inner).parts[:1] for parent in parents}
    is_plain = inner == root and () not in tops
    if is_plain or len(tops - {()}) != 2:
        return
    names = {top: set() for top in tops}
    for file in files:
        top, *rest = file.relative_to(inner).with_suffix("").parts
        names[(top,) if rest else ()].add(tuple(rest) or top)
    beside = names.pop((), ())
    (one,), (other,) = sorted(names)
    if names[(one,)] & names[(other,)]:
        raise ValueError(
            f"Pass a folder that holds {one}/ and {other}/ and nothing else: they have "
            "files of the same names, which are pairs perhaps, and would be taken for "
            f"pairs side by side. {FORMS} Received: path={str(root)!r} with these two "
            f"in {str(inner)!r} and {len(beside)} files beside them."
        )


def form_of(root, files):
    """Which form of pairs was taken, shown by a pair of files."""
    names = [file.relative_to(root).as_posix() for file in files]
    if len(names) == 1:
        return f"pairs side by side, source in the left half: {names[0]}"
    return f"pairs by name: {names[0]} -> {names[1]}"


def note_on_halves(root, items, sizes):
    """What to warn of where files can hardly hold two images side by side, or None.

    Args:
        root: `pathlib.Path`. The folder.
        items: iterable of tuples of files, of `find_pairs`.
        sizes: list of `(width, height)` of the sources.
    """
    halved = all(len(files) == 1 for files in items)
    narrow = sum(2 * width <= height for width, height in sizes)
    if halved and 2 * narrow > len(sizes):
        few = "no file is" if narrow == len(sizes) else "most files are not"
        return (
            "Check that each file holds a pair side by side, the source in its left "
            f"half: ganzoo cuts each file in two, but {few} wider than high. Pairs in "
            "two files must be in exactly two sub-folders under the same names. "
            f"Received: path={str(root)!r} with {narrow:,} such files of "
            f"{len(sizes):,}."
        )
    return None


def open_pair(files, bit_depth=image_info.BITS):
    """Read a pair as two Pillow images, source and target.

    Args:
        files: tuple, one of `find_pairs`.
        bit_depth: As in `from_folder`.

    Raises:
        ValueError: If they differ in shape.
    """
    if len(files) == 1:
        return _open_halves(*files, bit_depth)
    source, target = (
        image_reading.open_picture(file, bit_depth=bit_depth) for file in files
    )
    width, height = source.size
    # But for a pixel, by which a resized image's side is rounded.
    if abs(width * target.height - height * target.width) > max(
        *source.size, *target.size
    ):
        raise ValueError(
            f"the shapes of its images differ, {width}×{height} and "
            f"{target.width}×{target.height} pixels"
        )
    return source, target


def edges_to_images(images):
    """Make pairs of images and their outlines, the outlines being the sources.

    An edge lies where the slope of the smoothed grey image is largest along its own
    direction and not small against the steepest slope of the image.

    Args:
        images: `Pictures`, or uint8 array `(count, height, width, channels)`.

    Returns:
        `Pairs`: `source` dark lines (0) on white (255), `(count, height, width, 1)`;
        `target` the images.
    """
    if not isinstance(images, Pictures):
        images = Pictures(images)
    source = np.empty((*images.images.shape[:3], 1), "uint8")
    for start in range(0, len(images), CHUNK):
        chunk = slice(start, start + CHUNK)
        pictures = np.asarray(images.images[chunk])
        edges = _edges(pictures.mean(-1, dtype="float32"))
        source[chunk, ..., 0] = np.where(edges, 0, 255)
    return Pairs(source, images.images, images.name, images.split)


def _edges(grey):
    """Where the edges are: booleans `(count, height, width)`."""
    sigma = (0, EDGE_SIGMA, EDGE_SIGMA)
    across = np.abs(
        scipy.ndimage.gaussian_filter(grey, sigma, (0, 0, 1), mode="nearest")
    )
    down = np.abs(scipy.ndimage.gaussian_filter(grey, sigma, (0, 1, 0), mode="nearest"))
    slope = np.hypot(across, down)
    steepest = slope.max(axis=(1, 2), keepdims=True)
    crest = np.where(
        across >= down,
        scipy.ndimage.maximum_filter1d(slope, 3, axis=2),
        scipy.ndimage.maximum_filter1d(slope, 3, axis=1),
    )
    steep = slope >= np.maximum(EDGE_SHARE * steepest, EDGE_FLOOR)
    return steep & (slope >= crest)


def _partners(source_root, target_root, layout):
    """List `(source, target)` files of the same relative path without extension."""
    sources, targets = (_by_stem(r, layout) for r in (source_root, target_root))
    alone = sorted(sources.keys() ^ targets.keys())
    if alone:
        raise ValueError(
            f"Every image in {source_root.name}/ must have a partner of the same "
            f"name in {target_root.name}/. (If the images are side by side in one "
            "file, pass the folder of one split.) Received: "
            f"{len(alone)} without a partner: {image_files.first_few(alone)}."
        )
    return [(sources[stem], targets[stem]) for stem in sorted(sources)]


def _by_stem(root, layout):
    files = {}
    for file in image_files.find_pictures(root, layout):
        stem = file.relative_to(root).with_suffix("").as_posix()
        if stem in files:
            raise ValueError(
                "Two images of one folder must differ in more than their "
                "extensions, or their partners would be unclear. Received: "
                f"{files[stem]}, {file}."
            )
        files[stem] = file
    return files


def _open_halves(file, bit_depth):
    picture = image_reading.open_picture(file, bit_depth=bit_depth)
    width, height = picture.size
    if width % 2:
        raise ValueError(f"its width of {width} pixels has no two halves")
    half = width // 2
    return picture.crop((0, 0, half, height)), picture.crop((half, 0, width, height))
