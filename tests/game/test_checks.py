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
        (toys.network([(8, 8, 1)], (1,)), "must take the images"),
        (toys.network([toys.IMAGE_SHAPE, (3,)], (1,)), "must take the images"),
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


# === Networks that a step could not train ===


def frozen(variant, player):
    players = toys.networks(variant)
    players[player].trainable = False
    return players


@pytest.mark.parametrize(
    "variant, player",
    [("GAN", "generator"), ("GAN", "discriminator"), ("BiGAN", "encoder")],
)
def test_a_frozen_player_is_refused(variant, player):
    with pytest.raises(ValueError, match="trains both players itself") as error:
        getattr(ganzoo, variant)(**frozen(variant, player))
    assert f"Received: {player} with no trainable weight" in str(error.value)


@pytest.mark.parametrize("verb", ["fit", "train_on_batch"])
@pytest.mark.parametrize("player", ["generator", "discriminator", "encoder"])
def test_a_player_that_is_frozen_later_is_refused(player, verb):
    gan, (x,) = toys.untraced("BiGAN"), toys.data("BiGAN")
    getattr(gan, player).trainable = False
    with pytest.raises(ValueError, match="must not be frozen"):
        getattr(gan, verb)(x)
    getattr(gan, player).trainable = True
    gan.fit(x, verbose=0)


def test_some_frozen_layers_are_kept_as_they_are():
    players = toys.networks("GAN")
    players["discriminator"].layers[2].trainable = False
    gan = ganzoo.GAN(**players)
    gan.compile(run_eagerly=toys.TRACES)
    kept = players["discriminator"].layers[2].get_weights()
    gan.fit(*toys.data("GAN"), verbose=0)
    assert toys.same(players["discriminator"].layers[2].get_weights(), kept)


def test_a_file_with_a_frozen_player_draws_and_does_not_train(tmp_path):
    gan, (x,) = toys.build("GAN"), toys.data("GAN")
    gan.generator.trainable = False
    gan.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    loaded.compile(run_eagerly=toys.TRACES)
    assert toys.same([loaded.generate(4, seed=0)], [gan.generate(4, seed=0)])
    with pytest.raises(ValueError, match="must not be frozen"):
        loaded.fit(x, verbose=0)


@pytest.mark.parametrize("player", ["generator", "encoder"])
def test_spectral_normalization_of_keras_is_refused_in_every_player(player):
    players = toys.networks("BiGAN")
    network = players[player]
    shape = network.output_shape[1:]
    x = keras.Input(network.input_shape[1:])
    y = layers.SpectralNormalization(layers.Dense(shape[-1], "tanh"))(network(x))
    players[player] = keras.Model(x, y)
    with pytest.raises(ValueError, match="overwrites its kernel in every") as error:
        ganzoo.BiGAN(**players)
    assert f"Received: {player} with the layer" in str(error.value)


def test_a_generator_with_a_linear_end_is_warned_of():
    players = toys.networks("GAN")
    players["generator"] = toys.network([(3,)], toys.IMAGE_SHAPE)
    gan = ganzoo.GAN(**players)
    gan.compile(run_eagerly=toys.TRACES)
    with pytest.warns(UserWarning, match="should end in `activation='tanh'`"):
        gan.fit(*toys.data("GAN"), verbose=0)


@pytest.mark.parametrize("variant", toys.VARIANTS)
def test_an_image_shape_that_the_networks_contradict_is_refused(variant):
    players = toys.networks(variant)
    getattr(ganzoo, variant)(toys.IMAGE_SHAPE, **players)
    with pytest.raises(ValueError, match=r"image_shape=\(28, 28, 1\), and networks"):
        getattr(ganzoo, variant)((28, 28, 1), **players)


def test_a_source_shape_that_the_networks_contradict_is_refused():
    players = toys.networks("Pix2Pix")
    with pytest.raises(ValueError, match=r"source_shape=\(4, 4, 3\), and networks"):
        ganzoo.Pix2Pix(toys.IMAGE_SHAPE, source_shape=(4, 4, 3), **players)
