"""The two sides of a comparison, measured when a score first asks for them."""

import dataclasses
import functools

from ganzoo.scoring import measuring
from ganzoo.scoring import sources
from ganzoo.scoring import statistics


class Side:
    """Images, or statistics that stand for them, as scores look at them.

    Args:
        found: `sources.Source`, or `statistics.Statistics` without features.
        extractor: as `ganzoo.features.find` returns it.
        keep: bool. Whether to keep what is computed in the cache.
        verbose: 0 or 1. 1 shows progress.

    Attributes:
        name: string.
        count: int, or None where a file does not tell.
        source: `sources.Source`, or None.

    Raises:
        ValueError: If the network does not take such images.
    """

    def __init__(self, found, extractor, keep=False, verbose=0):
        self._found = found
        self._extractor = extractor
        self._keep = keep
        self._verbose = verbose
        self.source = found if isinstance(found, sources.Source) else None
        self.name = self.source.name if self.source else found.origin["name"]
        self.count = self.source.count if self.source else found.origin["count"]
        self._check_shape()

    def _check_shape(self):
        taken = getattr(self._extractor, "image_shape", None)
        if self.source and taken and self.source.image_shape != taken:
            raise ValueError(
                f"The network `{self._extractor.name}` takes images of shape {taken} "
                "only; `inception` takes any. Received: "
                f"{self.name} of shape {self.source.image_shape}."
            )

    @functools.cached_property
    def statistics(self):
        """`Statistics` of the images; the first time this takes a network's pass."""
        if self.source is None:
            return self._found
        return measuring.measure(
            self.source, self._extractor, self._keep, self._verbose
        )

    @property
    def origin(self):
        """What the images are, for a protocol; this takes no network's pass."""
        if self.source is None or "statistics" in self.__dict__:
            return self.statistics.origin
        return {
            **statistics.origin(self.source),
            "sha256": sources.hash_of_pixels(self.source),
        }

    @property
    def moments(self):
        return self.statistics.moments

    @property
    def features(self):
        return self.statistics.features


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """Samples and their reference.

    Args:
        reference: `Side` of the data.
        samples: `Side` of what is scored.
        extractor: the network of both, as `ganzoo.features.find` returns it.
        train: `Side` of the images that the model was trained on, or None.
        verbose: 0 or 1. 1 shows progress.
        notes: dict. What is to be said beside numbers that were computed: lists of
            strings, by name.
    """

    reference: Side
    samples: Side
    extractor: object
    train: Side | None = None
    verbose: int = 0
    notes: dict = dataclasses.field(default_factory=dict)
