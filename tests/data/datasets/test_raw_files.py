import gzip
import struct

import numpy as np
import pytest

from ganzoo.data.datasets import raw_files

IMAGES = np.arange(3 * 4 * 5, dtype="uint8").reshape(3, 4, 5)
LABELS = np.array([7, 0, 9], "uint8")


def idx(array):
    """The bytes of a uint8 array as an IDX file."""
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def cifar10(images, labels):
    """The bytes of images `(count, 32, 32, 3)` as a CIFAR-10 file."""
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    return np.concatenate([labels[:, np.newaxis], planes], 1).tobytes()


def written(path, data):
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("end", ["", ".gz"])
def test_idx_file_reads_back(tmp_path, end):
    file = written(tmp_path / f"images{end}", idx(IMAGES))
    read = raw_files.read_idx(file, 3)
    np.testing.assert_array_equal(read, IMAGES)
    assert read.flags.writeable  # PyTorch warns of arrays that are not


@pytest.mark.parametrize("end", ["", ".gz"])
def test_cifar10_file_reads_back(tmp_path, end):
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), "uint8")
    file = written(tmp_path / f"batch.bin{end}", cifar10(images, LABELS))
    read_images, read_labels = raw_files.read_cifar10(file)
    np.testing.assert_array_equal(read_images, images)
    np.testing.assert_array_equal(read_labels, LABELS)
    assert read_labels.dtype == "int32"


@pytest.mark.parametrize("change", [-1, 1])
def test_idx_file_of_wrong_length_is_refused(tmp_path, change):
    data = idx(IMAGES) + b"\0" if change > 0 else idx(IMAGES)[:change]
    file = written(tmp_path / "images", data)
    with pytest.raises(ValueError, match=f"images must hold 76 bytes.*{76 + change}"):
        raw_files.read_idx(file, 3)


@pytest.mark.parametrize("data", [b"", b"\x89PNG....", idx(LABELS), idx(IMAGES)[:9]])
def test_file_without_the_idx_magic_is_refused(tmp_path, data):
    file = written(tmp_path / "train-images", data)
    with pytest.raises(ValueError, match="train-images must be an IDX file"):
        raw_files.read_idx(file, 3)


@pytest.mark.parametrize("size", [0, 3072, 3074])
def test_cifar10_file_of_wrong_length_is_refused(tmp_path, size):
    file = written(tmp_path / "test_batch.bin", bytes(size))
    with pytest.raises(ValueError, match="test_batch.bin.*multiple of 3073 bytes"):
        raw_files.read_cifar10(file)


@pytest.mark.parametrize(
    "data",
    [
        idx(IMAGES),
        gzip.compress(idx(IMAGES))[:-12],
        gzip.compress(idx(IMAGES))[:10] + b"\xff" * 30,
        gzip.compress(idx(IMAGES))[:-8] + b"\0" * 8,
    ],
    ids=["not gzip", "truncated", "bad stream", "bad checksum"],
)
def test_corrupt_gzip_is_refused(tmp_path, data):
    file = tmp_path / "images.gz"
    file.write_bytes(data)
    with pytest.raises(ValueError, match="images.gz must be a whole gzip file"):
        raw_files.read_idx(file, 3)


def test_pictures_and_labels_of_unequal_number_are_refused(tmp_path):
    images = written(tmp_path / "images", idx(IMAGES))
    labels = written(tmp_path / "labels", idx(LABELS[:2]))
    with pytest.raises(ValueError, match="3 images, 2 labels"):
        raw_files.IdxFiles().read(images, labels)


def test_label_of_an_eleventh_class_is_refused(tmp_path):
    images = written(tmp_path / "images", idx(IMAGES))
    labels = written(tmp_path / "labels", idx(LABELS + 1))
    with pytest.raises(ValueError, match="labels must hold labels from 0 to 9.*10"):
        raw_files.IdxFiles().read(images, labels)


def test_files_are_found_under_each_spelling(tmp_path):
    images = written(tmp_path / "t10k-images.idx3-ubyte.gz", b"")
    labels = written(tmp_path / "t10k-labels-idx1-ubyte", b"")
    names = raw_files.IdxFiles().names("test")
    assert raw_files.find_files(tmp_path, names) == [images, labels]


def test_one_missing_file_is_none_found(tmp_path):
    written(tmp_path / "t10k-images-idx3-ubyte", b"")
    assert raw_files.find_files(tmp_path, raw_files.IdxFiles().names("test")) is None
