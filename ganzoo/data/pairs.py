"""Pairs of pictures for image-to-image translation.

Reference: [Isola et al., 2017](https://arxiv.org/abs/1611.07004)
"""

import numpy as np
from scipy import ndimage

from ganzoo.data import folder
from ganzoo.data.pictures import Pairs
from ganzoo.data.pictures import Pictures

EDGE_SIGMA = 0.7  # pixels over which the picture is smoothed
EDGE_SHARE = 0.25  # of a picture's steepest slope, from which on a slope is an edge
EDGE_FLOOR = 4.0  # grey levels a pixel: what is flatter is noise in any picture
CHUNK = 1_024  # pictures whose slopes are in memory together


def pairs_from_folder(path, image_size, channels=3):
    """Read pairs of pictures from a folder, in either of two forms.

    Side by side, as pix2pix's data sets come: each file holds the source in its left
    half and the target in its right half. Or two folders: `path` holds exactly two
    sub-folders with pictures and no pictures beside them; the first in sorted order
    has the sources, the second the targets, under the same names apart from the
    extension. Pictures are treated as in `from_folder`, halves alike; a pair of which
    one cannot be read is skipped with the same warning, and so is one whose pictures
    differ in shape, though not in size: cropped, they would not match any more.

    Args:
        path: string or path. The folder.
        image_size: integer, or `(height, width)`. The size of each picture of a pair.
        channels: 1 or 3. Grey or RGB.

    Returns:
        `Pairs` in the order of their paths.

    Raises:
        ValueError: If an argument is bad, a picture in one of two folders has no
            partner in the other, or no pair can be read.
    """
    root, size = folder.checked_arguments(path, image_size, channels)
    found = {files[0]: files for files in find_pairs(root)}
    folder.warn_of_dangling(root)

    def read(file):
        pictures = open_pair(found[file])
        return np.stack([folder.fitted(p, size, channels) for p in pictures])

    pairs, _ = folder.read_all(list(found), read, (2, *size, channels), root)
    return Pairs(pairs[:, 0], pairs[:, 1], name=root.name)


def find_pairs(root, layout=folder.LAYOUT):
    """List the pairs below a folder, in either form of `pairs_from_folder`.

    Args:
        root: `pathlib.Path`.
        layout: int. As in `ganzoo.data.store.Listing`.

    Returns:
        A list of tuples of files: of one with both pictures, or of source and target.

    Raises:
        ValueError: If a picture in one of two folders has no partner in the other.
    """
    files = folder.find_pictures(root, layout)
    parents = sorted({file.relative_to(root).parts[:-1][:1] for file in files})
    if len(parents) == 2 and all(parents):
        return _partners(*(root / name for (name,) in parents), layout)
    return [(file,) for file in files]


def open_pair(files):
    """Read a pair as two Pillow pictures, source and target.

    Args:
        files: tuple, one of `find_pairs`.

    Raises:
        ValueError: If they differ in shape.
    """
    if len(files) == 1:
        return _open_halves(*files)
    source, target = (folder.open_picture(file) for file in files)
    width, height = source.size
    # But for a pixel, by which a resized picture's side is rounded.
    if abs(width * target.height - height * target.width) > max(
        *source.size, *target.size
    ):
        raise ValueError(
            f"the shapes of its pictures differ, {width}×{height} and "
            f"{target.width}×{target.height} pixels"
        )
    return source, target


def edges_to_images(images):
    """Make pairs of pictures and their outlines, the outlines being the sources.

    An edge lies where the slope of the smoothed grey picture is largest along its own
    direction and not small against the steepest slope of the picture.

    Args:
        images: `Pictures`, or uint8 array `(count, height, width, channels)`.

    Returns:
        `Pairs`: `source` dark lines (0) on white (255), `(count, height, width, 1)`;
        `target` the pictures.
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
    across = np.abs(ndimage.gaussian_filter(grey, sigma, (0, 0, 1), mode="nearest"))
    down = np.abs(ndimage.gaussian_filter(grey, sigma, (0, 1, 0), mode="nearest"))
    slope = np.hypot(across, down)
    steepest = slope.max(axis=(1, 2), keepdims=True)
    crest = np.where(
        across >= down,
        ndimage.maximum_filter1d(slope, 3, axis=2),
        ndimage.maximum_filter1d(slope, 3, axis=1),
    )
    steep = slope >= np.maximum(EDGE_SHARE * steepest, EDGE_FLOOR)
    return steep & (slope >= crest)


def _partners(source_root, target_root, layout):
    """List `(source, target)` files of the same relative path without extension."""
    sources, targets = (_by_stem(r, layout) for r in (source_root, target_root))
    alone = sorted(sources.keys() ^ targets.keys())
    if alone:
        raise ValueError(
            f"Every picture in {source_root.name}/ must have a partner of the same "
            f"name in {target_root.name}/. (If the pictures are side by side in one "
            "file, pass the folder of one split.) Received: "
            f"{len(alone)} without a partner: {folder.first_few(alone)}."
        )
    return [(sources[stem], targets[stem]) for stem in sorted(sources)]


def _by_stem(root, layout):
    files = {}
    for file in folder.find_pictures(root, layout):
        stem = file.relative_to(root).with_suffix("").as_posix()
        if stem in files:
            raise ValueError(
                "Two pictures of one folder must differ in more than their "
                "extensions, or their partners would be unclear. Received: "
                f"{files[stem]}, {file}."
            )
        files[stem] = file
    return files


def _open_halves(file):
    picture = folder.open_picture(file)
    width, height = picture.size
    if width % 2:
        raise ValueError(f"its width of {width} pixels has no two halves")
    half = width // 2
    return picture.crop((0, 0, half, height)), picture.crop((half, 0, width, height))
