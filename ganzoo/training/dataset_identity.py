"""What a trained model saw: its images, told from others wherever they lie.

Only with the very images that a run began with are those held out the ones that it has
never seen.
"""

import contextlib
import dataclasses
import hashlib
import re

import numpy as np

from ganzoo.data.disk import image_files

NUM_HASHED = 100  # examples by which data without a hash of all are told from others
PATTERN = re.compile(r"(.+)\n(content (?P<content>\S+)\nlayout (?P<layout>\d+)\n)?")


class ChangedError(ValueError):
    """The images are not those that a model was trained on, or are not found."""


@dataclasses.dataclass(frozen=True)
class Origin:
    """The images that a run began with, as far as they are known.

    Args:
        run_dir: string or None. The run's folder, for messages.
        layout: int. How a folder's images are held out and its classes ordered, as in
            `ganzoo.data.disk.store.open_store`.
        examples: string or None. As of `count_and_hash`.
        content: string or None. Hash of all images of a folder, as in
            `ganzoo.data.disk.survey.Survey`.

    Raises:
        ValueError: If the layout is not known here.
    """

    run_dir: str | None = None
    layout: int = image_files.LAYOUT
    examples: str | None = None
    content: str | None = None

    def __post_init__(self):
        if self.layout not in range(1, image_files.LAYOUT + 1):
            raise ValueError(
                "Update ganzoo: a newer version trained the model, and holds out other "
                f"images. Received: layout={self.layout!r}."
            )

    @classmethod
    def read(cls, text, run_dir=None):
        """That of the text of a run's `data` file.

        Older runs have its first line only.

        Raises:
            ValueError: If it was changed.
        """
        found = PATTERN.fullmatch(text)
        if not found:
            raise ValueError(
                "Put back the `data` of the run folder, as `ganzoo train` writes it. "
                f"Received: run_dir={run_dir!r} with {text!r}."
            )
        return cls(run_dir, int(found["layout"] or 1), found[1], found["content"])

    @property
    def text(self):
        """The text of a run's `data` file."""
        if self.content is None:
            return f"{self.examples}\n"
        return f"{self.examples}\ncontent {self.content}\nlayout {self.layout}\n"

    @contextlib.contextmanager
    def explain_missing(self, option):
        """Say how a run goes on whose data are not found.

        Args:
            option: string. What tells `ganzoo train` where they are now.
        """
        try:
            yield
        except ValueError as error:
            if self.run_dir is None:
                raise
            raise ChangedError(
                "If the data of the run have moved, say where they are now: `ganzoo "
                f"train --run-dir {self.run_dir} {option} FOLDER`. {error}"
            ) from error

    def check(self, place, count_and_hash, content=None):
        """Raise a ChangedError unless these images are those that it began with.

        Args:
            place: string. Where they are, for the message.
            count_and_hash: function that returns those of the training examples.
            content: string or None. The hash of all images, which decides where both
                are known.
        """
        if self.examples is None and self.content is None:
            return
        if self.content and content:
            same = self.content == content
        else:
            same = self.examples == count_and_hash()
        if not same:
            model = self.run_dir or "MODEL"
            raise ChangedError(
                "Put the images back, or train in another folder: they are not those "
                "that the run began with, and some that were held out would be trained "
                f"on. To score against others, name them: `ganzoo evaluate {model} "
                f"REFERENCE`. Received: run_dir={self.run_dir!r} of "
                f"{_format_identity(self.examples, self.content)}, and "
                f"{_format_identity(count_and_hash(), content)} in {place!r}."
            )


def _format_identity(examples, content):
    return examples if content is None else f"{examples}, content {content}"


def count_and_hash(arrays, count=None):
    """What tells data from others: how many, and the first, of an order drawn once.

    Args:
        arrays: tuple of arrays, as `fit` takes them.
        count: int or None. How many there are, where these are the first.

    Returns:
        str. Of arrays of several lengths these are joined by "+".
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array[:NUM_HASHED]).tobytes())
    lengths = dict.fromkeys(map(len, arrays)) if count is None else [count]
    count = "+".join(map(str, lengths))
    return f"{count} examples, sha256 {digest.hexdigest()}"
