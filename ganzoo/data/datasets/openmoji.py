"""OpenMoji: emoji as line art and in colour, pairs for image-to-image translation.

Reference: [OpenMoji](https://openmoji.org), CC BY-SA 4.0. Images made of it, a
model's among them, are shown under that licence and with that name.
"""

import hashlib
import importlib.util
import io
import pathlib

from PIL import Image

from ganzoo.data.disk import folder
from ganzoo.data.disk import listings
from ganzoo.data.disk import store
from ganzoo.data.disk.image_files import first_few

SIDES = ("black", "color")  # source and target
TEST_SHARE = 0.1  # of the groups
MARKS = {"FE0F", "1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"}  # colour, and skin tones
PEOPLE = "people"
# Man, woman and person, who are in most sequences, and others drawn like them.
OF_PEOPLE = set(
    "1F468 1F469 1F9D1 1F46A 1F46B 1F46C 1F46D 1F46F 1F471 1F48F 1F491 1F64D 1F64E "
    "1F93C".split()
)
# Nearly the same drawing under two names: `benchmarks/openmoji.py` finds them.
ALIKE = {
    "1F1ED-1F1F2": "1F1E6-1F1FA",  # flags
    "1F1F9-1F1E9": "1F1F7-1F1F4",
    "1F1EA-1F1E6": "1F1EA-1F1F8",
    "1F1E8-1F1F5": "1F1EB-1F1F7",
    "1F1F2-1F1EB": "1F1EB-1F1F7",
    "1F1E7-1F1FB": "1F1F3-1F1F4",
    "1F1F8-1F1EF": "1F1F3-1F1F4",
    "1F1F2-1F1E8": "1F1EE-1F1E9",
    "1F7E6": "20E3",  # squares and circles
    "25AD": "1F3F3",
    "1F3FF": "1F7EB",
    "1F315": "1F7E1",
    "1F311": "26AB",
    "1F47F": "1F608",  # faces
    "1F641": "2639",
    "E2C9": "E2CA",  # buttons
}


def find(folder):
    """The folder with the files of a release: this one, or `openmoji` in it; or None.

    Args:
        folder: string or path.
    """
    folder = pathlib.Path(folder).expanduser()
    for root in (folder / "openmoji", folder):
        if all((root / side / "svg").is_dir() for side in SIDES):
            return root
    return None


def load(path, image_size, split="train", verbose=1):
    """Read the pairs of a release, drawn at a size once and then kept in the cache.

    The files are `black/svg/*.svg`, the line art, and `color/svg/*.svg` under the same
    names. Both are laid on white.

    A tenth of the emoji is held out, all the variants of one together, as `group` has
    them. Which those are does not depend on the other emoji in the folder.

    Args:
        path: string or path. The folder that has `black` and `color`.
        image_size: int. Pixels of a side.
        split: string. "train" or "test".
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        `Pairs`, on disk: `source` `(count, image_size, image_size, 1)`, black on white,
        and `target` `(count, image_size, image_size, 3)`.

    Raises:
        ValueError: If the folder lacks the files, an emoji has no partner, or resvg-py
            is missing, which draws them.
    """
    root, size = folder.checked_arguments(path, image_size, channels=3)
    check_renderer()
    train, test = splits(root)
    listing = listings.Listing(
        root,
        "openmoji",
        listings.PAIRS,
        train + test,
        draw,
        len(test),
    )
    return store.open_listing(listing, size, verbose=verbose).split(split)


def group(name):
    """What an emoji is a variant of: emoji of one group are of one split.

    Skin tones are left out, and of a sequence the first emoji counts, which the others
    change: its gender, hair or trade. People are one group, for they share their faces;
    flags of regions and keycaps, whose sequences spell, are each their own.

    Args:
        name: string. Code points in hexadecimal, with `-`, as OpenMoji names its files.

    Returns:
        String.
    """
    points = [point for point in name.split("-") if point not in MARKS] or [name]
    spells = len(points) > 1 and (
        "1F1E6" <= points[0] <= "1F1FF" or points[-1] in ("E007F", "20E3")
    )
    base = "-".join(points) if spells else points[0]
    return PEOPLE if base in OF_PEOPLE else ALIKE.get(base, base)


def is_held_out(name):
    """Whether an emoji is in the test split: by a hash of its group.

    People, a fifth of all, are to train on.
    """
    base = group(name)
    digest = hashlib.sha256(base.encode()).digest()
    return base != PEOPLE and int.from_bytes(digest[:8]) < TEST_SHARE * 2**64


def splits(root):
    """List the emoji of a release to train on, and those to hold out.

    Args:
        root: `pathlib.Path`. The folder that has `black` and `color`.

    Returns:
        Two lists of tuples of files, source and target, each in an order drawn once.

    Raises:
        ValueError: If there are none, or one has no partner.
    """
    names = [{f.stem for f in (root / side / "svg").glob("*.svg")} for side in SIDES]
    alone = sorted(names[0] ^ names[1])
    if alone or not names[0]:
        raise ValueError(
            "A release of OpenMoji has `black/svg/*.svg`, and `color/svg/*.svg` under "
            f"the same names. Received: path={str(root)!r} with {len(names[0])} and "
            f"{len(names[1])}, without a partner: {first_few(alone) or 'none'}."
        )
    found = [], []
    for name in listings.shuffled(sorted(names[0])):
        item = tuple(root / side / "svg" / f"{name}.svg" for side in SIDES)
        found[is_held_out(name)].append(item)
    return found


def draw(files, size):
    """Draw a pair on white.

    Args:
        files: tuple of source and target, of `splits`.
        size: `(height, width)`.

    Returns:
        Two Pillow images, grey and RGB.

    Raises:
        ValueError: If a file is no such drawing.
    """
    return [draw_one(file, size, mode) for file, mode in zip(files, ("L", "RGB"))]


def draw_one(file, size, mode):
    """Draw one file on white, as a Pillow image of a mode."""
    import resvg_py

    height, width = size
    png = resvg_py.svg_to_bytes(
        svg_path=str(file),
        width=width,
        height=height,
        background="white",
        skip_system_fonts=True,  # there is no text
    )
    return Image.open(io.BytesIO(png)).convert(mode)


def check_renderer():
    """Raise a ValueError unless there is what draws emoji."""
    if importlib.util.find_spec("resvg_py") is None:
        raise ValueError(
            "Vector images are drawn by resvg-py, which is not installed: "
            "pip install 'keras-ganzoo[svg]'. Received: data set 'openmoji'."
        )
