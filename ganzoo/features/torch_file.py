"""Tensors of a PyTorch file as NumPy arrays, without PyTorch and without running code.

The names and shapes in such a file are a pickle, and a pickle is a program that may
call anything. Here it is read by a machine that can only build plain values and
tensors, and what it says of sizes is believed only within the bytes that are there.
"""

import dataclasses
import io
import math
import pathlib
import pickletools
import struct
import zipfile

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
MAX_DIMENSIONS = 16
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
        if content.startswith(b"PK"):
            return _read_zip(content)
        return _read_stream(content)
    # A damaged file can fail anywhere, and it means the same.
    except Exception as error:
        raise ValueError(
            "The file cannot be read as a state_dict of PyTorch "
            f"({type(error).__name__}: {error}): it is damaged, cut short, or holds "
            f"more than tensors. Received: path={str(path)!r}."
        ) from error


# === The two formats ===


def _read_stream(content):
    stream = io.BytesIO(content)
    if _unpickle(stream) != MAGIC or _unpickle(stream) != PROTOCOL:
        raise ValueError("no file of PyTorch")
    _unpickle(stream)  # Facts about the machine that wrote the file.
    tensors = _tensors(_unpickle(stream))
    dtypes = _dtypes(tensors)
    storages = {}
    for key in map(_text, _unpickle(stream)):
        storages[key] = _next_storage(stream, content, dtypes[key])
    return {name: t.window(storages[t.storage.key]) for name, t in tensors.items()}


def _next_storage(stream, content, dtype):
    (count,) = struct.unpack("<q", stream.read(8))
    start = stream.tell()
    if not 0 <= count * dtype.itemsize <= len(content) - start:
        raise ValueError(f"a storage of {count} numbers in a file too short for them")
    stream.seek(count * dtype.itemsize, io.SEEK_CUR)
    return np.frombuffer(content, dtype, count, start)


def _read_zip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_members(archive, len(content))
        (pickled,) = (n for n in archive.namelist() if n.endswith("/data.pkl"))
        root = pickled.removesuffix("data.pkl")
        if f"{root}byteorder" in archive.namelist():
            if archive.read(f"{root}byteorder") != b"little":
                raise ValueError("numbers in another byte order")
        tensors = _tensors(_unpickle(io.BytesIO(archive.read(pickled))))
        storages = {
            key: np.frombuffer(archive.read(f"{root}data/{key}"), dtype)
            for key, dtype in _dtypes(tensors).items()
        }
    return {name: t.window(storages[t.storage.key]) for name, t in tensors.items()}


def _check_members(archive, size):
    """Refuse members that unpack to more than the file: PyTorch compresses nothing."""
    members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("members that are compressed")
    if sum(member.file_size for member in members) > size:
        raise ValueError("members that are larger than the file")


# === What a pickle may build ===


@dataclasses.dataclass(frozen=True)
class _Storage:
    """Numbers in one row, which tensors are windows on."""

    dtype: np.dtype
    key: str


@dataclasses.dataclass(frozen=True)
class _Tensor:
    """What a pickle says of a tensor."""

    storage: _Storage
    offset: int
    shape: tuple
    strides: tuple

    def window(self, numbers):
        """Return the tensor as a view of its storage's numbers."""
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


def _storage(kind, storage, key, _location, _count, view=None):
    if kind != "storage" or view is not None:
        raise ValueError("a storage of an unknown kind")
    return _Storage(np.dtype(DTYPES[_text(storage)]), _text(key))


def _tensor(storage, offset, shape, strides, _requires_grad, _hooks, _metadata=None):
    numbers = (offset, *shape, *strides)
    if (
        not isinstance(storage, _Storage)
        or not all(type(number) is int and number >= 0 for number in numbers)
        or not len(shape) == len(strides) <= MAX_DIMENSIONS
    ):
        raise ValueError("a tensor of an impossible shape")
    return _Tensor(storage, offset, shape, strides)


def _global(name):
    module, _, name = name.partition(" ")
    if (module, name) == ("collections", "OrderedDict"):
        return lambda: {}
    if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
        return _tensor
    if module == "torch" and name in DTYPES:
        return name
    raise ValueError(f"the global {module}.{name} is refused")


def _unpickle(stream):
    """Return the value of the next pickle, of the instructions that PyTorch writes."""
    stack, marks, memo = [], [], {}
    for instruction, argument, _ in pickletools.genops(stream):
        match instruction.name:
            case "PROTO":
                pass
            case "STOP":
                return stack.pop()
            case "MARK":
                marks.append(len(stack))
            case "BINPUT" | "LONG_BINPUT":
                memo[argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memo[argument])
            case "BININT" | "BININT1" | "BININT2" | "LONG1" | "BINUNICODE":
                stack.append(argument)
            case "NONE" | "NEWTRUE" | "NEWFALSE" as name:
                stack.append({"NEWTRUE": True, "NEWFALSE": False}.get(name))
            case "EMPTY_TUPLE" | "EMPTY_LIST" | "EMPTY_DICT" as name:
                stack.append({"EMPTY_TUPLE": (), "EMPTY_LIST": []}.get(name, {}))
            case "TUPLE1" | "TUPLE2" | "TUPLE3" as name:
                stack.append(tuple(_pop(stack, len(stack) - int(name[-1]))))
            case "TUPLE":
                stack.append(tuple(_pop(stack, marks.pop())))
            case "APPEND" | "SETITEM" as name:
                _fill(_pop(stack, len(stack) - (1 if name == "APPEND" else 2)), stack)
            case "APPENDS" | "SETITEMS":
                _fill(_pop(stack, marks.pop()), stack)
            case "GLOBAL":
                stack.append(_global(argument))
            case "BINPERSID":
                stack.append(_storage(*stack.pop()))
            case "REDUCE":
                function, arguments = _pop(stack, len(stack) - 2)
                stack.append(function(*arguments))
            case "BUILD":
                stack.pop()  # Attributes, which no tensor needs.
            case name:
                raise ValueError(f"the instruction {name} is refused")


def _pop(stack, start):
    if not 0 <= start <= len(stack):
        raise ValueError("a pickle with nothing to build from")
    values = stack[start:]
    del stack[start:]
    return values


def _fill(values, stack):
    """Put `values` into the list or dict on top of the stack."""
    container = stack[-1]
    if isinstance(container, list):
        container.extend(values)
        return
    for key, value in zip(values[::2], values[1::2], strict=True):
        container[_text(key)] = value


def _text(value):
    """Return what is to be looked up, if it is text: a deep tuple crashes the hash."""
    if not isinstance(value, str):
        raise ValueError("something else where a name belongs")
    return value


def _tensors(state):
    for name, value in state.items():
        if not isinstance(value, _Tensor):
            raise ValueError(f"{name!r} is no tensor")
    return state


def _dtypes(tensors):
    dtypes = {}
    for name, tensor in tensors.items():
        storage = tensor.storage
        if dtypes.setdefault(storage.key, storage.dtype) != storage.dtype:
            raise ValueError(f"{name!r} reads its numbers as another type")
    return dtypes
