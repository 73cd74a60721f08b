"""Walks and arithmetic among latents, in files."""

import sys

import av
import numpy as np
import pytest
import toys
from PIL import Image

import ganzoo
from ganzoo.game import sampling
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
