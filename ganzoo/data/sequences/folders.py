"""Sequences of images from a folder: of numbered images, or of clips."""

import dataclasses
import hashlib
import json

import numpy as np

from ganzoo.data.disk import folder
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import listings
from ganzoo.data.disk import shards
from ganzoo.data.images import Sequences
from ganzoo.data.lazy_arrays import LazyArray
from ganzoo.data.sequences import clips
from ganzoo.system import resources
from ganzoo.system.terminal.progress import progress_bar

SPLITS = ("train", "test")
PROGRESS_FROM = 1_000  # images, from which on progress is shown


def sequences_from_folder(
    path,
    frames,
    image_size,
    channels=3,
    bit_depth=image_info.BITS,
    pad=False,
    split=None,
):
    """Read sequences of images from a folder.

    The folder holds numbered images, like `frame_001.png`, which are one clip; or
    animated images (GIF, WebP, PNG), each of which is a clip in steps of its shortest
    duration, so that an image counts as often as it is shown; or sub-folders of either
    form. Every run of `frames` images of a clip is a sequence, so that sequences of one
    clip overlap. Clips that are shorter are refused, if all are, and else left out. In
    all else images are read as by `from_folder`.

    Args:
        path: string or path. The folder.
        frames: int. Images in a sequence.
        image_size: As in `from_folder`, like the three that follow.
        channels: 1 or 3.
        bit_depth: int.
        pad: bool.
        split: string or None. "train" or "test", which holds out a tenth of the clips;
            of a single one, the end. None for all sequences.

    Returns:
        `Sequences`. Their images are in memory, each once.

    Raises:
        ValueError: If an argument is bad, the order of images is not known, all clips
            are too short, an image cannot be read, or memory has no room for them.
    """
    if split not in (None, *SPLITS):
        raise ValueError(
            f"`split` must be 'train', 'test' or None. Received: split={split!r}."
        )
    found = open_sequences(
        path, image_size, channels, bit_depth=bit_depth, pad=pad, frames=frames
    )
    return found.split(split)


@dataclasses.dataclass(frozen=True)
class SurveyOfSequences:
    """What a folder of sequences holds.

    Args:
        path: str. The folder.
        count: int. Sequences.
        clips: int. Clips that they are of.
        frames: int. Images of a sequence.
        channels: 1 or 3.
        too_short: list of str. Names of clips that are shorter.
        content: str. A SHA-256 of names and bytes of the files.
    """

    path: str
    count: int
    clips: int
    frames: int
    channels: int
    too_short: list
    content: str

    def summary_lines(self):
        """Lines to print."""
        colours = "grey" if self.channels == 1 else "in colour"
        yield (
            f"{self.count:,} sequences of {self.frames} images, {colours}, in "
            f"{self.clips:,} clips: {self.path}"
        )
        if self.too_short:
            yield (
                f"skipped, too short: {len(self.too_short):,}, "
                f"{image_files.first_few(self.too_short)}"
            )


