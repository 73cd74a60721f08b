"""What trained models show, in files."""

import zipfile

import numpy as np
import pytest
import toys
from PIL import Image

from ganzoo.game import sampling
from ganzoo.visualization import drawing
from ganzoo.visualization import sheets


def read_all(paths):
    return np.stack([np.asarray(Image.open(path)) for path in paths])[..., None]


def read(out):
    """The images of a file or folder."""
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


@pytest.mark.parametrize("name", ["a.npy", "b/a.npz", "a.zip", "b/folder"])
def test_a_file_of_images_is_of_one_domain(name, tmp_path):
    gan = toys.build("CoGAN")
    with pytest.raises(ValueError, match="Choose one `domain` for a file or folder"):
        drawing.generate(gan, 6, tmp_path / name)
    drawing.generate(gan, 6, tmp_path / name, seed=3, domain="second")
    wanted = gan.generate(6, seed=3)[1]
    np.testing.assert_array_equal(read(tmp_path / name), wanted)


def test_a_domain_is_read_as_a_name_or_else_as_a_number():
    gan = toys.build("CoGAN")
    read = [drawing.read_domain(gan, text) for text in (None, "second", "1", "-1")]
    assert read == [None, "second", 1, "-1"]


def test_a_sheet_is_square_and_enlarged_by_a_whole_factor(tmp_path):
    drawing.generate(toys.build("GAN"), 10, tmp_path / "a" / "b.png", seed=0)
    with Image.open(tmp_path / "a" / "b.png") as image:
        assert image.size == (24 * 22, 24 * 16)
        pixels = np.asarray(image)
    small = pixels[::24, ::24]
    np.testing.assert_array_equal(small.repeat(24, axis=0).repeat(24, axis=1), pixels)


def test_numbers_are_those_that_arithmetic_counts(tmp_path):
    gan, out = toys.build("CGAN"), tmp_path / "a.png"
    drawing.generate(gan, 6, out, numbers=True)
    sheet = Image.open(out)
    wanted = gan.decode(gan.latents(6, seed=0), gan.find_conditions(6, labels=0))
    # Each image is enlarged 43 times, with its number above it.
    for i, image in enumerate(wanted):
        left = i % 3 * (4 * 43 + sheets.GAP)
        top = i // 3 * (sheets.CAPTION + 4 * 43 + sheets.GAP)
        caption = np.asarray(sheet)[top : top + sheets.CAPTION, left : left + 4 * 43]
        assert caption.min() < 128 < caption.max()
        top += sheets.CAPTION
        found = np.asarray(sheet)[top : top + 4 * 43, left : left + 4 * 43]
        assert abs(found[::43, ::43].astype(int) - image[..., 0]).max() <= 1
    with pytest.raises(ValueError, match="Write a .png sheet"):
        drawing.generate(gan, 6, tmp_path / "a.npz", numbers=True)


def test_a_class_is_found_by_its_name_in_any_case():
    gan = toys.build("CGAN", class_names=("bag", "Dress", "A", "a", "b"))
    for text, label in ("DRESS", 1), ("dress", 1), ("a", 3), ("A", 2):
        assert drawing.read_label(gan, text) == gan.label_of(text) == label
    with pytest.raises(ValueError, match="Pass the name of a class"):
        gan.label_of("dres")


@pytest.mark.parametrize(
    "name, count, message",
    [
        ("a.jpg", 3, "written as .png, .npy, .npz, .zip or into a folder"),
        ("a.png", 10_001, "at most 10,000 images"),
        ("there", 3, "Choose another output folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_drawing(
    name, count, message, tmp_path
):
    (tmp_path / "there").mkdir()
    with pytest.raises(ValueError, match=message):
        drawing.generate(None, count, tmp_path / name)
