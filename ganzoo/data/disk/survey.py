"""What a folder of images, or of pairs, holds."""

import collections
import dataclasses
import hashlib
import json
import math

import numpy as np

from ganzoo.data.disk import image_files
from ganzoo.data.disk import listings
from ganzoo.data.disk import pairs
from ganzoo.data.disk.listings import MIN_IMAGES
from ganzoo.data.vocabulary import split_words
from ganzoo.system.terminal.counts import format_class

SHOWN_CLASSES = 10  # names that a survey tells


@dataclasses.dataclass(frozen=True)
class Survey:
    """What a folder of images, or of pairs, holds.

    Args:
        path: str. The folder.
        count: int. Images, or pairs, that can be used and are not copies of others.
        unreadable: list of str. Files that cannot be read, and why, and so of pairs
            whose images differ in shape.
        duplicates: list of str. Files whose bytes are those of one before them.
        smallest: tuple `(width, height)` of the image with the fewest pixels.
        median: tuple `(width, height)`, of widths and of heights.
        largest: tuple `(width, height)` of the image with the most pixels.
        channels: 1 if all are grey, else 3; of pairs, the targets, as sizes are.
        class_names: list of str, or None. The first-level sub-folders, if every
            image is in one.
        source_channels: As `channels`, or None where there are no pairs.
        skipped_files: list of str. Files that are no images by their ending.
        content: str. A SHA-256 of names and bytes of the files that are used, and of
            which are held out: the same wherever the folder lies.
        class_counts: list of int, or None. Images of each class.
        form: str or None. Of pairs, which they are, shown by one.
        notes: list of str. What to warn of.
        attribute_names: list of str, or None. What images have or have not.
        attribute_counts: list of int, or None. How many have each.
        word_count: int or None. Different words of captions.
        rare_word_count: int or None. Those of them that one caption alone has.
    """

    path: str
    count: int
    unreadable: list
    duplicates: list
    smallest: tuple
    median: tuple
    largest: tuple
    channels: int
    class_names: list | None
    source_channels: int | None = None
    skipped_files: list = dataclasses.field(default_factory=list)
    content: str | None = None
    class_counts: list | None = None
    form: str | None = None
    notes: list = dataclasses.field(default_factory=list)
    attribute_names: list | None = None
    attribute_counts: list | None = None
    word_count: int | None = None
    rare_word_count: int | None = None

    def summary_lines(self):
        """Lines to print."""
        what = f"images, {_colours(self.channels)}"
        if self.source_channels:
            what = (
                f"pairs of images, sources {_colours(self.source_channels)}, "
                f"targets {_colours(self.channels)}"
            )
        yield f"{self.count:,} {what}: {self.path}"
        low, middle, high = (
            f"{w}×{h}" for w, h in (self.smallest, self.median, self.largest)
        )
        yield f"sizes from {low} to {high}, median {middle}"
        if self.form:
            yield self.form
        if self.class_names:
            yield f"{len(self.class_names)} classes, by sub-folder: {self._labels()}"
            counts = zip(self.class_names, self.class_counts)
            tiny = [f"{name} {count}" for name, count in counts if count < MIN_IMAGES]
            if tiny:
                yield (
                    f"classes with fewer than {MIN_IMAGES} images, too few to learn: "
                    f"{len(tiny):,}, {image_files.first_few(tiny)}"
                )
        if self.attribute_names:
            counts = zip(self.attribute_names, self.attribute_counts)
            named = ", ".join(f"{name} {n / self.count:.0%}" for name, n in counts)
            yield f"{len(self.attribute_names)} attributes: {named}"
        if self.word_count:
            yield (
                f"captions of {self.word_count:,} different words, "
                f"{self.rare_word_count:,} of them in one caption only"
            )
        if self.unreadable:
            yield (
                f"skipped, unreadable or unusable: {len(self.unreadable):,}, "
                f"{image_files.first_few(self.unreadable)}"
            )
        if skipped := self.skipped_files:
            yield (
                f"skipped, no image extension: {len(skipped):,}, "
                f"{image_files.first_few(skipped)}"
            )
        if self.duplicates:
            yield (
                f"skipped, duplicates: {len(self.duplicates):,}, "
                f"{image_files.first_few(self.duplicates)}"
            )
        yield from self.notes

    def _labels(self):
        """Which name has which label, and how many images."""
        shown = list(zip(self.class_names, self.class_counts))[:SHOWN_CLASSES]
        named = ", ".join(
            f"{format_class(i, name)}: {n:,}" for i, (name, n) in enumerate(shown)
        )
        return named + (", ..." if len(self.class_names) > len(shown) else "")


