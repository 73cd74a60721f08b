"""The weights that come with the zoo are those of their records."""

import hashlib

import keras
import numpy as np
import pytest

import ganzoo
from ganzoo import evaluation
from ganzoo.evaluation import fingerprint
from ganzoo.presets import publishing
from ganzoo.presets import registry
from ganzoo.presets import weight_files
from ganzoo.training import recipes

VARIANTS = ("gan", "dcgan", "lsgan", "wgan_gp", "cgan", "bigan", "pix2pix")
every_preset = pytest.mark.parametrize("name", registry.names())


def scores(name):
    """The records of a preset's FID and of its classifier's distance."""
    found = registry.record(name)["scores"]
    fid = next(score for score in found if "fid" in score)
    return fid, next(score for score in found if "fd" in score)


def test_the_first_variants_have_them():
    wanted = {f"{variant}_fashion_mnist" for variant in VARIANTS}
    assert wanted | {"cgan_mnist", "bigan_mnist"} <= set(registry.names())


def test_all_of_them_are_small():
    sizes = [registry.record(name)["size"] for name in registry.names()]
    assert max(sizes) < publishing.LIMIT
    assert sum(sizes) < 80e6


@every_preset
def test_a_file_is_that_of_its_record_and_draws(name):
    facts = registry.record(name)
    path = registry.download(name, progress=False)
    assert path.parent == weight_files.own_folder(name)
    model = ganzoo.from_preset(name)
    assert type(model).__name__ == facts["class"]
    assert model.compiled
    if hasattr(model, "translate"):
        pictures = model.translate(np.zeros((2, 28, 28, 1), "uint8"), seed=0)
    else:
        pictures = model.generate(2, seed=0)
    assert pictures.shape == (2, 28, 28, 1)
    assert not np.array_equal(*pictures) or hasattr(model, "translate")


@every_preset
def test_a_record_tells_how_to_make_it_again(name):
    facts = registry.record(name)
    recipe = recipes.load(name)
    # XLA computes the same in another way: some were trained when recipes asked for it.
    assert facts["recipe"]["text"].replace("jit_compile = true\n", "") == recipe.text
    assert facts["command"] == f"ganzoo train {name} --run-dir runs/{name} --seed 0"
    assert facts["epochs"] == recipe.epochs
    if name.endswith("fashion_mnist"):
        assert recipe.epochs >= 20  # as in Lucic et al., whose scores stand beside
    assert facts["seconds"] > 0 and facts["hardware"] and facts["commit"]
    assert facts["licence"] == "Apache-2.0"


@every_preset
def test_scores_are_of_ten_thousand_against_the_test_split(name):
    for score in scores(name):
        protocol = score["protocol"]
        assert score["fingerprint"] == fingerprint(protocol)
        data = recipes.load(name).config["data"]["name"]
        reference = protocol["reference"]
        assert (reference["data"], reference["split"]) == (data, "test")
        assert reference["count"] == protocol["samples"]["count"] == 10_000
        recipe = registry.record(name)["recipe"]
        assert recipe["sha256"] == hashlib.sha256(recipe["text"].encode()).hexdigest()
        assert protocol["samples"]["recipe_sha256"] == recipe["sha256"]
    fid, fd = scores(name)
    assert fid["protocol"]["features"] == "inception-2015-12-05"
    assert fd["protocol"]["features"].endswith("-classifier")


def test_a_score_is_found_again():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("one backend is enough, and the others round otherwise")
    _, recorded = scores("gan_fashion_mnist")
    found = evaluation.evaluate(
        "gan_fashion_mnist",
        "fashion_mnist_10k:test",
        features="fashion-classifier",
        scores=["fid"],
    )
    # The test images in the package are all of them, in another order.
    assert found["fd"] == pytest.approx(recorded["fd"], rel=1e-3)
