"""Files of PyTorch, read without it: right, or refused, and never run."""

import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

from ganzoo.system.pickles import torch_file

MAGIC = pickle.dumps(torch_file.MAGIC, 2)
HEADER = MAGIC + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def numbers(values):
    return b"(" + b"".join(b"J" + struct.pack("<i", n) for n in values) + b"t"


def tensor(key="0", offset=0, shape=(2, 3), strides=(3, 1), storage="FloatStorage"):
    """The pickle of a tensor, as PyTorch writes it."""
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n(("
        + text("storage")
        + f"ctorch\n{storage}\n".encode()
        + text(key)
        + text("cpu")
        + b"K\x06NtQJ"
        + struct.pack("<i", offset)
        + numbers(shape)
        + numbers(strides)
        + b"\x89ccollections\nOrderedDict\n)RtR"
    )


def state(**tensors):
    items = b"".join(text(name) + value for name, value in tensors.items())
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + items + b"u."


def stream(pickled, keys=("0",), count=6, data=None):
    """A file in the older format, with storages that all hold 0, 1, 2..."""
    data = np.arange(count, dtype="<f4").tobytes() if data is None else data
    storages = (struct.pack("<q", count) + data) * len(keys)
    return HEADER + pickled + pickle.dumps(list(keys), 2) + storages


def archive(pickled, compression=zipfile.ZIP_STORED, **members):
    """A file in the newer format, with one storage that holds 0 to 5."""
    file = io.BytesIO()
    contents = {"data.pkl": pickled, "byteorder": "little"} | members
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, content in contents.items():
            packed.writestr(f"toy/{name}", content)
        packed.writestr("toy/data/0", np.arange(6, dtype="<f4").tobytes())
    return file.getvalue()


@pytest.fixture
def read(tmp_path):
    """Reads bytes as a file."""

    def read_bytes(content):
        path = tmp_path / "toy.pth"
        path.write_bytes(content)
        return torch_file.read(path)

    return read_bytes


@pytest.fixture
def refused(read):
    """Asserts that bytes are refused, with a message that matches."""

    def assert_refused(content, match=""):
        pattern = f"(?s)cannot be read as a state_dict.*{match}.* Received: path="
        with pytest.raises(ValueError, match=pattern):
            read(content)

    return assert_refused


# === Right ===


@pytest.mark.parametrize("pack", [stream, archive])
def test_tensors_come_by_name_with_shape_and_type(read, pack):
    arrays = read(pack(state(weight=tensor(), bias=tensor(shape=(2,), strides=(1,)))))
    assert list(arrays) == ["weight", "bias"]
    assert arrays["weight"].dtype == "float32"
    np.testing.assert_array_equal(arrays["weight"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(arrays["bias"], [0, 1])
    assert not arrays["weight"].flags.writeable


@pytest.mark.parametrize("pack", [stream, archive])
def test_offsets_and_strides_are_followed(read, pack):
    turned = tensor(offset=1, shape=(2, 2), strides=(1, 3))
    scalar = tensor(offset=5, shape=(), strides=())
    empty = tensor(offset=6, shape=(0, 3), strides=(3, 1))
    arrays = read(pack(state(turned=turned, scalar=scalar, empty=empty)))
    np.testing.assert_array_equal(arrays["turned"], [[1, 4], [2, 5]])
    assert arrays["scalar"] == 5
    assert arrays["empty"].shape == (0, 3)


def test_every_type_is_read_as_pytorch_wrote_it(tmp_path):
    torch = pytest.importorskip("torch")
    tensors = {
        str(dtype): torch.arange(12).reshape(3, 4).to(dtype)
        for dtype in (
            torch.float64,
            torch.float32,
            torch.float16,
            torch.int64,
            torch.int32,
            torch.int16,
            torch.int8,
            torch.uint8,
            torch.bool,
        )
    }
    tensors |= {"scalar": torch.tensor(3.5), "empty": torch.zeros(0, 2)}
    tensors |= {"turned": tensors["torch.int64"].T, "part": tensors["torch.int64"][1:]}
    check_against_pytorch(torch, tensors, tmp_path)


def test_state_of_a_network_is_read_as_pytorch_wrote_it(tmp_path):
    torch = pytest.importorskip("torch")
    blocks = [torch.nn.Conv2d(2, 2, (1, 3)), torch.nn.BatchNorm2d(2)] * 60
    network = torch.nn.Sequential(*blocks)
    check_against_pytorch(torch, network.state_dict(), tmp_path)


def check_against_pytorch(torch, tensors, folder):
    for zipped in (False, True):
        path = folder / f"zipped_{zipped}.pth"
        torch.save(tensors, path, _use_new_zipfile_serialization=zipped)
        arrays = torch_file.read(path)
        assert list(arrays) == list(tensors)
        for name, value in tensors.items():
            assert arrays[name].dtype == value.numpy().dtype
            np.testing.assert_array_equal(arrays[name], value.numpy())


# === Damaged ===


@pytest.mark.parametrize("pack", [stream, archive])
def test_file_cut_anywhere_is_refused(refused, pack):
    content = pack(state(weight=tensor()))
    for length in range(len(content)):
        refused(content[:length])


@pytest.mark.parametrize("pack", [stream, archive])
def test_file_with_any_byte_changed_is_read_or_refused(read, pack):
    content = pack(state(weight=tensor()))
    for where in range(len(content)):
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(content)
            damaged[where] ^= change
            try:
                arrays = read(bytes(damaged))
            except ValueError as error:
                assert "cannot be read" in str(error)
            else:
                assert all(array.size <= 6 for array in arrays.values())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"PK\x03\x04" + bytes(100),
        b"<!DOCTYPE html><html>Not Found</html>",
        bytes(1000),
        pickle.dumps({"weight": 1.0}),
        np.random.default_rng(0).bytes(1000),
    ],
)
def test_file_of_another_kind_is_refused(refused, content):
    refused(content)


def test_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        torch_file.read(tmp_path / "missing.pth")


# === Lying ===


@pytest.mark.parametrize("pack", [stream, archive])
@pytest.mark.parametrize(
    "lie, match",
    [
        (dict(offset=1), "beyond its storage's end"),
        (dict(offset=2**31 - 1), "beyond its storage's end"),
        (dict(offset=-1), "impossible shape"),
        (dict(shape=(2, 4), strides=(4, 1)), "beyond its storage's end"),
        (dict(strides=(4, 1)), "beyond its storage's end"),
        (dict(strides=(-1, 1)), "impossible shape"),
        (dict(shape=(-2, -3)), "impossible shape"),
        (dict(shape=(2, 3, 1)), "impossible shape"),
        (dict(shape=(1,) * 17, strides=(1,) * 17), "impossible shape"),
        (dict(shape=(2**31 - 1,) * 8, strides=(0,) * 8), "beyond its storage's end"),
        (dict(shape=(7,), strides=(0,)), "beyond its storage's end"),
        (dict(key="1"), ""),
        (dict(storage="BFloat16Storage"), "torch.BFloat16Storage is refused"),
        (dict(storage="DoubleStorage"), ""),
    ],
)
def test_tensor_beyond_its_storage_is_refused(refused, pack, lie, match):
    refused(pack(state(weight=tensor(**lie))), match)


def test_storage_read_as_two_types_is_refused(refused):
    both = state(a=tensor(), b=tensor(storage="IntStorage"))
    refused(stream(both), "as another type")


@pytest.mark.parametrize("count", [7, 2**40, 2**62, 2**63 - 1, -1, -(2**62)])
def test_storage_longer_than_the_file_is_refused(refused, count):
    data = bytes(24)
    refused(stream(state(weight=tensor()), count=count, data=data), "too short")


def test_archive_that_unpacks_to_more_is_refused(refused):
    bomb = archive(state(weight=tensor()), zipfile.ZIP_DEFLATED, bomb=bytes(10**7))
    assert len(bomb) < 20_000
    refused(bomb, "compressed")


def test_archive_of_the_other_byte_order_is_refused(refused):
    refused(archive(state(weight=tensor()), byteorder="big"), "byte order")


@pytest.mark.parametrize(
    "value", [b"K\x01", b"N", text("a"), b"}", b"ctorch\nFloatStorage\n"]
)
def test_what_is_no_tensor_is_refused(refused, value):
    refused(stream(state(weight=value), keys=()), "'weight' is no tensor")


# === Hostile ===


class Command:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("pack", [stream, archive])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_command_is_refused_and_not_run(refused, tmp_path, pack, protocol):
    ran = tmp_path / "ran"
    command = pickle.dumps({"weight": Command(ran)}, protocol)
    refused(pack(command), "is refused")
    assert not ran.exists()
    pickle.loads(command)
    assert ran.exists()


@pytest.mark.parametrize("position", range(4))
def test_command_is_refused_in_every_pickle_of_the_stream(refused, tmp_path, position):
    command = pickle.dumps(Command(tmp_path / "ran"), 2)
    parts = [pickle.dumps(part, 2) for part in (torch_file.MAGIC, 1001, {}, {})]
    parts[position] = command
    refused(b"".join(parts))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "name",
    [
        "os system",
        "builtins eval",
        "builtins getattr",
        "torch load",
        "torch._utils _rebuild_parameter",
        "numpy frombuffer",
        "torch FloatStorage.__class__",
    ],
)
def test_every_other_global_is_refused(refused, name):
    module, attribute = name.split()
    pickled = f"\x80\x02c{module}\n{attribute}\n.".encode("latin1")
    refused(stream(pickled), f"{module}.{attribute} is refused")


