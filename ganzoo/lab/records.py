"""What trainings left behind, as compact JSON: numbers with few digits, and bytes."""

import base64
import json
import pathlib

import numpy as np

from ganzoo.system import files

FOLDER = pathlib.Path(__file__).parent / "records"
DIGITS = 4


def load(name, folder=FOLDER):
    """The record of a panel.

    Args:
        name: str. The panel.
        folder: path. Where records are; by default those in the package.

    Returns:
        Dict, or None if there is none.
    """
    path = pathlib.Path(folder) / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def save(name, record, folder):
    """Write the record of a panel, in as few characters as JSON takes."""
    text = json.dumps(shorten(record), separators=(",", ":"), allow_nan=False)
    files.write_text(pathlib.Path(folder) / f"{name}.json", text + "\n")


def shorten(value):
    """The same with all numbers rounded to four digits, and arrays as lists."""
    if isinstance(value, dict):
        return {key: shorten(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return shorten(value.tolist())
    if isinstance(value, (list, tuple)):
        return [shorten(each) for each in value]
    if isinstance(value, (float, np.floating)):
        short = float(f"{value:.{DIGITS}g}")
        return int(short) if short.is_integer() else short
    return int(value) if isinstance(value, np.integer) else value


def pack(values, low, high):
    """An array of many numbers as a byte each, which `lab.js` unpacks.

    Args:
        values: array. What lies outside of the range is clipped.
        low: float. Value of byte 0.
        high: float. Value of byte 255.

    Returns:
        Dict of "shape", "low", "high" and "bytes" in base64.
    """
    values = np.asarray(values, "float64")
    share = np.clip((values - low) / (high - low), 0, 1)
    data = np.rint(255 * share).astype("uint8").tobytes()
    text = base64.b64encode(data).decode()
    return {"shape": list(values.shape), "low": low, "high": high, "bytes": text}


def unpack(packed):
    """The array that was packed, to a 255th of its range."""
    data = np.frombuffer(base64.b64decode(packed["bytes"]), "uint8").astype("float64")
    values = packed["low"] + (packed["high"] - packed["low"]) * data / 255
    return values.reshape(packed["shape"])
