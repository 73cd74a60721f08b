"""The benchmark of super-resolution: its scores, what it keeps and what it reports."""

import dataclasses

import numpy as np
import pytest
import toys
from PIL import Image

from benchmarks import super_resolution
from ganzoo.benchmark import records
from ganzoo.metrics import paired
from ganzoo.training import recipes

TEXT = recipes.load("srgan_fashion_mnist_10k").text
SCORES = {"psnr_y": 16.0, "ssim_y": 0.4, "psnr_rgb": 15.0, "ssim_rgb": 0.3, "fd": 90.0}


def test_scores_are_of_pairs_and_of_all_together():
    rng = np.random.default_rng(0)
    originals = rng.integers(0, 256, (30, 28, 28, 1), "uint8")
    images = originals.copy()
    images[1:] //= 2
    found = super_resolution.score(images, originals, toys.Features())
    assert found.keys() == {*super_resolution.SCORES}
    wanted = paired.psnr(originals[1:], images[1:], luminance=True, crop=4)
    assert found["psnr_y"] == pytest.approx(wanted.mean())
    wanted = paired.ssim(originals, images)
    assert found["ssim_rgb"] == pytest.approx(wanted.mean())
    assert found["fd"] > 0


@pytest.mark.usefixtures("untraced")
@pytest.mark.filterwarnings("ignore:A Fréchet distance of")
def test_each_method_is_measured_on_what_was_held_out(tmp_path, monkeypatch):
    load = recipes.Recipe._load

    def load_few(self, *args):
        found = load(self, *args)
        return dataclasses.replace(found, images=found.images[:64], labels=None)

    monkeypatch.setattr(recipes.Recipe, "_load", load_few)
    text = TEXT.replace("filters = 16", "filters = 2").replace(
        "epochs = 3", "epochs = 1"
    )
    recipe = recipes.parse("srgan", text.replace("blocks = 4", "blocks = 1"))
    found, seconds, sheet = super_resolution.measure(
        recipe, 0, tmp_path / "run", toys.Features()
    )
    assert tuple(found) == super_resolution.METHODS
    assert seconds > 0 and isinstance(sheet, Image.Image)
    small, originals = recipe.load_data("test")
    enlarged = super_resolution.enlarge(small, tmp_path / "run", (28, 28))
    for method, images in enlarged.items():
        assert images.shape == originals.shape and images.dtype == np.uint8
        again = super_resolution.score(images, originals, toys.Features())
        assert found[method] == pytest.approx(again)
    assert (enlarged["SRResNet"] != enlarged["SRGAN"]).any()
    # Bicubic keeps what a smooth image has.
    flat = np.full((1, 7, 7, 1), 90, "uint8")
    bicubic = super_resolution.enlarge(flat, tmp_path / "run", (28, 28))["bicubic"]
    np.testing.assert_array_equal(bicubic, 90)


def test_what_is_missing_is_measured_and_reported(tmp_path, monkeypatch):
    measured = []

    def measure(recipe, seed, run_dir, features, data_dir):
        measured.append((recipe.name, seed, run_dir.name, features))
        better = {**SCORES, "psnr_y": 18.0 + seed}
        found = dict(zip(super_resolution.METHODS, (SCORES, better, SCORES)))
        return found, 90.0, Image.new("RGB", (4, 4))

    monkeypatch.setattr(super_resolution, "measure", measure)
    for seeds in "12":
        super_resolution.main(["--seeds", seeds, "--out", str(tmp_path)])
    name = "srgan_openmoji_64"
    assert measured == [
        (name, seed, f"{name}-seed{seed}", "inception") for seed in range(2)
    ]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 6
    text = (tmp_path / "report.md").read_text()
    row = (
        "18.50 ± 0.71 | 0.400 ± 0.000 | 15.00 ± 0.00 | 0.300 ± 0.000 | 90.0 ± 0.0 | 2 |"
    )
    assert f"| SRResNet | {name} | {row}" in text
    assert "in 2 minutes" in text and "CC BY-SA 4.0" in text
    assert (tmp_path / "images.png").read_bytes().startswith(b"\x89PNG")
