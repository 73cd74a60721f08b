import gzip
import hashlib
import struct

import numpy as np
import pytest

import ganzoo.data
from ganzoo.data import tfds
from ganzoo.data.datasets import named
from ganzoo.data.datasets import stacked_mnist


@pytest.fixture(autouse=True)
def no_other_source(monkeypatch, tmp_path):
    """Neither the machine's own files nor the network."""

    def fail(name, split):
        raise ConnectionError("no network")

    monkeypatch.delenv("GANZOO_DATA_DIR", raising=False)
    monkeypatch.setattr(named, "DEBIAN_FOLDER", tmp_path / "no debian")
    monkeypatch.setattr(tfds, "load_arrays", fail)


def write_idx_files(folder, grey, prefix="train"):
    """Two images of one grey, with the labels 3 and 5."""
    folder.mkdir(parents=True, exist_ok=True)
    images = struct.pack(">4B3I", 0, 0, 8, 3, 2, 28, 28) + bytes([grey]) * 1568
    labels = struct.pack(">4BI", 0, 0, 8, 1, 2) + bytes([3, 5])
    (folder / f"{prefix}-images-idx3-ubyte").write_bytes(images)
    (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    return folder


def grey_of(pictures):
    (grey,) = np.unique(pictures.images)
    return grey


# The sha256 of the raw pixels and of the raw labels.
EMBEDDED = {
    "train": (
        "2929ae1c7b89e0ee6587bbe4911fd5f0a5dafe21ae6ed9b737173cbfe20c12c9",
        "1022e4632874e71bb84d924c475e6a3428a2deeb8c5a0f612a015c97e4fce7f0",
    ),
    "test": (
        "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
        "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
    ),
}


@pytest.mark.parametrize("split", ["train", "test"])
def test_embedded_set_is_ten_thousand_known_pictures(split):
    pictures = ganzoo.data.load("fashion_mnist_10k", split)
    assert pictures.images.shape == (10_000, 28, 28, 1)
    assert pictures.images.dtype == "uint8"
    assert pictures.labels.shape == (10_000,)
    assert pictures.labels.dtype == "int32"
    assert (pictures.name, pictures.split) == ("fashion_mnist_10k", split)
    raw = (pictures.images.tobytes(), pictures.labels.astype("uint8").tobytes())
    assert tuple(hashlib.sha256(b).hexdigest() for b in raw) == EMBEDDED[split]


def test_embedded_set_has_all_ten_classes():
    train = ganzoo.data.load("fashion_mnist_10k")
    test = ganzoo.data.load("fashion_mnist_10k", "test")
    assert np.bincount(train.labels).min() > 900
    assert np.bincount(test.labels).tolist() == [1000] * 10
    assert train.class_names[0] == "T-shirt/top"
    assert train.class_names[9] == "Ankle boot"


@pytest.mark.parametrize("name", ["fashion_mnist", "mnist", "cifar10"])
def test_every_set_has_ten_class_names(name):
    assert len(set(named.DATA_SETS[name].class_names)) == 10


def test_files_in_data_dir_are_read(tmp_path):
    pictures = ganzoo.data.load("mnist", data_dir=write_idx_files(tmp_path, 1))
    assert pictures.images.shape == (2, 28, 28, 1)
    assert pictures.labels.tolist() == [3, 5]
    assert pictures.class_names == tuple("0123456789")


def test_test_split_is_its_own_files(tmp_path):
    write_idx_files(tmp_path, 1)
    write_idx_files(tmp_path, 2, prefix="t10k")
    assert grey_of(ganzoo.data.load("mnist", "test", tmp_path)) == 2


@pytest.mark.parametrize("inside", ["", "cifar10", "cifar-10-batches-bin"])
def test_cifar10_is_its_five_batches_in_order(tmp_path, inside):
    folder = tmp_path / inside
    folder.mkdir(exist_ok=True)
    for i in range(1, 6):
        (folder / f"data_batch_{i}.bin").write_bytes(bytes([i]) * 3073)
    pictures = ganzoo.data.load("cifar10", data_dir=tmp_path)
    assert pictures.images.shape == (5, 32, 32, 3)
    assert pictures.labels.tolist() == [1, 2, 3, 4, 5]
    assert pictures.class_names[1] == "automobile"


# === Stacked MNIST, made from MNIST ===


@pytest.fixture
def few_stacked(monkeypatch):
    monkeypatch.setattr(stacked_mnist, "COUNTS", {"train": 50, "test": 30})


@pytest.mark.parametrize("inside", ["", "mnist", "stacked_mnist"])
def test_stacked_mnist_is_made_of_the_digits_at_hand(tmp_path, few_stacked, inside):
    write_idx_files(tmp_path / inside, 7)
    data_dir = tmp_path / inside if inside == "stacked_mnist" else tmp_path
    pictures = ganzoo.data.load("stacked_mnist", data_dir=data_dir)
    assert pictures.images.shape == (50, 28, 28, 3)
    assert grey_of(pictures) == 7
    numbers = {100 * r + 10 * g + b for r in (3, 5) for g in (3, 5) for b in (3, 5)}
    assert set(pictures.labels) == numbers
    assert pictures.labels.dtype == "int32"
    assert pictures.class_names[355] == "355"
    assert (pictures.name, pictures.split) == ("stacked_mnist", "train")


def test_stacked_mnist_has_the_splits_of_mnist(tmp_path, few_stacked):
    write_idx_files(tmp_path, 1)
    write_idx_files(tmp_path, 2, prefix="t10k")
    pictures = ganzoo.data.load("stacked_mnist", "test", tmp_path)
    assert (len(pictures), grey_of(pictures)) == (30, 2)


def test_stacked_mnist_is_not_made_of_clothes(tmp_path, few_stacked):
    folder = write_idx_files(tmp_path / "fashion_mnist", 1)
    with pytest.raises(ValueError, match="sub-folder mnist/. Received: data_dir"):
        ganzoo.data.load("stacked_mnist", data_dir=folder)


def test_stacked_mnist_can_come_from_tensorflow_datasets(monkeypatch, few_stacked):
    asked = []

    def load_arrays(name, split):
        asked.append((name, split))
        return np.full((1, 28, 28, 1), 9, "uint8"), np.full(1, 4, "int32")

    monkeypatch.setattr(tfds, "load_arrays", load_arrays)
    pictures = ganzoo.data.load("stacked_mnist", "test")
    assert asked == [("mnist", "test")]
    assert pictures.labels.tolist() == [444] * 30


def test_message_for_stacked_mnist_speaks_of_the_files_of_mnist():
    with pytest.raises(ValueError, match="No source has the data set") as caught:
        ganzoo.data.load("stacked_mnist")
    assert "sub-folder mnist/" in str(caught.value)
    assert "Received: name='stacked_mnist'" in str(caught.value)


# === Where data are looked for ===


def test_argument_comes_before_environment_and_debian(tmp_path, monkeypatch):
    monkeypatch.setattr(named, "DEBIAN_FOLDER", write_idx_files(tmp_path / "debian", 1))
    assert grey_of(ganzoo.data.load("fashion_mnist")) == 1
    monkeypatch.setenv("GANZOO_DATA_DIR", str(write_idx_files(tmp_path / "env", 2)))
    assert grey_of(ganzoo.data.load("fashion_mnist")) == 2
    argument = write_idx_files(tmp_path / "argument", 3)
    assert grey_of(ganzoo.data.load("fashion_mnist", data_dir=argument)) == 3


def test_tensorflow_datasets_comes_last(tmp_path, monkeypatch):
    arrays = np.full((1, 28, 28, 1), 9, "uint8"), np.zeros(1, "int32")
    monkeypatch.setattr(tfds, "load_arrays", lambda name, split: arrays)
    monkeypatch.setenv("GANZOO_DATA_DIR", str(tmp_path))
    assert grey_of(ganzoo.data.load("mnist")) == 9
    write_idx_files(tmp_path, 4)
    assert grey_of(ganzoo.data.load("mnist")) == 4


def test_debian_files_are_fashion_mnist_only(tmp_path, monkeypatch):
    monkeypatch.setattr(named, "DEBIAN_FOLDER", write_idx_files(tmp_path, 1))
    with pytest.raises(ValueError, match="No source has the data set"):
        ganzoo.data.load("mnist")


def test_sub_folder_of_the_name_comes_first(tmp_path):
    write_idx_files(tmp_path, 1)
    write_idx_files(tmp_path / "mnist", 2)
    write_idx_files(tmp_path / "fashion-mnist", 3)
    assert grey_of(ganzoo.data.load("mnist", data_dir=tmp_path)) == 2
    assert grey_of(ganzoo.data.load("fashion_mnist", data_dir=tmp_path)) == 3


def test_folder_named_like_another_set_is_not_searched(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_DATA_DIR", str(write_idx_files(tmp_path / "mnist", 1)))
    assert grey_of(ganzoo.data.load("mnist")) == 1
    with pytest.raises(ValueError, match="No source has the data set"):
        ganzoo.data.load("fashion_mnist")


def test_data_dir_without_the_files_is_an_error_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(tfds, "load_arrays", lambda name, split: 1 / 0)
    with pytest.raises(ValueError, match="train-images-idx3-ubyte.*Received: data_dir"):
        ganzoo.data.load("mnist", data_dir=tmp_path)


def test_broken_file_is_named(tmp_path):
    write_idx_files(tmp_path, 1)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"<html>")
    with pytest.raises(ValueError, match="train-images-idx3-ubyte must be an IDX file"):
        ganzoo.data.load("mnist", data_dir=tmp_path)


def test_message_lists_the_three_ways(monkeypatch, tmp_path):
    monkeypatch.setenv("GANZOO_DATA_DIR", str(tmp_path))
    with pytest.raises(ValueError) as caught:
        ganzoo.data.load("fashion_mnist", "test")
    message = str(caught.value)
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert "(1) let tensorflow-datasets download it" in message
    assert "(2) set the environment variable GANZOO_DATA_DIR" in message
    assert "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte" in message
    assert "(3) install the Debian package dataset-fashion-mnist" in message
    assert message.endswith(
        "Received: name='fashion_mnist', split='test', "
        f"GANZOO_DATA_DIR={str(tmp_path)!r}."
    )


def test_message_speaks_of_debian_only_where_it_helps():
    with pytest.raises(ValueError, match="test_batch.bin") as caught:
        ganzoo.data.load("cifar10", "test")
    assert "Debian" not in str(caught.value)


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="'mnist', .*'cifar10'. Received: name='svhn'"):
        ganzoo.data.load("svhn")


def test_unknown_split_lists_the_known_ones():
    with pytest.raises(ValueError, match="'train', 'test'. Received: split='valid'"):
        ganzoo.data.load("mnist", "valid")
