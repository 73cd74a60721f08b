"""pix2pix: Equation 4, the halved discriminator loss, and the paper's test mode."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo.models import pix2pix

X, Y = toys.data("Pix2Pix", 10)


def batch():
    return tuple(ops.convert_to_tensor(p / np.float32(127.5) - 1) for p in (X, Y))


def test_undecided_discriminator_costs_half_of_log_4():
    gan = toys.build("Pix2Pix")
    toys.undecided(gan.discriminator)
    assert toys.value(gan.discriminator_loss(batch())) == pytest.approx(
        np.log(2), rel=1e-5
    )


def test_generator_pays_lambda_times_the_mean_absolute_error():
    gan = ganzoo.Pix2Pix(
        generator=toys.constant_generator(
            np.full(toys.IMAGE_SHAPE, 0.25, "float32"), [toys.IMAGE_SHAPE]
        ),
        discriminator=toys.undecided(toys.networks("Pix2Pix")["discriminator"]),
        l1_weight=7.0,
    )
    wanted = np.log(2) + 7 * np.abs(Y / np.float32(127.5) - 1 - 0.25).mean()
    assert toys.value(gan.generator_loss(batch())) == pytest.approx(wanted, rel=1e-5)


def test_discriminator_sees_the_source_first():
    gan = toys.build("Pix2Pix")
    seen = []
    gan.D = lambda inputs: seen.append(inputs) or inputs[0]
    gan.generator_loss(batch())
    np.testing.assert_array_equal(seen[0][0], batch()[0])


def test_translations_are_in_the_papers_mode_with_dropout_and_batch_statistics():
    gan = toys.build("Pix2Pix")
    one, two = (gan.translate(X, seed=s, batch_size=10) for s in (1, 2))
    assert (one != two).any()
    np.testing.assert_array_equal(one, gan.translate(X, seed=1, batch_size=10))
    still = gan.translate(X, training=False)
    np.testing.assert_array_equal(still, gan.translate(X, training=False, batch_size=5))
    assert one.dtype == np.uint8 and one.shape == Y.shape


def test_batch_statistics_are_those_of_the_batch():
    generator = toys.network([toys.IMAGE_SHAPE], toys.IMAGE_SHAPE, normalized=True)
    players = {**toys.networks("Pix2Pix"), "generator": generator}
    gan = ganzoo.Pix2Pix(**players)
    wanted = ops.convert_to_numpy(generator(batch()[0], training=True))
    wanted = np.round(np.clip((wanted + 1) * 127.5, 0, 255))
    np.testing.assert_allclose(gan.translate(X, batch_size=10), wanted, atol=1)
    alone = np.concatenate([gan.translate(x[None]) for x in X])
    np.testing.assert_array_equal(gan.translate(X), alone)


def test_translating_leaves_the_model_as_it_was():
    gan = toys.build("Pix2Pix")
    before = toys.copy_of(gan.generator.variables)
    gan.translate(X)
    assert toys.same(before, toys.copy_of(gan.generator.variables))


def test_the_translator_is_made_once_and_follows_the_weights(monkeypatch):
    made = []

    class Counted(pix2pix._InMode):
        def __init__(self, *args):
            super().__init__(*args)
            made.append(self)

    monkeypatch.setattr(pix2pix, "_InMode", Counted)
    gan = toys.build("Pix2Pix")
    before = gan.translate(X, seed=0)
    np.testing.assert_array_equal(gan.translate(X, seed=0), before)
    assert len(made) == 1
    random = np.random.default_rng(0)
    for variable in gan.generator.trainable_variables:
        variable.assign(random.normal(size=variable.shape))
    after = gan.translate(X, seed=0)
    same = keras.models.clone_model(gan.generator)
    same.set_weights(gan.generator.get_weights())
    afresh = ganzoo.Pix2Pix(generator=same, discriminator=gan.discriminator)
    assert np.any(after != before)
    np.testing.assert_array_equal(after, afresh.translate(X, seed=0))
    still = gan.translate(X, training=False)
    np.testing.assert_array_equal(still, afresh.translate(X, training=False))
    assert len(made) == 4


def test_a_translator_whose_layers_were_frozen_is_another():
    generator = toys.network([toys.IMAGE_SHAPE], toys.IMAGE_SHAPE, normalized=True)
    gan = ganzoo.Pix2Pix(**{**toys.networks("Pix2Pix"), "generator": generator})
    gan.translate(X)
    generator.trainable = False
    # What is frozen normalises by its running statistics.
    still = gan.translate(X, training=False)
    np.testing.assert_array_equal(gan.translate(X), still)


def test_floats_and_uint8_translate_alike():
    gan = toys.build("Pix2Pix")
    floats = X / np.float32(127.5) - 1
    np.testing.assert_array_equal(
        gan.translate(X, seed=0), gan.translate(floats, seed=0)
    )


def test_predict_takes_both_too_in_inference_mode():
    gan = toys.build("Pix2Pix")
    floats = X / np.float32(127.5) - 1
    wanted = gan.predict(floats, verbose=0)
    np.testing.assert_allclose(gan.predict(X, verbose=0), wanted, atol=1e-5)
    wanted = np.round(np.clip((wanted + 1) * 127.5, 0, 255))
    np.testing.assert_allclose(gan.translate(X, training=False), wanted, atol=1)


@pytest.mark.parametrize("images, batch_size", [(X[:0], 1), (X, 0)])
def test_nothing_to_translate_is_refused(images, batch_size):
    with pytest.raises(ValueError, match="one image or more"):
        toys.build("Pix2Pix").translate(images, batch_size=batch_size)


def test_wrong_pictures_are_refused():
    gan = toys.build("Pix2Pix")
    with pytest.raises(ValueError, match="must have the shape"):
        gan.translate(np.zeros((2, 8, 8, 1), "uint8"))
    with pytest.raises(ValueError, match=r"floats in \[-1, 1\]"):
        gan.translate(X.astype("float32"))


def test_generate_says_to_translate():
    with pytest.raises(ValueError, match="translate"):
        toys.build("Pix2Pix").generate(3)


def test_defaults_are_the_papers():
    gan = ganzoo.Pix2Pix(image_shape=(32, 32, 3), source_shape=(32, 32, 1))
    gan.compile()
    assert gan.l1_weight == 100.0
    assert gan.source_shape == (32, 32, 1)
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.999)