@pytest.mark.parametrize(
    "pickled",
    [
        b"\x80\x04\x96" + struct.pack("<Q", 2**40),  # An array of bytes.
        b"\x80\x04\x8e" + struct.pack("<Q", 2**62),  # Bytes.
        b"\x80\x04\x8d" + struct.pack("<Q", 2**40),  # Text.
        b"\x80\x04\x95" + struct.pack("<Q", 2**62),  # A frame.
        b"\x80\x02X" + struct.pack("<I", 2**32 - 1),
        b"\x80\x02\x8b" + struct.pack("<i", 2**31 - 1),  # A long integer.
        b"\x80\x02Nr" + struct.pack("<I", 2**32 - 1) + b".",  # A place in the memo.
        b"\x80\x02\x82\x01.",  # An extension.
        b"\x80\x02I" + b"9" * 100_000 + b"\n.",
    ],
)
def test_length_that_is_not_there_costs_no_memory(refused, pickled):
    refused(stream(pickled))


@pytest.mark.parametrize(
    "pickled",
    [
        b".",
        b"u.",
        b"N\x85\x86\x87.",
        b"NR.",
        b"(e.",
        b"Na.",
        b"}(NNu.",
        b"}NNs.",
        b"}(Nu.",
        b"NQ.",
        b"h\x00.",
        b"q\x00.",
        b"Nb.",
        b"(t(t.",
        b"ccollections\nOrderedDict\n(NtR.",
        b"ctorch._utils\n_rebuild_tensor_v2\n)R.",
        b"ctorch._utils\n_rebuild_tensor_v2\n}b.",
    ],
)
def test_pickle_that_makes_no_sense_is_refused(refused, pickled):
    refused(stream(b"\x80\x02" + pickled))


DEEP = b")" + b"\x85" * 10
DOUBLED = b")" + b"q\x00h\x00\x86" * 4


@pytest.mark.parametrize("nested", [DEEP, DOUBLED], ids=["deep", "doubled"])
@pytest.mark.parametrize(
    "place",
    [
        b"\x80\x02}%sNs.",
        b"\x80\x02}" + text("weight") + b"%ss.",
        b"\x80\x02(" + text("storage") + b"%s%s" + text("cpu") + b"NtQ.",
        b"\x80\x02%s.",
    ],
    ids=["key", "value", "storage", "everything"],
)
def test_nesting_where_text_belongs_is_refused(refused, nested, place):
    refused(stream(place.replace(b"%s", nested)))
