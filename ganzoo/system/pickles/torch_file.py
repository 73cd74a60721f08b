"""Files of PyTorch as NumPy arrays, without PyTorch and without running code.

The names and shapes in such a file are a pickle, and a pickle is a program that may
call anything. Here it is read by a machine that can only build plain values and
tensors, and what it says of sizes is believed only within the bytes that are there.
"""

import dataclasses
import io
import math
import pathlib
import struct
import zipfile

import numpy as np

from ganzoo.system.pickles import machine

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
MAX_DIMENSIONS = 16
END_OF_ARCHIVE = b"PK\5\6"  # begins the last 22 bytes of one without a comment
DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}


def read(path):
    """Return the tensors of a state_dict that `torch.save` wrote.

    Both formats are read: the stream of PyTorch before 1.6 and the zip since then.

    Args:
        path: path. The file.

    Returns:
        A dict from names to read-only arrays, in the order of the file.

    Raises:
        OSError: if the file cannot be opened.
        ValueError: if it is damaged, or anything but a state_dict of dense tensors of
            types that NumPy has.
    """
    content = pathlib.Path(path).read_bytes()
    try:
        state = load(content, knows=_is_storage)
        for name, value in state.items():
            if not isinstance(value, Tensor):
                raise ValueError(f"'{machine.printable(str(name))}' is no tensor")
        return {name: tensor.array() for name, tensor in state.items()}
    # A damaged file can fail anywhere, and it means the same.
    except Exception as error:
        raise ValueError(
            "The file cannot be read as a state_dict of PyTorch "
            f"({type(error).__name__}: {error}): it is damaged, cut short, or holds "
            f"more than tensors. Received: path={str(path)!r}."
        ) from error


def load(content, calls=None, **options):
    """Return what a file of PyTorch holds, with a `Tensor` for each tensor.

    Args:
        content: bytes of the file.
        calls: dict or None. As of `machine.Machine`; None for those of tensors.
        **options: Others of the machine that reads its pickles.

    Raises:
        Exception: If it is damaged, or no such file.
    """
    options = {"calls": calls or CALLS, **options}
    return (_load_zip if content.startswith(b"PK") else _load_stream)(content, options)


# === The two formats ===


def _load_stream(content, options):
    stream, storages = io.BytesIO(content), _Storages()
    reader = machine.Machine(persistent=storages.find, **options)
    if reader.read(stream) != MAGIC or reader.read(stream) != PROTOCOL:
        raise ValueError("no file of PyTorch")
    reader.read(stream)  # Facts about the machine that wrote the file.
    found = reader.read(stream)
    for key in map(machine.check_text, reader.read(stream)):
        storages.numbers[key] = _next_numbers(stream, content, storages.dtypes[key])
    if stream.tell() < len(content):
        raise ValueError(f"{len(content) - stream.tell():,} bytes too many")
    return found


def _next_numbers(stream, content, dtype):
    (count,) = struct.unpack("<q", stream.read(8))
    start = stream.tell()
    if not 0 <= count * dtype.itemsize <= len(content) - start:
        raise ValueError(f"a storage of {count} numbers in a file too short for them")
    stream.seek(count * dtype.itemsize, io.SEEK_CUR)
    return np.frombuffer(content, dtype, count, start)


def _load_zip(content, options):
    archive = zipfile.ZipFile(io.BytesIO(content))
    _check_members(archive, content)
    (pickled,) = (n for n in archive.namelist() if n.endswith("/data.pkl"))
    root = pickled.removesuffix("data.pkl")
    if f"{root}byteorder" in archive.namelist():
        if archive.read(f"{root}byteorder") != b"little":
            raise ValueError("numbers in another byte order")
    storages = _Storages(lambda key: archive.read(f"{root}data/{key}"))
    reader = machine.Machine(persistent=storages.find, **options)
    return reader.read(io.BytesIO(archive.read(pickled)))


def _check_members(archive, content):
    """Refuse members that unpack to more than the file: PyTorch compresses nothing."""
    members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("members that are compressed")
    if sum(member.file_size for member in members) > len(content):
        raise ValueError("members that are larger than the file")
    if content[-22:-18] != END_OF_ARCHIVE:
        raise ValueError("more bytes than the archive has")


# === Tensors ===


class _Storages:
    """The storages of a file, by their keys.

    Args:
        read: function of a key. Returns its bytes, when they are asked for.
    """

    def __init__(self, read=None):
        self.read = read
        self.dtypes = {}
        self.numbers = {}

    def find(self, kind, storage, key, _location, _count, view=None):
        """The storage that a pickle speaks of."""
        if kind != "storage" or view is not None or not _is_storage(storage):
            raise ValueError("a storage of an unknown kind")
        key, dtype = machine.check_text(key), np.dtype(DTYPES[storage.name])
        if self.dtypes.setdefault(key, dtype) != dtype:
            raise ValueError("a storage reads its numbers as another type")
        return Storage(self, key)

    def get(self, key):
        """The numbers of a storage, a 1D array."""
        if key not in self.numbers and self.read:
            self.numbers[key] = np.frombuffer(self.read(key), self.dtypes[key])
        return self.numbers[key]


def _is_storage(name):
    is_name = isinstance(name, machine.Name)
    return is_name and name.module == "torch" and name.name in DTYPES


@dataclasses.dataclass(frozen=True, eq=False)
class Storage:
    """Numbers in one row, which tensors are windows on."""

    storages: _Storages
    key: str

    def numbers(self):
        """The numbers, a 1D array."""
        return self.storages.get(self.key)


@dataclasses.dataclass(frozen=True, eq=False)
class Tensor:
    """What a pickle says of a tensor."""

    storage: Storage
    offset: int
    shape: tuple
    strides: tuple

    def array(self):
        """The tensor as a read-only view of its storage's numbers.

        Raises:
            Exception: If it goes beyond them.
        """
        numbers = self.storage.numbers()
        count = math.prod(self.shape)
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides))
        # The first, as stride 0 would make any number of elements out of one.
        if count > len(numbers) or (count and last >= len(numbers)):
            raise ValueError(f"a tensor of shape {self.shape} beyond its storage's end")
        return np.lib.stride_tricks.as_strided(
            numbers[self.offset :],
            self.shape,
            [stride * numbers.itemsize for stride in self.strides],
            writeable=False,
        )


def _tensor(storage, offset, shape, strides, _requires_grad, _hooks, _metadata=None):
    numbers = (offset, *shape, *strides)
    if (
        not isinstance(storage, Storage)
        or not all(type(number) is int and number >= 0 for number in numbers)
        or not len(shape) == len(strides) <= MAX_DIMENSIONS
    ):
        raise ValueError("a tensor of an impossible shape")
    return Tensor(storage, offset, shape, strides)


# What the pickles of tensors call.
CALLS = {
    "collections.OrderedDict": lambda: {},
    "torch._utils._rebuild_tensor_v2": _tensor,
}
