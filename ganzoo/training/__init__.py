"""A recipe trained in a run folder."""

from typing import TYPE_CHECKING

from ganzoo.system import lazy

if TYPE_CHECKING:
    from ganzoo.training.trainer import train as train

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "train": "ganzoo.training.trainer",
    },
)
