"""Images of two domains in two sub-folders of one folder, without pairs."""

import dataclasses
import hashlib

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import splits
from ganzoo.data.disk import store
from ganzoo.data.images import Unpaired


@dataclasses.dataclass(frozen=True)
class SurveyOfTwo:
    """What two sub-folders hold.

    Args:
        path: str. The folder that they are in.
        surveys: tuple of two `Survey`, of the first and of the second domain.
    """

    path: str
    surveys: tuple

    @property
    def count(self):
        """How many images an epoch shows of each domain."""
        return max(survey.count for survey in self.surveys)

    @property
    def content(self):
        """A SHA-256 that is equal where those of both are."""
        both = " ".join(survey.content for survey in self.surveys)
        return hashlib.sha256(both.encode()).hexdigest()

    def summary_lines(self):
        """Lines to print."""
        for name, survey in zip(("first", "second"), self.surveys):
            first, *others = survey.summary_lines()
            yield f"{name} domain: {first}"
            yield from others


@dataclasses.dataclass(frozen=True, eq=False)
class TwoFolders:
    """Images of two sub-folders, decoded.

    Args:
        path: str. The folder that they are in.
        stores: tuple of two `Store`.
    """

    path: str
    stores: tuple

    @property
    def survey(self):
        return SurveyOfTwo(self.path, tuple(one.survey for one in self.stores))

    def split(self, split):
        """The images to train on, or those held out, as `Unpaired`."""
        first, second = (one.split(split).images for one in self.stores)
        return Unpaired(first, second, self.path, split)


def open_unpaired(
    path,
    image_size,
    channels=None,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
):
    """Check and decode two sub-folders of images, or find them in the cache.

    Args:
        path: string or path. A folder of exactly two sub-folders with images and of no
            images beside them. The first in sorted order is the first domain.
        image_size: As in `store.open_store`, like what follows.
        channels: 1, 3 or None.
        layout: int.
        bit_depth: int.
        pad: bool.

    Returns:
        `TwoFolders`.

    Raises:
        ValueError: If there are not two such sub-folders, they are splits of a data
            set, or as in `store.open_store`.
    """
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    options = {"layout": layout, "bit_depth": bit_depth, "pad": pad}
    stores = [
        store.open_store(place, size, channels, **options) for place in _find(root)
    ]
    return TwoFolders(str(root), tuple(stores))


def _find(root):
    """The two sub-folders."""
    files = image_files.find_pictures(root)
    tops = {file.relative_to(root).parts[:-1][:1] for file in files}
    names = sorted(name for top in tops for name in top)
    if len(names) != 2 or () in tops:
        beside = " and images beside them" if () in tops else ""
        raise ValueError(
            "The folder must have exactly two sub-folders with images, one for each "
            "domain, and no images beside them. "
            f"Received: path={str(root)!r} with the sub-folders {names}{beside}."
        )
    if found := splits.find_splits(root, files):
        raise ValueError(
            "Put the folders of one split into a folder of their own as two "
            "sub-folders, one for each domain: these are splits of a data set. "
            f"Received: path={str(root)!r} with {splits.format_folders(found)}."
        )
    return [root / name for name in names]
