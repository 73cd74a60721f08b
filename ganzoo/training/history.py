"""A CSV file of what was measured in each epoch."""

import csv
import pathlib

import keras
import numpy as np
from keras import ops

from ganzoo.system import files


class History(keras.callbacks.Callback):
    """Writes a CSV file with a line for each epoch: number, logs and learning rates.

    Epochs are counted from 1.

    Keras's `CSVLogger` keeps the columns of the first epoch, and has a line twice where
    a killed run trained an epoch again. Here the last time counts.

    Args:
        path: path. A `.csv` file, which is gone on with if it is there.
    """

    def __init__(self, path):
        super().__init__()
        self.path = pathlib.Path(path)

    def on_epoch_end(self, epoch, logs=None):
        rows = [row for row in read_history(self.path) if int(row["epoch"]) <= epoch]
        logs = {name: _shown(value) for name, value in logs.items()}
        rows.append({"epoch": epoch + 1, **logs, **_learning_rates(self.model)})
        columns = list(dict.fromkeys(key for row in rows for key in row))
        with (
            files.atomic(self.path) as partial,
            partial.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)


def _shown(value):
    """A log as a history has it, where what was not measured is empty."""
    return "" if np.isnan(value) else value


def _learning_rates(model):
    """Those of both players, or of the stage at hand, by their columns."""
    rates = {}
    # There are none outside of `fit`.
    for name, optimizer in getattr(model, "current_optimizers", dict)().items():
        rate = ops.convert_to_numpy(optimizer.learning_rate)
        rates[f"learning_rate_{name}"] = in_single_precision(rate)
    return rates


def in_single_precision(number):
    """A number in the fewest digits that tell it from others in float32."""
    return str(np.float32(number))


def read_history(path):
    """The lines that `History` has written to a file so far, as a list of dicts.

    Epochs are counted from 1, also those of a file of an earlier release, which has
    them from 0.

    Raises:
        ValueError: If it was changed, so that a line is not of an epoch.
    """
    path = pathlib.Path(path)
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if not (row.get("epoch") or "").isdecimal():
            raise ValueError(
                "A history has the number of an epoch in each line, as `ganzoo train` "
                f"writes it. Received: path={str(path)!r} with {row}."
            )
    if rows and rows[0]["epoch"] == "0":
        rows = [{**row, "epoch": str(int(row["epoch"]) + 1)} for row in rows]
    return rows
