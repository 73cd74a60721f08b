"""Networks in files of others: read whatever their classes, or refused, never run."""

import io
import pickle
import zipfile

import numpy as np
import pytest
import toy_released as toys

from ganzoo.system.pickles import machine
from ganzoo.system.pickles import networks

RNG = np.random.default_rng(0)
STATE = networks.State(
    "",
    {
        "block.conv.weight": RNG.normal(size=(2, 1, 3, 3)).astype("f4"),
        "block.conv.bias": RNG.normal(size=2).astype("f4"),
        "mean": np.float32(3),
        "count": np.array([7], "int64"),
    },
    {"block.size": 5, "block.conv.gain": 0.5, "name": "toy", "training": False},
)


@pytest.fixture
def read(tmp_path):
    """Reads bytes as a file."""

    def read_bytes(content):
        path = tmp_path / "toy.pkl"
        path.write_bytes(content)
        return networks.read(path)

    return read_bytes


@pytest.fixture
def refused(read):
    """Asserts that bytes are refused, with a message that matches."""

    def assert_refused(content, match=""):
        pattern = rf"(?s)No code in it was run\. Received: path=.*{match}"
        with pytest.raises(ValueError, match=pattern) as info:
            read(content)
        assert len(str(info.value)) < 1000

    return assert_refused


def assert_read(state, role=""):
    assert state.role == role
    assert state.arrays.keys() == STATE.arrays.keys()
    for name, array in STATE.arrays.items():
        assert state.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(state.arrays[name], array)
        assert not state.arrays[name].flags.writeable


# === Read ===


@pytest.mark.parametrize("make", [toys.persistent, toys.plain])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_of_networks_has_averages_first_and_facts(read, make, protocol):
    network = toys.modules(STATE, make)
    snapshot = {"D": network, "G": network, "G_ema": network, "augment_pipe": None}
    snapshot["training_set_kwargs"] = toys.PUBLIC["dnnlib.util.EasyDict"](size=3)
    snapshot["sizes"] = {1, 2}, np.float64(2.5), np.arange(3), b"x"
    states = read(toys.pickled(snapshot, protocol))
    for state, role in zip(states, ("G_ema", "G", "D"), strict=True):
        assert_read(state, role)
        assert STATE.facts.items() <= state.facts.items()


@pytest.mark.parametrize("pack", [toys.stream, toys.archive])
def test_state_dicts_are_found_wherever_they_are(read, pack):
    own = toys.tensors(STATE)
    (state,) = read(pack(own))
    assert_read(state)
    moments = {"state": {0: {"step": 3, "moment": toys.tensor([1.0])}}, "betas": (0, 1)}
    others = {"optimizer": moments, "epoch": 2, "best": np.float64(1.5)}
    (state,) = read(pack({"state_dict": own, **others}))
    assert_read(state)
    states = read(pack({"G": own, "G_ema": own, **others}))
    assert [state.role for state in states] == ["G_ema", "G"]


def test_modules_of_pytorch_itself_are_read(tmp_path):
    torch = pytest.importorskip("torch")
    network = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.Sequential(torch.nn.BatchNorm1d(4))
    )
    path = tmp_path / "toy.pkl"
    wanted = network.state_dict()
    for protocol in (2, 4):
        path.write_bytes(pickle.dumps({"G": network}, protocol))
        (state,) = networks.read(path)
        assert state.arrays.keys() == wanted.keys()
        for name, array in state.arrays.items():
            np.testing.assert_array_equal(array, wanted[name].numpy())
        assert state.facts["1.0.momentum"] == 0.1


def test_a_missing_file_is_missing(tmp_path):
    for path in (tmp_path / "missing.pkl", tmp_path):
        with pytest.raises(ValueError, match="cannot be opened .*Received: path="):
            networks.read(path)


# === Damaged, or something else ===


def test_a_file_cut_anywhere_or_too_long_is_refused(refused):
    snapshot = toys.pickled({"G": toys.modules(STATE)})
    for length in range(0, len(snapshot), 7):
        refused(snapshot[:length])
    refused(snapshot + b"\0", "1 bytes after its end")
    refused(toys.stream(toys.tensors(STATE)) + b"\0\0", "2 bytes too many")
    refused(toys.archive(toys.tensors(STATE)) + b"\0", "more bytes than the archive")


def test_a_file_with_any_byte_changed_is_read_or_refused(read):
    content = toys.pickled({"G": toys.modules(STATE, toys.plain)})
    for where in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[where] ^= 0xFF
        try:
            (state,) = read(bytes(damaged))
        except ValueError as error:
            assert "No code in it was run" in str(error)
        else:
            assert sum(array.size for array in state.arrays.values()) <= 30


def archive_of_text():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("config.json", "{}")
    return file.getvalue()


@pytest.mark.parametrize(
    "content, match",
    [
        (b"", ""),
        (b"<!DOCTYPE html><html>Not Found</html>", ""),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), ""),
        (archive_of_text(), ""),
        (pickle.dumps(3), "no networks, but of class int"),
        (pickle.dumps({}), "no networks, but a dict of nothing"),
        (pickle.dumps({"epoch": 3, "x\n": 1}), "no networks, but a dict of epoch, x"),
        (pickle.dumps([{"G": 1}, 2]), "a list of 2, the first of class dict"),
        (toys.stream(toys.tensor([1.0])), "no networks, but of class Tensor"),
    ],
)
def test_what_has_no_networks_is_told(refused, content, match):
    refused(content, match)


