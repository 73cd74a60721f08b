"""The benchmark of reconstructions: the VAE beside VAEGAN, and what is reported."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from benchmarks import reconstructions
from ganzoo.benchmark import records
from ganzoo.data import Pictures
from ganzoo.training import recipes


def test_the_vae_minimises_its_bound():
    players = toys.networks("VAEGAN")
    vae = reconstructions.VAE(players["encoder"], players["generator"], seed=0)
    x = ops.convert_to_tensor(toys.pictures(10).astype("float32") / 127.5 - 1)
    x_tilde = vae(x)
    mu, log_sigma = np.split(ops.convert_to_numpy(players["encoder"](x)), 2, axis=1)
    divergence = (mu**2 + np.exp(2 * log_sigma) - 1) / 2 - log_sigma
    (added,) = vae.losses
    assert toys.value(added) == pytest.approx(divergence.sum(1).mean(), rel=1e-4)
    errors = ops.convert_to_numpy(reconstructions.half_squared_error(x, x_tilde))
    wanted = ((ops.convert_to_numpy(x) - ops.convert_to_numpy(x_tilde)) ** 2) / 2
    np.testing.assert_allclose(errors, wanted.sum(axis=(1, 2, 3)), rtol=1e-4)
    images = toys.pictures(10)
    assert vae.reconstruct(images).shape == images.shape
    assert np.array_equal(vae.generate(5, seed=1), vae.generate(5, seed=1))


@pytest.mark.usefixtures("untraced")
def test_both_are_trained_and_measured(tmp_path, monkeypatch):
    pictures = ganzoo.data.load("fashion_mnist_10k", "test")
    few = Pictures(pictures.images[:64], pictures.labels[:64])
    monkeypatch.setattr(recipes.Recipe, "load_pictures", lambda *args: few)
    monkeypatch.setattr(recipes.Recipe, "load_data", lambda *args: (few.images,))
    monkeypatch.setattr(reconstructions, "distance", lambda images, test: len(images))
    text = recipes.load(reconstructions.RECIPE).text
    recipe = recipes.parse("vaegan", text.replace("filters = 32", "filters = 2"))
    found, shown = reconstructions.measure(recipe, 0, tmp_path / "run", epochs=1)
    assert list(found) == ["VAE", "VAEGAN"]
    for scores in found.values():
        assert scores["fd"] == scores["fd_of_samples"] == 64
        assert 0 < scores["mse"] < 1
    assert shown.shape == (5 * reconstructions.SHOWN, 28, 28, 1)


def test_the_distance_of_images_from_themselves_is_0():
    images = ganzoo.data.load("fashion_mnist_10k", "test").images[:200]
    assert reconstructions.distance(images, images) == pytest.approx(0, abs=1e-2)
    assert reconstructions.distance(255 - images, images) > 10


def test_both_begin_with_the_same_weights(monkeypatch):
    monkeypatch.setattr(keras.Model, "fit", lambda *args, **kwargs: None)
    text = recipes.load(reconstructions.RECIPE).text
    recipe = recipes.parse("vaegan", text.replace("filters = 32", "filters = 2"))
    images = np.zeros((8, 28, 28, 1), "uint8")
    vae = reconstructions.train_vae(recipe, images, 3, 1)
    gan = recipe.build((images,), 3)
    ours = vae.encoder.get_weights() + vae.decoder.get_weights()
    assert toys.same(ours, gan.encoder.get_weights() + gan.generator.get_weights())


def test_what_is_missing_is_measured_and_reported(tmp_path, monkeypatch):
    measured = []

    def measure(recipe, seed, run_dir, epochs, data_dir):
        measured.append((recipe.name, seed, run_dir.name))
        found = {
            "VAE": {"fd": 80.0, "mse": 0.01, "fd_of_samples": 90.0},
            "VAEGAN": {"fd": 20.0 + seed, "mse": 0.014, "fd_of_samples": 30.0},
        }
        return found, np.zeros((80, 28, 28, 1), "uint8")

    monkeypatch.setattr(reconstructions, "measure", measure)
    reconstructions.main(["--seeds", "1", "--out", str(tmp_path)])
    reconstructions.main(["--seeds", "2", "--out", str(tmp_path)])
    name = "vaegan_fashion_mnist_10k"
    assert measured == [(name, 0, f"{name}-seed0"), (name, 1, f"{name}-seed1")]
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 4
    text = (tmp_path / "report.md").read_text()
    row = "20.5 ± 0.7 | 0.0140 ± 0.0000 | 1.40 ± 0.00 | 30.0 ± 0.0 | 2 |"
    assert f"| VAEGAN | {name}, 10 epochs | {row}" in text
    assert (tmp_path / "images.png").read_bytes().startswith(b"\x89PNG")
