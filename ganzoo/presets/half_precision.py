"""Kernels of 16 bits: `.keras` files of half the size."""

import io
import zipfile

import h5py
import numpy as np

from ganzoo.presets.keras_files import WEIGHTS


def halve(path):
    """Store the kernels of a `.keras` file in half precision.

    Keras loads them as kernels of 32 bits, which have 11 significant bits then. Vectors
    stay as they are: statistics need their precision, and are few.

    Args:
        path: path. The file, which is changed.

    Raises:
        ValueError: If a kernel has values too large for 16 bits.
    """
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[WEIGHTS] = _halved(members[WEIGHTS])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _halved(content):
    """The bytes of an HDF5 file whose kernels of 32 bits are rounded to 16."""
    halved = io.BytesIO()
    # What is deleted in an HDF5 file keeps its room, so that this is a new one.
    with h5py.File(io.BytesIO(content), "r") as old, h5py.File(halved, "w") as new:
        old.visititems(lambda name, item: _copy(name, item, new))
    return halved.getvalue()


def _copy(name, item, new):
    if isinstance(item, h5py.Dataset):
        copy = new.create_dataset(name, data=_round(name, item[()]))
    else:
        copy = new.require_group(name)
    copy.attrs.update(item.attrs)


def _round(name, values):
    if values.dtype != "float32" or values.ndim < 2:
        return values
    with np.errstate(over="ignore"):
        halved = values.astype("float16")
    if not np.isfinite(halved).all():
        raise ValueError(
            f"Kernels of 16 bits hold {np.finfo('float16').max:.0f} at most: publish "
            f"this model in full precision. Received: {name} with values up to "
            f"{np.abs(values).max():g}."
        )
    return halved
