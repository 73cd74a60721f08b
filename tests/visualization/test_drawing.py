"""What trained models show, in files."""

import sys
import zipfile

import av
import numpy as np
import pytest
import toys
from PIL import Image

import ganzoo
from ganzoo.game import sampling
from ganzoo.visualization import drawing
from ganzoo.visualization import grids


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


def test_a_film_goes_from_latent_to_latent_and_back(tmp_path):
    gan = toys.build("GAN")
    drawing.interpolate(gan, tmp_path / "a.webp", pictures=3, steps=4, seed=1)
    with Image.open(tmp_path / "a.webp") as film:
        assert film.n_frames == 12
        assert film.size == (128, 128)
    drawing.interpolate(gan, tmp_path / "a.gif", pictures=2, steps=3, seed=1)
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames > 1 and film.info["loop"] == 0


def test_a_film_in_mp4_shows_the_pictures_of_the_others(tmp_path):
    generator = toys.network([(3,)], (9, 7, 3), activation="tanh")
    discriminator = toys.network([(9, 7, 3)], (1,))
    gan = ganzoo.GAN(generator=generator, discriminator=discriminator)
    for name in ("a.webp", "a.mp4"):
        drawing.interpolate(gan, tmp_path / name, pictures=2, steps=3, seed=1)
    with av.open(str(tmp_path / "a.mp4")) as film:
        assert film.streams.video[0].average_rate == 12.5
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 6
    with Image.open(tmp_path / "a.webp") as film:
        for i, frame in enumerate(frames):
            film.seek(i)
            height, width = (side - side % 2 for side in film.size[::-1])
            wanted = np.asarray(film.convert("RGB"))[:height, :width].astype(int)
            assert frame.shape == wanted.shape
            assert np.abs(frame - wanted).mean() < 12


def test_mp4_without_its_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ValueError, match=r"pip install 'keras-ganzoo\[video\]'.*a.mp4"):
        drawing.interpolate(toys.build("GAN"), tmp_path / "a.mp4")


@pytest.mark.parametrize("spherical", [False, True])
def test_rows_of_a_sheet_go_from_one_latent_to_another(spherical, tmp_path):
    gan = toys.build("CGAN")
    out = tmp_path / "a.png"
    drawing.interpolate(gan, out, 2, steps=3, spherical=spherical, seed=1, label=4)
    ends = gan.generate(4, seed=1, labels=4)
    for row, column, end in ((0, 0, 0), (1, 0, 1), (0, 2, 2), (1, 2, 3)):
        found = np.asarray(Image.open(out))[::2, ::2]
        found = found[6 * row : 6 * row + 4, 6 * column : 6 * column + 4]
        # Rounding may tip a pixel.
        assert abs(found.astype(int) - ends[end, ..., 0]).max() <= 1


def test_sums_are_of_the_latents_of_a_sheet(tmp_path):
    gan = toys.build("DCGAN")
    drawing.arithmetic(gan, "1,2 - 0", tmp_path / "a.png", count=3, seed=5)
    z = gan.latents(3, seed=5)
    means = np.stack([(z[1] + z[2]) / 2, z[0], (z[1] + z[2]) / 2 - z[0]])
    wanted = grids.grid(gan.decode(means), 3)[..., 0]
    found = np.asarray(Image.open(tmp_path / "a.png"))[::2, ::2]
    assert abs(found.astype(int) - wanted).max() <= 1


def test_latents_are_those_of_generate(monkeypatch):
    monkeypatch.setattr(sampling, "CHUNK", 4)
    gan = toys.build("DCGAN")
    pictures = gan.decode(gan.latents(10, seed=7))
    assert abs(pictures.astype(int) - gan.generate(10, seed=7)).max() <= 1


@pytest.fixture
def folder(tmp_path):
    """Pictures of the model's size, two of one stem, and one that is broken."""
    root = tmp_path / "pictures"
    for name, picture in zip(("a.png", "a.bmp", "sub/b.png"), toys.pictures(3)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0]).save(root / name)
    (root / "broken.png").write_text("no picture")
    return root


@pytest.mark.filterwarnings("ignore:Skipped 1 of 4")
@pytest.mark.parametrize("options", [{}, {"batch_size": 2}])
def test_a_folder_is_translated_under_its_names(options, folder, tmp_path):
    gan, out = toys.build("Pix2Pix"), tmp_path / "out.v2"
    assert drawing.translate(gan, folder, out, seed=3, verbose=0, **options) == 3
    x = toys.pictures(3)[[1, 0, 2]]  # a.bmp, a.png, sub/b.png
    wanted = gan.translate(x, seed=3, **options)
    with pytest.raises(ValueError, match="into a new folder"):
        drawing.translate(gan, folder, out)
    for name, picture in zip(("a.png", "a.png.png", "sub/b.png"), wanted):
        np.testing.assert_array_equal(
            np.asarray(Image.open(out / name)), picture[..., 0]
        )


@pytest.mark.filterwarnings("ignore:Skipped 1 of 4")
def test_a_folder_is_reconstructed(folder, tmp_path):
    gan, out = toys.build("BiGAN"), tmp_path / "out"
    assert drawing.reconstruct(gan, folder, out, verbose=0) == 3
    wanted = gan.reconstruct(toys.pictures(3)[[1, 0, 2]])
    found = np.asarray(Image.open(out / "sub" / "b.png")).astype(int)
    assert abs(found - wanted[2, ..., 0]).max() <= 1


def test_linked_folders_are_reconstructed_and_links_to_nothing_told(folder, tmp_path):
    gan, out = toys.build("BiGAN"), tmp_path / "out"
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "linked").symlink_to(folder)
    (folder / "broken.png").unlink()
    (tmp_path / "links" / "gone.png").symlink_to("nowhere.png")
    with pytest.warns(UserWarning, match="1 links whose files are missing: gone.png"):
        assert drawing.reconstruct(gan, tmp_path / "links", out, verbose=0) == 3
    assert (out / "linked" / "sub" / "b.png").is_file()


def test_models_that_cannot_are_told(folder, tmp_path):
    with pytest.raises(ValueError, match="Only `Pix2Pix` translates"):
        drawing.translate(toys.build("GAN"), folder, tmp_path / "out")
    with pytest.raises(ValueError, match="Only `BiGAN` has an encoder"):
        drawing.reconstruct(toys.build("GAN"), folder, tmp_path / "out")
    pix2pix = toys.build("Pix2Pix")
    for draw in (
        lambda: drawing.interpolate(pix2pix, tmp_path / "a.gif"),
        lambda: drawing.arithmetic(pix2pix, "1", tmp_path / "a.png"),
        lambda: drawing.generate(pix2pix, 3, tmp_path / "a.png"),
    ):
        with pytest.raises(ValueError, match="Pix2Pix draws nothing from latents"):
            draw()
    with pytest.raises(ValueError, match="drawn as .png, .gif, .webp or .mp4"):
        drawing.interpolate(toys.build("GAN"), tmp_path / "a.avi")
    with pytest.raises(ValueError, match="A way has a beginning and an end"):
        drawing.interpolate(toys.build("GAN"), tmp_path / "a.gif", pictures=1)
