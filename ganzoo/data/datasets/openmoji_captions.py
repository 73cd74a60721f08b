"""OpenMoji with captions: people and hands in colour, and what they are called.

Reference: [OpenMoji](https://openmoji.org), CC BY-SA 4.0. Images made of it, a
model's among them, are shown under that licence and with that name.
"""

import hashlib
import json

import numpy as np

from ganzoo.data.datasets import openmoji
from ganzoo.data.disk import folder
from ganzoo.data.disk import listings
from ganzoo.data.disk import store
from ganzoo.data.disk.image_files import first_few

# Where a release has it, or somebody has put it.
FILES = ("data/openmoji.json", "openmoji.json")
GROUP = "people-body"
TONES = ("light", "medium-light", "medium", "medium-dark", "dark")


def find(folder):
    """The folder of a release that also has `openmoji.json`, or None.

    Args:
        folder: string or path. As in `openmoji.find`.
    """
    root = openmoji.find(folder)
    found = root and any((root / name).is_file() for name in FILES)
    return root if found else None


def load(path, image_size, split="train", verbose=1):
    """Read the emoji of people and hands, drawn at a size once and then cached.

    A caption is the emoji's name, like "woman dancing: dark skin tone". Of the emoji of
    one skin tone a tenth is held out, by a hash of their code points: combinations of a
    tone and an emoji of which both are trained on, but not together.

    Args:
        path: string or path. The folder that has `color`, and `data/openmoji.json`.
        image_size: int. Pixels of a side.
        split: string. "train" or "test".
        verbose: 0 or 1. 1 shows progress on the standard error.

    Returns:
        `Pictures` with `captions`, on disk: uint8 `(count, image_size, image_size, 3)`,
        on white.

    Raises:
        ValueError: If files are missing, or resvg-py is, which draws them.
    """
    root, size = folder.checked_arguments(path, image_size, channels=3)
    openmoji.check_renderer()
    emoji = listings.shuffled(read(root))
    # Those held out come last.
    emoji.sort(key=is_held_out)
    place = root / "color" / "svg"
    files = [place / f"{each['hexcode']}.svg" for each in emoji]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise ValueError(
            f"There must be a drawing of each emoji of the group {GROUP!r}. "
            f"Received: path={str(place)!r} without {first_few(missing)}."
        )
    captions = [each["annotation"] for each in emoji]
    digest = hashlib.sha256(json.dumps(captions).encode()).hexdigest()
    listing = listings.Listing(
        place,
        f"openmoji captions {digest}",
        listings.PICTURES,
        [(file,) for file in files],
        lambda item, size: [openmoji.draw_one(*item, size, "RGB")],
        sum(map(is_held_out, emoji)),
        captions=np.array(captions),
    )
    return store.open_listing(listing, size, 3, verbose=verbose).split(split)


def read(root):
    """What a release says of each emoji of people and hands, a list of dicts.

    Raises:
        ValueError: If the file is damaged, or has no such emoji.
    """
    path = next(root / name for name in FILES if (root / name).is_file())
    try:
        found = [e for e in json.loads(path.read_text("utf-8")) if e["group"] == GROUP]
        complete = all({"hexcode", "annotation", "skintone"} <= e.keys() for e in found)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"The file must be the `openmoji.json` of a release ({error!r}). "
            f"Received: path={str(path)!r}."
        ) from error
    if not found or not complete:
        raise ValueError(
            f"The file must have emoji of the group {GROUP!r}, with hexcode, "
            f"annotation and skintone. Received: path={str(path)!r}."
        )
    return found


def is_held_out(emoji):
    """Whether an emoji is in the test split: one of one skin tone, by a hash."""
    digest = hashlib.sha256(emoji["hexcode"].encode()).digest()
    is_chosen = int.from_bytes(digest[:8]) < openmoji.TEST_SHARE * 2**64
    return isinstance(emoji["skintone"], int) and is_chosen