@dataclasses.dataclass(frozen=True, eq=False)
class SequenceFolder:
    """Clips of a folder, which are decoded when a split is asked for.

    Args:
        survey: `SurveyOfSequences`.
        clips: list of `Clip`, in the order in which they are used.
        size: `(height, width)`.
        options: dict. Further arguments of `Clip.read`.
    """

    survey: SurveyOfSequences
    clips: list
    size: tuple
    options: dict

    def split(self, split=None):
        """The sequences to train on, or those held out, as `Sequences`; None for all.

        A tenth of the clips is held out; of a single one the last tenth of its images,
        or as many as a sequence has.
        """
        parts = self._parts(split)
        shape = (sum(stop - start for _, start, stop in parts), *self.size)
        shape = (*shape, self.survey.channels)
        resources.check_memory(
            int(np.prod(shape)),
            f"{shape[0]:,} images of the shape {shape[1:]} take",
            "choose a smaller `image_size`, or fewer of them",
            f"path={self.survey.path!r}",
        )
        images, begins, end = np.empty(shape, "uint8"), [], 0
        is_long = len(images) > PROGRESS_FROM
        with progress_bar("Images read", len(images), is_long) as advance:
            for clip, start, stop in parts:
                read = clip.read(self.size, self.survey.channels, **self.options)
                begins.append(end + np.arange(stop - start - self.survey.frames + 1))
                images[end : end + stop - start] = read[start:stop]
                end += stop - start
                advance(stop - start)
        sequences = windows(images, np.concatenate(begins), self.survey.frames)
        return Sequences(sequences, self.survey.path, split)

    def _parts(self, split):
        """Clips with the first and the last of their images that are of a split."""
        whole = [(clip, 0, clip.count) for clip in self.clips]
        if split is None:
            return whole
        if len(whole) == 1:
            (clip, _, count), frames = whole[0], self.survey.frames
            first = count - max(frames, listings.count_held_out(count))
            if first < frames:
                raise ValueError(
                    "Pass another clip, or a longer one: its end is held out, and what "
                    "comes before must have a sequence, too. Received: "
                    f"path={self.survey.path!r} with one clip of {count} images, "
                    f"frames={frames}."
                )
            return [(clip, first, count) if split == "test" else (clip, 0, first)]
        held_out = listings.count_held_out(len(whole))
        return whole[-held_out:] if split == "test" else whole[:-held_out]


def windows(images, begins, frames):
    """Sequences of images, each of which begins at one of the places.

    Args:
        images: uint8 array `(count, height, width, channels)`.
        begins: int array.
        frames: int. How many images each has.

    Returns:
        `LazyArray` `(len(begins), frames, height, width, channels)`.
    """

    def read(numbers):
        return images[begins[numbers][:, None] + np.arange(frames)]

    return LazyArray(read, (len(begins), frames, *images.shape[1:]), images.dtype)


def open_sequences(
    path,
    image_size,
    channels=None,
    layout=image_files.LAYOUT,
    bit_depth=image_info.BITS,
    pad=False,
    *,
    frames,
):
    """Look at the clips of a folder.

    Args:
        path: string or path. As in `sequences_from_folder`.
        image_size: integer, or `(height, width)`.
        channels: 1, 3 or None. None for 1 if all images are grey, else 3.
        layout: int. There is one only.
        bit_depth: int. As in `from_folder`.
        pad: bool. As in `from_folder`.
        frames: int. Images in a sequence.

    Returns:
        `SequenceFolder`.

    Raises:
        ValueError: As in `sequences_from_folder`, or if the images are in shards.
    """
    if not isinstance(frames, (int, np.integer)) or frames < 1:
        raise ValueError(
            f"`frames` must be an int of at least 1. Received: frames={frames!r}."
        )
    if shards.is_shard_directory(path):
        raise ValueError(
            "Pass the folder of images: shards have no order. "
            f"Received: path={str(path)!r}."
        )
    root, size = folder.checked_arguments(path, image_size, channels or 3, bit_depth)
    found = clips.find_clips(root)
    long = [clip for clip in found if clip.count >= frames]
    if not long:
        most = max(found, key=lambda clip: clip.count)
        raise ValueError(
            f"The folder must hold clips of {frames} images or more, as many as a "
            f"sequence has. Received: path={str(root)!r}, frames={frames}, and the "
            f"longest of {len(found)} clips is {most.name} with {most.count}."
        )
    survey = SurveyOfSequences(
        str(root),
        sum(clip.count - frames + 1 for clip in long),
        len(long),
        int(frames),
        channels or (1 if all(clip.is_grey for clip in long) else 3),
        [clip.name for clip in found if clip.count < frames],
        _content(root, long),
    )
    options = {"bit_depth": bit_depth, "pad": pad}
    return SequenceFolder(survey, listings.shuffled(long), size, options)


def _content(root, found):
    """A SHA-256 of names and bytes of the files of clips."""
    digest = hashlib.sha256()
    for file in (file for clip in found for file in clip.files):
        bytes_digest = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(json.dumps([str(file.relative_to(root)), bytes_digest]).encode())
    return digest.hexdigest()