def test_pickles_of_tensorflow_are_told(refused):
    network = toys.instance("dnnlib.tflib.network.Network", components={})
    found = "a tuple of 3, the first of class dnnlib.tflib.network.Network"
    refused(toys.pickled((network,) * 3), f"no networks, but {found}")


# === Lying ===


@pytest.mark.parametrize(
    "changed, match",
    [
        ({"shape": (3,)}, "beyond its storage's end"),
        ({"shape": (10**9,), "strides": (0,)}, "beyond its storage's end"),
        ({"offset": -1}, "impossible shape"),
        ({"storage": 3}, "impossible shape"),
        (
            {"storage": toys.Reduced("torch.storage._load_from_bytes", b"\x80\x02N.")},
            "",
        ),
        (
            {
                "storage": toys.Reduced(
                    "torch.storage._load_from_bytes",
                    toys.stream({"a": toys.tensor([1.0])}),
                )
            },
            "something else where a storage belongs",
        ),
    ],
)
def test_a_tensor_that_is_not_there_is_refused(refused, changed, match):
    lie = toys.tensor(np.zeros(2), **changed)
    refused(toys.pickled({"G": toys.persistent(_parameters={"weight": lie})}), match)


def test_weights_that_share_their_numbers_are_refused(refused):
    array = np.zeros(2000, "f4")
    storage = toys.Storage(array)
    weights = {str(i): toys.tensor(array, storage) for i in range(50)}
    refused(
        toys.archive(weights), r"weights of 400,000 bytes in a file of [\d,]* bytes"
    )


def test_pickles_have_an_end(refused, monkeypatch):
    content = toys.pickled({"G": toys.modules(STATE)})
    monkeypatch.setattr(machine, "MAX_INSTRUCTIONS", 300)
    # Those of the storages count too.
    refused(content, "more than 300 instructions")


def test_modules_in_modules_have_an_end(read, refused):
    leaf = {"weight": toys.tensor([1.0])}
    deep = toys.plain(_parameters=leaf)
    for _ in range(7):
        deep = toys.plain(_modules={"a" * 30: deep})
    refused(toys.pickled(deep), "where the name of a weight belongs")
    doubled = toys.plain(_parameters=leaf)
    for _ in range(30):
        doubled = toys.plain(_modules={"a": doubled, "b": doubled})
    (state,) = read(toys.pickled(doubled))
    assert len(state.arrays) == 1
    endless = toys.plain(_parameters=leaf)
    endless._modules = {"a": endless}
    (state,) = read(toys.pickled(endless))
    assert list(state.arrays) == ["weight"]


@pytest.mark.parametrize("name", ["x" * 201, 3, None])
def test_weights_have_names(refused, name):
    parameters = {name: toys.tensor([1.0])}
    refused(toys.pickled(toys.plain(_parameters=parameters)), "the name of a weight")


# === Calls ===

CALLED = []


def note(*arguments):
    """What a file must not call; it does no harm."""
    CALLED.append(arguments)
    return {}


class Noting:
    """Notes whatever Python does to make one."""

    def __new__(cls, *arguments):
        note("new")
        return super().__new__(cls)

    def __setstate__(self, state):
        note("state")


CALL = toys.Reduced(note, 1)


@pytest.mark.parametrize(
    "value",
    [
        CALL,
        [CALL],
        {"G": CALL},
        {"G": toys.modules(STATE), "z": CALL},
        toys.persistent(_parameters={"weight": CALL}),
        toys.plain(_modules=CALL),
        toys.plain(_parameters={"weight": toys.tensor([1.0], storage=CALL)}),
        toys.plain(hook=toys.Reduced(len, "abc")),
        toys.plain(hook=toys.Reduced(Noting)),
        toys.plain(hook=toys.Reduced(getattr, "abc", "upper")),
    ],
)
@pytest.mark.parametrize("protocol", [2, 4])
def test_what_a_pickle_calls_is_refused_and_not_called(refused, value, protocol):
    content = toys.pickled(value, protocol)
    CALLED.clear()
    refused(content, "the call of [^ ]*(note|len|Noting|getattr) is refused")
    assert not CALLED


@pytest.mark.parametrize("pack", [toys.stream, toys.archive])
def test_what_a_file_of_pytorch_calls_is_refused_and_not_called(refused, pack):
    CALLED.clear()
    refused(pack({"state_dict": toys.tensors(STATE), "z": CALL}), "the call of .*note")
    assert not CALLED


def test_what_is_in_a_storage_is_not_called_either(refused):
    for content in (pickle.dumps(CALL, 2), toys.stream(CALL), toys.stream([CALL])):
        storage = toys.Reduced("torch.storage._load_from_bytes", content)
        value = toys.plain(_buffers={"a": toys.tensor([1.0], storage)})
        CALLED.clear()
        refused(toys.pickled(value), "note is refused")
        assert not CALLED


def test_unknown_classes_are_filled_and_not_made(read):
    unknown = Noting()
    unknown.size = 3
    value = toys.modules(STATE, toys.plain)
    value.unknown, value.function, value.cls = unknown, note, Noting
    content = toys.pickled({"G": value})
    CALLED.clear()
    (state,) = read(content)
    assert not CALLED
    assert_read(state, "G")
    # That is what Python would have done.
    pickle.loads(pickle.dumps(unknown))
    assert CALLED == [("new",), ("state",)]
