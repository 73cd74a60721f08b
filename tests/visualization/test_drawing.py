"""What trained models show, in files."""

import zipfile

import numpy as np
import pytest
import toys
from PIL import Image

from ganzoo.game import sampling
from ganzoo.visualization import drawing


def read_all(paths):
    return np.stack([np.asarray(Image.open(path)) for path in paths])[..., None]


def read(out):
    """The pictures of a file or folder."""
    if out.suffix == ".npy":
        return np.load(out)
    if out.suffix == ".npz":
        return np.load(out)["images"]
    if out.suffix == ".zip":
        with zipfile.ZipFile(out) as archive:
            names = archive.namelist()
            assert names == sorted(names) and archive.testzip() is None
            return read_all(archive.open(name) for name in names)
    return read_all(sorted(out.iterdir()))


@pytest.mark.parametrize("name", ["a.npy", "b/a.npz", "a.zip", "b/folder"])
def test_pictures_are_those_of_generate(name, tmp_path, monkeypatch):
    monkeypatch.setattr(sampling, "CHUNK", 4)
    gan = toys.build("CGAN")
    drawing.generate(gan, 10, tmp_path / name, seed=3, label=2)
    wanted = gan.generate(10, seed=3, labels=2)
    np.testing.assert_array_equal(read(tmp_path / name), wanted)


def test_a_sheet_is_square(tmp_path):
    drawing.generate(toys.build("GAN"), 10, tmp_path / "a" / "b.png", seed=0)
    with Image.open(tmp_path / "a" / "b.png") as image:
        assert image.size == (2 * 22, 2 * 16)


@pytest.mark.parametrize(
    "name, count, message",
    [
        ("a.jpg", 3, "written as .png, .npy, .npz, .zip or into a folder"),
        ("a.png", 10_001, "at most 10,000 pictures"),
        ("there", 3, "into a new folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_drawing(
    name, count, message, tmp_path
):
    (tmp_path / "there").mkdir()
    with pytest.raises(ValueError, match=message):
        drawing.generate(None, count, tmp_path / name)
