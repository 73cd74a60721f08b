"""Walks and arithmetic among latents, in files."""

import sys

import av
import numpy as np
import pytest
import toys
from PIL import Image

import ganzoo
from ganzoo.game import sampling
from ganzoo.visualization import drawing
from ganzoo.visualization import grids
from ganzoo.visualization import latent_walks
from ganzoo.visualization import sheets


def test_a_film_goes_from_latent_to_latent_and_back(tmp_path):
    gan = toys.build("GAN")
    latent_walks.interpolate(gan, tmp_path / "a.webp", pictures=3, steps=4, seed=1)
    with Image.open(tmp_path / "a.webp") as film:
        assert film.n_frames == 12
        assert film.size == (128, 128)
    latent_walks.interpolate(gan, tmp_path / "a.gif", pictures=2, steps=3, seed=1)
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames > 1 and film.info["loop"] == 0


def test_a_film_in_mp4_shows_the_pictures_of_the_others(tmp_path):
    generator = toys.network([(3,)], (9, 7, 3), activation="tanh")
    discriminator = toys.network([(9, 7, 3)], (1,))
    gan = ganzoo.GAN(generator=generator, discriminator=discriminator)
    for name in ("a.webp", "a.mp4"):
        latent_walks.interpolate(gan, tmp_path / name, pictures=2, steps=3, seed=1)
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
        latent_walks.interpolate(toys.build("GAN"), tmp_path / "a.mp4")


@pytest.mark.parametrize("spherical", [False, True])
def test_rows_of_a_sheet_go_from_one_latent_to_another(spherical, tmp_path):
    gan = toys.build("CGAN")
    out = tmp_path / "a.png"
    latent_walks.interpolate(gan, out, 2, steps=3, spherical=spherical, seed=1, label=4)
    ends = gan.generate(4, seed=1, labels=4)
    for row, column, end in ((0, 0, 0), (1, 0, 1), (0, 2, 2), (1, 2, 3)):
        found = np.asarray(Image.open(out))[::33, ::33]
        found = found[6 * row : 6 * row + 4, 6 * column : 6 * column + 4]
        # Rounding may tip a pixel.
        assert abs(found.astype(int) - ends[end, ..., 0]).max() <= 1


def test_a_way_between_styles_is_straight_there(tmp_path):
    gan, out = toys.build("ConditionalStyleGAN2"), tmp_path / "a.png"
    latent_walks.interpolate(gan, out, 2, steps=3, space="w", seed=1, label=4)
    w = gan.map(gan.latents(4, seed=1), labels=4)
    middle = gan.decode((w[0] + w[2])[None] / 2, space="w")[0]
    found = np.asarray(Image.open(out))[::33, ::33][:4, 6:10]
    assert abs(found.astype(int) - middle[..., 0]).max() <= 1


def test_sums_are_of_the_latents_of_a_sheet(tmp_path):
    gan = toys.build("DCGAN")
    latent_walks.arithmetic(gan, "1,2 - 0", tmp_path / "a.png", count=3, seed=5)
    z = gan.latents(3, seed=5)
    means = np.stack([(z[1] + z[2]) / 2, z[0], (z[1] + z[2]) / 2 - z[0]])
    sheet = np.asarray(Image.open(tmp_path / "a.png"))
    scale, space = 43, 4 * 43 // 3
    assert sheet.shape[1] == 3 * 4 * scale + 2 * space
    for i, wanted in enumerate(gan.decode(means)):
        left = i * (4 * scale + space)
        found = sheet[sheets.CAPTION :, left : left + 4 * scale][::scale, ::scale]
        assert abs(found.astype(int) - wanted[..., 0]).max() <= 1
        # A sign before each but the first.
        between = sheet[:, left - space : left]
        assert not i or between.min() < 128


def test_latents_are_those_of_generate(monkeypatch):
    monkeypatch.setattr(sampling, "CHUNK", 4)
    gan = toys.build("DCGAN")
    pictures = gan.decode(gan.latents(10, seed=7))
    assert abs(pictures.astype(int) - gan.generate(10, seed=7)).max() <= 1


# === Codes ===


def test_all_codes_are_drawn_one_below_another(tmp_path):
    gan = toys.build("InfoGAN")
    latent_walks.traverse(gan, tmp_path / "a.png", steps=3, rows=2, seed=1)
    scale, gap, strip = sheets.CAPTIONED // 4, sheets.GAP, sheets.CAPTION
    side = 4 * scale + gap
    sheet = np.asarray(Image.open(tmp_path / "a.png"))
    assert sheet.shape == (3 * (strip + 2 * side) - gap, 10 * side - gap)

    def tile(code, row, column):
        top = (strip + 2 * side) * code + strip + side * row
        left = side * column
        return sheet[top : top + 4 * scale, left : left + 4 * scale][::scale, ::scale]

    for i, name in enumerate(gan.code_names):
        wanted = gan.traverse(name, 3, 2, seed=1)[..., 0]
        last = wanted.shape[1] - 1
        for row, column in (0, 0), (1, last):
            np.testing.assert_array_equal(tile(i, row, column), wanted[row, column])
        # Fewer values leave the rest of a row white, and have words above.
        assert i == 0 or (tile(i, 1, last + 1) == 255).all()
        top = (strip + 2 * side) * i
        assert (sheet[top : top + strip, : 4 * scale] < 128).any()


def test_one_code_is_drawn_alone(tmp_path):
    gan = toys.build("InfoGAN")
    latent_walks.traverse(gan, tmp_path / "a.png", "c3", steps=4, rows=1, seed=1)
    with Image.open(tmp_path / "a.png") as sheet:
        scale = grids.scale_to(4 * 4)
        assert sheet.height == sheets.CAPTION + 4 * scale


def test_what_has_no_codes_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Only a model with codes.*a model of CGAN"):
        latent_walks.traverse(toys.build("CGAN"), tmp_path / "a.png")
    with pytest.raises(ValueError, match="Codes are drawn as .png"):
        latent_walks.traverse(toys.build("InfoGAN"), tmp_path / "a.gif")
    with pytest.raises(ValueError, match="`code` must be one of c1, c2, c3"):
        latent_walks.traverse(toys.build("InfoGAN"), tmp_path / "a.png", "c4")


def test_walks_and_sums_keep_to_the_codes_of_their_seed(tmp_path):
    gan = toys.build("InfoGAN")
    (codes,) = gan.find_conditions(1, seed=1)
    ends = gan.decode(gan.latents(4, seed=1), [np.repeat(codes, 4, axis=0)])
    latent_walks.interpolate(gan, tmp_path / "a.png", 2, steps=3, seed=1)
    found = np.asarray(Image.open(tmp_path / "a.png"))[::33, ::33]
    for row, column, end in ((0, 0, 0), (1, 0, 1), (0, 2, 2), (1, 2, 3)):
        image = found[6 * row : 6 * row + 4, 6 * column : 6 * column + 4]
        assert abs(image.astype(int) - ends[end, ..., 0]).max() <= 1
    # And the sheet whose images are counted.
    drawing.generate(gan, 4, tmp_path / "b.png", seed=1, numbers=True)
    scale = grids.scale_to(8, 512)
    found = np.asarray(Image.open(tmp_path / "b.png"))[sheets.CAPTION :]
    found = found[: 4 * scale : scale, : 4 * scale : scale]
    assert abs(found.astype(int) - ends[0, ..., 0]).max() <= 1
    latent_walks.arithmetic(gan, "0 - 1 + 1", tmp_path / "c.png", count=4, seed=1)
