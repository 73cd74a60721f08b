"""Wrong networks are refused at construction, with what to do."""

import keras
import pytest
import toys
from keras import layers

import ganzoo


def sequential(*last):
    return keras.Sequential([keras.Input(toys.IMAGE_SHAPE), layers.Flatten(), *last])


def unknown_latents():
    x = keras.Input((None,))
    total = keras.ops.sum(x, axis=1, keepdims=True)
    picture = layers.Dense(16)(total)
    return keras.Model(x, layers.Reshape(toys.IMAGE_SHAPE)(picture))


def two_outputs():
    x = keras.Input((3,))
    return keras.Model(x, [layers.Dense(16)(x), layers.Dense(1)(x)])


def test_a_sigmoid_of_keras_ops_is_seen():
    x = keras.Input(toys.IMAGE_SHAPE)
    logit = layers.Dense(1)(layers.Flatten()(x))
    with pytest.raises(ValueError, match="ends in a sigmoid"):
        ganzoo.GAN(
            generator=toys.networks("GAN")["generator"],
            discriminator=keras.Model(x, keras.ops.sigmoid(logit)),
        )


@pytest.mark.parametrize(
    "discriminator, message",
    [
        (
            sequential(layers.Dense(1, activation="sigmoid")),
            "ends in a sigmoid or softmax",
        ),
        (
            sequential(layers.Dense(1), layers.Activation("sigmoid")),
            "ends in a sigmoid or softmax",
        ),
        (
            sequential(layers.Dense(1, activation="softmax")),
            "ends in a sigmoid or softmax",
        ),
        (
            sequential(
                layers.Dense(1, activation="sigmoid"), layers.Reshape((1, 1, 1))
            ),
            "ends in a sigmoid or softmax",
        ),
        (sequential(layers.Dense(2)), "must return one logit"),
        (toys.network([(8, 8, 1)], (1,)), "must take the pictures"),
        (toys.network([toys.IMAGE_SHAPE, (3,)], (1,)), "must take the pictures"),
        (keras.Sequential([layers.Dense(1)]), "must have known shapes"),
        (
            sequential(layers.SpectralNormalization(layers.Dense(1))),
            "overwrites its kernel in every training call",
        ),
        (None, "Pass `image_shape`"),
        ("discriminator", "must be a `keras.Model`"),
    ],
)
def test_wrong_discriminators_are_refused(discriminator, message):
    generator = toys.networks("GAN")["generator"]
    with pytest.raises(ValueError, match=message):
        ganzoo.GAN(generator=generator, discriminator=discriminator)


def test_a_sigmoid_inside_a_nested_network_is_seen():
    inner = sequential(layers.Dense(1, activation="sigmoid"))
    outer = keras.Sequential([keras.Input(toys.IMAGE_SHAPE), inner])
    with pytest.raises(ValueError, match="ends in a sigmoid or softmax"):
        ganzoo.GAN(generator=toys.networks("GAN")["generator"], discriminator=outer)


@pytest.mark.parametrize(
    "generator, message",
    [
        (toys.network([(3, 3)], toys.IMAGE_SHAPE), "must take latents"),
        (toys.network([(3,), (2,)], toys.IMAGE_SHAPE), "must take latents"),
        (unknown_latents(), "of a known size"),
        (two_outputs(), "must return one tensor"),
        (None, "Pass `image_shape`"),
    ],
)
def test_wrong_generators_are_refused(generator, message):
    discriminator = toys.networks("GAN")["discriminator"]
    with pytest.raises(ValueError, match=message):
        ganzoo.GAN(generator=generator, discriminator=discriminator)


@pytest.mark.parametrize("variant", ["GAN", "DCGAN", "LSGAN", "WGANGP", "BiGAN"])
def test_one_own_network_goes_with_the_papers_other(variant):
    generator = toys.network([(9,)], (28, 28, 1))
    kwargs = {}
    if variant == "BiGAN":
        kwargs["discriminator"] = toys.network([(28, 28, 1), (9,)], (1,))
        kwargs["encoder"] = toys.network([(28, 28, 1)], (9,))
    gan = getattr(ganzoo, variant)((28, 28, 1), generator=generator, **kwargs)
    assert gan.latent_dim == 9


@pytest.mark.parametrize("variant", ["DCGAN", "LSGAN", "WGANGP", "Pix2Pix"])
def test_pictures_too_small_for_the_papers_networks_are_refused(variant):
    with pytest.raises(ValueError, match="Received"):
        getattr(ganzoo, variant)(image_shape=(6, 6, 1))