def _colours(channels):
    return "grey" if channels == 1 else "in colour"


def survey_of(listing, about):
    """The `Survey` of a listing of which `facts_of` is known."""
    root = listing.root
    missing = [
        f"{name} (a link to nothing)" for name in image_files.find_dangling(root)
    ]
    found = dict(about["survey"])
    unreadable, duplicates = found.pop("unreadable"), found.pop("copies")
    skipped = image_files.find_skipped(root)
    if listing.table:
        skipped.remove(listing.table)
    return Survey(
        **found,
        unreadable=unreadable + missing,
        duplicates=duplicates,
        skipped_files=skipped,
    )


def facts_of(listing, outcome, channels):
    """The `Survey` of what was written, how much of it is held out, and labels.

    Also what each image has or shows, if that is known.
    """
    sizes = [item.sizes[-1] for item in outcome.kept]
    survey = {
        "path": str(listing.root),
        "count": len(outcome.kept),
        "unreadable": outcome.unreadable,
        "copies": outcome.duplicates,
        "smallest": min(sizes, key=math.prod),
        "median": [int(side) for side in np.median(sizes, axis=0)],
        "largest": max(sizes, key=math.prod),
        "channels": channels[-1],
        "class_names": None,
        "content": _content(listing, outcome),
        "notes": outcome.notes,
    }
    labels = None
    if listing.parts == listings.PAIRS:
        survey["source_channels"] = channels[0]
        example = listing.items[outcome.kept[0].index]
        survey["form"] = pairs.form_of(listing.root, example)
    else:
        files = [listing.items[item.index][0] for item in outcome.kept]
        labels, names = image_files.classes(listing.root, files, listing.layout)
        if labels is not None:
            survey["class_names"] = names
            survey["class_counts"] = np.bincount(labels).tolist()
            labels = labels.tolist()
    facts = {"survey": survey, "held_out": outcome.held_out, "labels": labels}
    if listing.attributes is not None:
        rows = listing.attributes[[item.index for item in outcome.kept]]
        survey["attribute_names"] = listing.attribute_names
        survey["attribute_counts"] = rows.sum(axis=0, dtype="int64").tolist()
        facts["attributes"] = rows.tolist()
    if listing.captions is not None:
        captions = listing.captions[[item.index for item in outcome.kept]].tolist()
        counts = collections.Counter(w for c in captions for w in set(split_words(c)))
        survey["word_count"] = len(counts)
        survey["rare_word_count"] = [*counts.values()].count(1)
        facts["captions"] = captions
    return facts


def _content(listing, outcome):
    """A SHA-256 of names and bytes of the files of what is kept, in their order.

    Also of what each has or shows, if that is known.
    """
    digest = hashlib.sha256(f"{outcome.held_out}".encode())
    for item in outcome.kept:
        files = listing.items[item.index]
        names = [file.relative_to(listing.root).as_posix() for file in files]
        digest.update(json.dumps([*names, item.digest.hex()]).encode())
        if listing.attributes is not None:
            has = listing.attributes[item.index].tolist()
            digest.update(json.dumps([listing.attribute_names, has]).encode())
        if listing.captions is not None:
            digest.update(json.dumps(str(listing.captions[item.index])).encode())
    return digest.hexdigest()
