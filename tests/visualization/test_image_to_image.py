"""Folders of images that a model changes."""

import keras
import numpy as np
import pytest
import toy_folders
import toys
from PIL import Image

import ganzoo
from ganzoo import data
from ganzoo.visualization import drawing
from ganzoo.visualization import grids
from ganzoo.visualization import image_to_image
from ganzoo.visualization import latent_walks
from ganzoo.visualization import samples
from ganzoo.visualization import sheets


@pytest.fixture
def folder(tmp_path):
    """Images of the model's size, two of one stem, and one that is broken."""
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
    assert image_to_image.translate(gan, folder, out, seed=3, verbose=0, **options) == 3
    x = toys.pictures(3)[[1, 0, 2]]  # a.bmp, a.png, sub/b.png
    wanted = gan.translate(x, seed=3, **options)
    with pytest.raises(ValueError, match="Choose another output folder"):
        image_to_image.translate(gan, folder, out)
    for name, picture in zip(("a.png", "a.png.png", "sub/b.png"), wanted):
        np.testing.assert_array_equal(
            np.asarray(Image.open(out / name)), picture[..., 0]
        )


@pytest.mark.filterwarnings("ignore:Skipped 1 of 4")
def test_edges_of_photographs_are_translated(folder, tmp_path):
    gan, out = toys.build("Pix2Pix"), tmp_path / "out"
    options = {"seed": 3, "batch_size": 3}
    image_to_image.translate(gan, folder, out, edges=True, verbose=0, **options)
    edges = data.edges_to_images(toys.pictures(3)[[1, 0, 2]]).source
    wanted = gan.translate(edges, **options)
    found = np.asarray(Image.open(out / "sub" / "b.png"))
    np.testing.assert_array_equal(found, wanted[2, ..., 0])
    coloured = toys.network([(4, 4, 3)], (4, 4, 1))
    judge = toys.network([(4, 4, 3), (4, 4, 1)], (1,))
    gan = ganzoo.Pix2Pix(generator=coloured, discriminator=judge)
    with pytest.raises(ValueError, match="this model takes colours"):
        image_to_image.translate(gan, folder, tmp_path / "new", edges=True)


@pytest.mark.filterwarnings("ignore:Skipped 1 of 4")
def test_a_sheet_beside_the_folder_compares(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(image_to_image, "CHUNK_SIZE", 2)
    gan, out = toys.build("BiGAN"), tmp_path / "out.v2"
    image_to_image.reconstruct(gan, folder, out, verbose=0)
    assert image_to_image.comparison_path(out) == tmp_path / "out.v2_comparison.png"
    sheet = np.asarray(Image.open(tmp_path / "out.v2_comparison.png"))
    side, pair = 4 * 25, 2 * 4 * 25 + sheets.GAP + sheets.GROUP_GAP + sheets.GAP
    x = toys.pictures(3)[[1, 0, 2]]
    for i, together in enumerate(zip(x, gan.reconstruct(x))):
        for j, image in enumerate(together):
            left = i * pair + j * (side + sheets.GAP)
            found = sheet[sheets.CAPTION :, left : left + side][::25, ::25]
            assert abs(found.astype(int) - image[..., 0]).max() <= 1
            assert sheet[: sheets.CAPTION, left : left + side].min() < 128


@pytest.mark.filterwarnings("ignore:Skipped 1 of 4")
def test_a_folder_is_reconstructed(folder, tmp_path):
    gan, out = toys.build("BiGAN"), tmp_path / "out"
    assert image_to_image.reconstruct(gan, folder, out, verbose=0) == 3
    wanted = gan.reconstruct(toys.pictures(3)[[1, 0, 2]])
    found = np.asarray(Image.open(out / "sub" / "b.png")).astype(int)
    assert abs(found - wanted[2, ..., 0]).max() <= 1


def test_one_image_is_changed_into_a_file(folder, tmp_path):
    gan, out = toys.build("BiGAN"), tmp_path / "new" / "out.png"
    assert image_to_image.reconstruct(gan, folder / "a.png", out, verbose=0) == 1
    wanted = gan.reconstruct(toys.pictures(1))[0, ..., 0]
    with Image.open(out) as image:
        np.testing.assert_array_equal(np.asarray(image), wanted)
    assert (tmp_path / "new" / "out_comparison.png").is_file()
    with pytest.raises(ValueError, match="`out` must end in .png"):
        image_to_image.reconstruct(gan, folder / "a.png", tmp_path / "out")
    with pytest.raises(ValueError, match="existing folder of images"):
        image_to_image.reconstruct(gan, folder / "none.png", tmp_path / "out.png")


def test_images_of_a_class_are_reconstructed_by_a_search(folder, tmp_path):
    gan, image, out = toys.build("CGAN"), folder / "a.png", tmp_path / "out.png"
    with pytest.raises(ValueError, match="Pass `labels` of the images"):
        image_to_image.reconstruct(gan, image, out)
    image_to_image.reconstruct(gan, image, out, label=3, verbose=0)
    with Image.open(out) as found:
        wanted = gan.reconstruct(toys.pictures(1), labels=3, verbose=0)
        np.testing.assert_array_equal(np.asarray(found), wanted[0, ..., 0])
    with pytest.raises(ValueError, match="labels"):
        image_to_image.reconstruct(toys.build("BiGAN"), image, out, label=3)


def test_linked_folders_are_reconstructed_and_links_to_nothing_told(folder, tmp_path):
    gan, out = toys.build("BiGAN"), tmp_path / "out"
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "linked").symlink_to(folder)
    (folder / "broken.png").unlink()
    (tmp_path / "links" / "gone.png").symlink_to("nowhere.png")
    with pytest.warns(UserWarning, match="1 links whose files are missing: gone.png"):
        assert image_to_image.reconstruct(gan, tmp_path / "links", out, verbose=0) == 3
    assert (out / "linked" / "sub" / "b.png").is_file()


