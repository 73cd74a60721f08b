"""Anomaly scores, against closed forms."""

import keras
import numpy as np
import pytest
import toys
from keras import layers

import ganzoo

QUIET = {"verbose": 0}


def constant(value, judge=None):
    """A game whose G(z) is always the same, and D(x) = 0 · x unless it is given."""
    picture = np.full((2, 2, 1), value, "float32")
    judge = judge or toys.linear_discriminator(np.zeros((2, 2, 1), "float32"))
    generator = toys.constant_generator(picture)
    return ganzoo.GAN(generator=generator, discriminator=judge, seed=0)


def blind():
    """A discriminator whose features do not depend on the image."""
    x = layers.Input((2, 2, 1))
    hidden = layers.Dense(3, kernel_initializer="zeros")
    return keras.Model(x, layers.Dense(1)(hidden(layers.Flatten()(x))))


def test_a_score_is_a_sum_over_pixels_and_features():
    """x = 1 and G = -1 over 4 pixels: 8, and 0.9 · 8 with equal features."""
    x = np.full((1, 2, 2, 1), 255, "uint8")
    options = {"steps": 1, **QUIET}
    found = constant(-1.0).anomaly_score(x, feature_weight=0.0, **options)
    np.testing.assert_allclose(found, [8.0], rtol=1e-6)
    assert found.dtype == "float32"
    found = constant(-1.0, blind()).anomaly_score(x, **options)
    np.testing.assert_allclose(found, [7.2], rtol=1e-6)
    # Where D is linear, its features are the pixels.
    found = constant(-1.0).anomaly_score(x, feature_weight=0.1, **options)
    np.testing.assert_allclose(found, [8.0], rtol=1e-6)
    found = constant(-1.0).anomaly_map(x, **options)
    np.testing.assert_allclose(found, np.full((1, 2, 2, 1), 2.0), rtol=1e-6)


def test_own_samples_are_less_strange_than_noise():
    gan = toys.build("GAN")
    x = np.concatenate([gan.generate(4, seed=0), toys.pictures(4)])
    before = gan.anomaly_score(x, steps=0, **QUIET)
    scores = gan.anomaly_score(x, steps=150, **QUIET)
    assert (scores < before).all()
    assert scores[:4].max() < scores[4:].min()


def test_permuting_a_batch_permutes_the_scores():
    gan, x = toys.build("DCGAN"), toys.pictures(6)
    order = np.array([4, 2, 0, 5, 1, 3])
    scores = gan.anomaly_score(x, steps=20, **QUIET)
    for again in (scores, gan.anomaly_score(x, steps=20, **QUIET)):
        np.testing.assert_array_equal(again, scores)
    permuted = gan.anomaly_score(x[order], steps=20, **QUIET)
    np.testing.assert_allclose(permuted, scores[order], rtol=1e-4)
    alone = gan.anomaly_score(x[:1], steps=20, **QUIET)
    np.testing.assert_allclose(alone, scores[:1], rtol=1e-4)


def test_an_encoder_tells_the_latent_of_the_score():
    """With w = 0.1: 0.9 Σ |x − G(E(x))| + 0.1 Σ |f(x, E(x)) − f(G(E(x)), E(x))|."""
    gan, x = toys.build("BiGAN"), toys.pictures(3)
    scores, z = gan.anomaly_score(x, by="encoder", return_latents=True, **QUIET)
    np.testing.assert_array_equal(z, gan.encode(x))
    data, x_hat = x.astype("float32") / 127.5 - 1, gan.decode(z, as_float=True)
    of_pixels = abs(data - x_hat).sum(axis=(1, 2, 3))
    f, f_hat = (
        keras.ops.convert_to_numpy(
            gan.features([*map(keras.ops.convert_to_tensor, (x, z))])
        )
        for x in (data, x_hat)
    )
    assert f.shape == (3, 16)
    wanted = 0.9 * of_pixels + 0.1 * abs(f - f_hat).sum(axis=1)
    np.testing.assert_allclose(scores, wanted, rtol=1e-4)
    off = gan.anomaly_map(x, by="encoder", **QUIET)
    np.testing.assert_allclose(off, abs(data - x_hat), atol=1e-5)


def test_a_search_goes_by_the_pair_where_the_discriminator_sees_one():
    gan, x = toys.build("BiGAN"), toys.pictures(3)
    start = gan.anomaly_score(x, steps=0, **QUIET)
    assert (gan.anomaly_score(x, steps=40, **QUIET) < start).all()


def test_labels_are_of_the_images():
    gan, x = toys.build("CGAN"), toys.pictures(3)
    labels = [0, 3, 4]
    scores = gan.anomaly_score(x, labels=labels, steps=5, **QUIET)
    alone = gan.anomaly_score(x[1:2], labels=3, steps=5, **QUIET)
    np.testing.assert_allclose(alone, scores[1:2], rtol=1e-4)
    assert gan.anomaly_map(x, labels=labels, steps=5, **QUIET).shape == x.shape


@pytest.mark.parametrize(
    "variant, given, message",
    [
        ("Pix2Pix", {}, "has no latents to search"),
        ("LAPGAN", {}, "^Pass `feature_weight=0`: this discriminator has neither"),
        ("CGAN", {}, "Pass `labels` of the images"),
        ("GAN", {"by": "encoder"}, "GAN has no `encode`: choose by='search'"),
        ("GAN", {"by": "encode"}, r"`by` must be one of \('search', 'encoder'\)"),
        ("GAN", {"feature_weight": 1.5}, r"must be in \[0, 1\]"),
        ("GAN", {"feature_weight": -0.5}, "must be a number of at least 0"),
        ("GAN", {"steps": 1.5}, "`steps` must be an int"),
    ],
)
def test_what_cannot_be_meant_is_refused(variant, given, message):
    with pytest.raises(ValueError, match=message):
        toys.build(variant).anomaly_score(toys.pictures(2), **given)
