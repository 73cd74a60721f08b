"""The benchmarks of anomalies and of projection: what they measure and report."""

import types

import numpy as np
import pytest
import toys

import ganzoo
from benchmarks import anomalies
from benchmarks import projection
from ganzoo.benchmark import records
from ganzoo.data import Pictures
from ganzoo.training import runs


def test_residuals_are_what_components_leave():
    """Of images along one line, one component leaves what is beside it."""
    train = np.zeros((5, 1, 2, 1), "uint8")
    train[:, 0, 0, 0] = [0, 51, 102, 153, 204]
    test = np.array([[102, 0], [255, 51], [0, 255]], "uint8").reshape(3, 1, 2, 1)
    found = anomalies.principal_residuals(train, test, components=1)
    np.testing.assert_allclose(found, [0, 0.2, 1.0], atol=1e-7)


def test_a_recipe_is_of_one_class():
    recipe = anomalies.of_one_class("bigan_mnist", 3, 7)
    assert recipe.config["data"] == {"name": "mnist", "kind": "one_class", "normal": 3}
    assert recipe.epochs == 7 and recipe.name == "bigan_mnist_only_3"


def test_each_class_is_trained_and_measured_once(tmp_path, monkeypatch):
    images = ganzoo.data.load("fashion_mnist_10k", "test")
    few = Pictures(images.images[:60], images.labels[:60])
    gan, trained = toys.build("BiGAN"), []
    monkeypatch.setattr(anomalies.data, "load", lambda *args, **kwargs: few)

    def train(recipe, folder, seed, **kwargs):
        trained.append(folder.name)
        return types.SimpleNamespace(encodes=True, anomaly_score=score)

    def score(images, by, steps=500, verbose=1):
        assert by in ("search", "encoder")
        return images.mean(axis=(1, 2, 3))

    monkeypatch.setattr(runs, "train", train)
    words = ["--out", str(tmp_path), "--images", "40", "--epochs", "5"]
    for digits in (["0"], ["0", "1"]):
        anomalies.main([*words, "--digits", *digits])
    assert trained == [f"bigan_mnist_only_{i}-5-seed0" for i in range(2)]
    first, second = records.Records(tmp_path / "results.jsonl").read()
    brightness = few.images[:40].mean(axis=(1, 2, 3))
    wanted = anomalies.auroc(brightness, few.labels[:40] != 0)
    assert first["search"] == first["encoder"] == pytest.approx(wanted)
    text = (tmp_path / "report.md").read_text()
    means = 50 * (first["search"] + second["search"])
    assert f"| mean | {means:.1f} | {means:.1f} |" in text
    assert gan.encodes and "40 test images" in text


@pytest.mark.parametrize("variant", ["GAN", "CGAN", "BiGAN"])
def test_own_samples_and_test_images_are_projected(variant, tmp_path, monkeypatch):
    gan = toys.build(variant)
    arrays = (toys.pictures(), toys.labels())[: 1 + (variant == "CGAN")]
    source = types.SimpleNamespace(model=gan, test=arrays)
    find = types.SimpleNamespace(find=lambda name, data_dir: source)
    monkeypatch.setattr(projection, "ModelSource", find)
    words = "runs/mine", "--images", "3", "--starts", "1", "--steps", "2"
    projection.main([*words, "--out", str(tmp_path)])
    (line,) = records.Records(tmp_path / "results.jsonl").read()
    given = {"labels": [0, 1, 2]} if variant == "CGAN" else {}
    x = gan.generate(3, seed=1, **given)
    options = {"starts": 1, "steps": 2, "verbose": 0, **given}
    z = gan.project(x, **options)
    drawn = gan.decode(z, gan.find_conditions(3, **given))
    wanted = np.median(projection.paired.psnr(x, drawn))
    assert line["own"]["psnr"] == pytest.approx(wanted, rel=1e-4)
    assert ("encoder" in line["test"]) == (variant == "BiGAN")
    assert "| mine | 3 own samples | 1 x 2 |" in (tmp_path / "report.md").read_text()
    assert (tmp_path / "mine.png").is_file()


def test_styles_are_projected_beside_latents(tmp_path, monkeypatch):
    gan = toys.build("ConditionalStyleGAN2")
    source = types.SimpleNamespace(model=gan, test=(toys.pictures(), toys.labels()))
    find = types.SimpleNamespace(find=lambda name, data_dir: source)
    monkeypatch.setattr(projection, "ModelSource", find)
    words = "mine", "--images", "2", "--starts", "1", "--steps", "0"
    for space in ("z", "w"):
        projection.main([*words, "--space", space, "--out", str(tmp_path)])
    of_z, of_w = records.Records(tmp_path / "results.jsonl").read()
    # No step is made from the same start, of which the images are the same.
    assert of_z["own"]["psnr"] == pytest.approx(of_w["own"]["psnr"], abs=0.01)
    assert of_z["own"]["prior_square"] != of_w["own"]["prior_square"]
    text = (tmp_path / "report.md").read_text()
    assert "| mine |" in text and "| mine, w |" in text and "(mine_w.png)" in text