def test_models_that_cannot_are_told(folder, tmp_path):
    with pytest.raises(ValueError, match="Only a model of images of two kinds"):
        image_to_image.translate(toys.build("GAN"), folder, tmp_path / "out")
    pix2pix = toys.build("Pix2Pix")
    with pytest.raises(ValueError, match="Pix2Pix has no latents to search"):
        image_to_image.reconstruct(pix2pix, folder, tmp_path / "out")
    for draw in (
        lambda: latent_walks.interpolate(pix2pix, tmp_path / "a.gif"),
        lambda: latent_walks.arithmetic(pix2pix, "1", tmp_path / "a.png"),
        lambda: drawing.generate(pix2pix, 3, tmp_path / "a.png"),
    ):
        with pytest.raises(ValueError, match="Pix2Pix draws nothing from latents"):
            draw()
    with pytest.raises(ValueError, match="Write a .png, .gif, .webp or .mp4 file"):
        latent_walks.interpolate(toys.build("GAN"), tmp_path / "a.avi")
    with pytest.raises(ValueError, match="A way has a beginning and an end"):
        latent_walks.interpolate(toys.build("GAN"), tmp_path / "a.gif", pictures=1)


def test_a_folder_is_not_called_like_a_file(folder, tmp_path):
    for name in ("out.png", "out.ZIP"):
        with pytest.raises(ValueError, match="Leave out the ending .* is a folder"):
            image_to_image.reconstruct(toys.build("BiGAN"), folder, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pictures"]


def test_what_is_skipped_is_told_once_and_of_all(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(image_to_image, "CHUNK_SIZE", 1)
    with pytest.warns(UserWarning) as told:
        assert (
            image_to_image.reconstruct(
                toys.build("BiGAN"), folder, tmp_path / "out", verbose=0
            )
            == 3
        )
    skipped = [str(w.message) for w in told if "Skipped" in str(w.message)]
    assert len(skipped) == 1 and skipped[0].startswith("Skipped 1 of 4 images that")
    assert len(list((tmp_path / "out").rglob("*.png"))) == 3
    for path in folder.rglob("*.*"):
        path.write_text("no picture")
    with pytest.raises(ValueError, match="None of the 4 images can be read"):
        image_to_image.reconstruct(toys.build("BiGAN"), folder, tmp_path / "none")
    assert not (tmp_path / "none").exists()


# === Larger images ===


@pytest.fixture(scope="module")
def enlarging():
    """SRGAN of convolutions, from 8 to 16 pixels and of colours."""
    keras.utils.set_random_seed(5)
    return ganzoo.SRGAN(
        generator=ganzoo.networks.srgan_generator((8, 8, 3), (16, 16, 3), 1, 2),
        discriminator=ganzoo.networks.srgan_discriminator((16, 16, 3), 1),
    )


def read(path):
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.filterwarnings("ignore:Skipped 1 of 5")
def test_a_folder_of_images_of_any_size_is_enlarged(enlarging, tmp_path):
    source, out = tmp_path / "small", tmp_path / "large"
    toy_folders.save(source / "a.png", 1, size=(9, 7))
    toy_folders.save(source / "a.bmp", 2, size=(8, 8))
    toy_folders.save(source / "sub" / "b.jpg", 3, size=(5, 6))
    toy_folders.save(source / "sub" / "grey.png", 4, size=(4, 3), mode="L")
    (source / "broken.png").write_text("no picture")
    assert image_to_image.upscale(enlarging, source, out, verbose=0) == 4
    found = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.png"))
    assert found == ["a.png", "a.png.png", "sub/b.png", "sub/grey.png"]
    small = read(source / "a.bmp"), read(source / "a.png"), read(source / "sub/b.jpg")
    grey = read(source / "sub/grey.png")[..., None].repeat(3, -1)
    for name, image in zip(found, (*small, grey)):
        wanted = enlarging.super_resolve(image[None])[0]
        np.testing.assert_array_equal(read(out / name), wanted)
    one = tmp_path / "one.png"
    assert image_to_image.upscale(enlarging, source / "a.png", one, verbose=0) == 1
    np.testing.assert_array_equal(read(one), read(out / "a.png.png"))
    with pytest.raises(ValueError, match="Choose another output folder"):
        image_to_image.upscale(enlarging, source, out, verbose=0)


def test_colours_are_grey_for_a_model_of_grey_images(tmp_path):
    gan = toys.build("SRGAN")
    toy_folders.save(tmp_path / "a.png", size=(2, 2))
    image_to_image.upscale(gan, tmp_path / "a.png", tmp_path / "b.png", verbose=0)
    with Image.open(tmp_path / "b.png") as image:
        assert (image.size, image.mode) == ((4, 4), "L")


def test_what_cannot_be_enlarged_is_told(enlarging, tmp_path):
    toy_folders.save(tmp_path / "few" / "a.png")
    (tmp_path / "broken.png").write_text("no picture")
    (tmp_path / "empty").mkdir()
    for message, source, out in (
        ("`out` must end in .png", "few/a.png", "large"),
        ("None of the 1 images can be read", "broken.png", "large.png"),
        ("must be an existing folder of images", "none", "large"),
        ("must hold at least one image", "empty", "large"),
        ("called like a file|name", "few", "large.png"),
    ):
        with pytest.raises(ValueError, match=message):
            image_to_image.upscale(enlarging, tmp_path / source, tmp_path / out)
    with pytest.raises(ValueError, match="Only a model of small and large images"):
        image_to_image.upscale(toys.build("GAN"), tmp_path / "few", tmp_path / "large")
    with pytest.raises(ValueError, match="translates: use `ganzoo upscale`"):
        image_to_image.translate(enlarging, tmp_path / "few", tmp_path / "large")
    assert not (tmp_path / "large").exists()


def test_a_sheet_shows_small_images_as_large_as_the_others():
    gan, arrays = toys.build("SRGAN"), toys.data("SRGAN", 3)
    sheet = samples.sheet(None, gan, arrays)
    small, large = arrays
    images = [small.repeat(2, 1).repeat(2, 2), gan.super_resolve(small), large]
    wanted = grids.grid(np.stack(images, axis=1).reshape(-1, 4, 4, 1), columns=9)
    np.testing.assert_array_equal(sheet, wanted)
    mode = "inference mode, running batch statistics"
    assert samples.mode(gan) == f"of given images, {mode}"
    assert samples.mode(ganzoo.GAN) == mode
    assert samples.mode(ganzoo.Pix2Pix).startswith("training mode")
