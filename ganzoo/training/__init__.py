"""A recipe trained in a run folder."""

import typing

from ganzoo.system import lazy

if typing.TYPE_CHECKING:
    from ganzoo.training.trainer import train as train

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "train": "ganzoo.training.trainer",
    },
)
