"""A recipe trained in a run folder."""

from ganzoo.training.trainer import train as train
