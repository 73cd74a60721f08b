"""The linear probe of a model's encoder."""

import numpy as np
import pytest
import toys

from ganzoo.evaluation import linear_probe
from ganzoo.evaluation import model_source
from ganzoo.metrics.linear_probe import linear_probe_accuracy

IMAGES, LABELS = toys.pictures(40), toys.labels(40)
SPLITS = IMAGES[:30], LABELS[:30], IMAGES[30:], LABELS[30:]


@pytest.mark.parametrize("variant", ["BiGAN", "BigBiGAN", "IcGAN"])
def test_the_probe_is_of_the_latents(variant):
    gan = toys.build(variant)
    x, y, x_test, y_test = SPLITS
    wanted = linear_probe_accuracy(
        gan.encoded_latents(x), y, gan.encoded_latents(x_test), y_test
    )
    assert linear_probe(gan, *SPLITS) == wanted


def test_the_features_before_the_last_layer_are_probed_where_they_are_asked_for():
    gan = toys.build("BiGAN")
    x, y, x_test, y_test = SPLITS
    encode = model_source.penultimate(gan)
    assert encode(x).shape == (30, 16)
    wanted = linear_probe_accuracy(encode(x), y, encode(x_test), y_test)
    assert linear_probe(gan, *SPLITS, hidden=True) == wanted


@pytest.mark.parametrize(
    "variant, change, message",
    [
        ("GAN", {}, "a model that has `encode`.*GAN"),
        ("BiGAN", {1: LABELS[:29]}, r"`y` must have one label.*\(29,\), len\(x\)=30"),
        ("BiGAN", {3: LABELS[:9]}, r"`y_test`.*\(9,\), len\(x_test\)=10"),
        ("BiGAN", {1: np.eye(5, dtype=int)[LABELS[:30]]}, r"y of shape \(30, 5\)"),
        ("BiGAN", {1: LABELS[:30] + 0.5}, "`y` must be integers.*type float64"),
        ("BiGAN", {3: np.full(10, np.nan)}, "`y_test` must be integers"),
        ("BiGAN", {3: []}, r"`y_test` must be integers, one or more"),
        ("BiGAN", {1: np.full(30, 3)}, r"two classes or more.*classes \[3\]"),
    ],
)
def test_what_cannot_be_probed_is_refused(variant, change, message):
    arguments = [change.get(i, part) for i, part in enumerate(SPLITS)]
    with pytest.raises(ValueError, match=message):
        linear_probe(toys.build(variant), *arguments)


def test_whether_features_are_hidden_is_true_or_false():
    with pytest.raises(ValueError, match="`hidden` must be True or False"):
        linear_probe(toys.build("BiGAN"), *SPLITS, hidden="no")


def test_no_model_is_refused():
    with pytest.raises(ValueError, match="has `encode`.*type <class 'str'>"):
        linear_probe("runs/bigan", *SPLITS)
