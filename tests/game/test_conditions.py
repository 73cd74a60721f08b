"""Conditions that a user asks for, and those that the game draws."""

import keras
import numpy as np
import pytest
import toy_variants
import toys
from keras import ops

import ganzoo
from ganzoo.data import pixels
from ganzoo.game import network_checks


def test_conditions_that_are_asked_for_reach_the_generator():
    gan = toy_variants.coded()
    codes = np.linspace(-1, 1, 8, dtype="float32").reshape(4, 2)
    z = gan.latents(4, seed=3)
    wanted = pixels.to_uint8(gan.generator.predict([z, codes], verbose=0))
    np.testing.assert_array_equal(gan.generate(4, seed=3, codes=codes), wanted)
    without = pixels.to_uint8(gan.generator.predict([z, 0 * codes], verbose=0))
    np.testing.assert_array_equal(gan.generate(4, seed=3), without)


def test_what_a_variant_does_not_take_is_refused_by_name():
    with pytest.raises(ValueError, match="takes no `labels`: it takes `codes`"):
        toy_variants.coded().generate(2, labels=[0, 1])
    with pytest.raises(ValueError, match="takes no `codes`: it has no conditions"):
        toys.build("GAN").generate(2, codes=1)
    assert toys.build("GAN").generate(2, labels=None).shape == (2, *toys.IMAGE_SHAPE)


def test_as_many_conditions_as_images_are_taken():
    with pytest.raises(ValueError, match="a condition for each of the 4 images"):
        toy_variants.coded().generate(4, codes=np.zeros((3, 2), "float32"))


def test_one_condition_may_be_for_all_images():
    gan = toy_variants.coded()
    each = np.tile(np.float32([0.5, -0.5]), (3, 1))
    np.testing.assert_array_equal(
        gan.generate(3, seed=1, codes=[0.5, -0.5]),
        gan.generate(3, seed=1, codes=each),
    )


@pytest.mark.parametrize("shape", [(4, 3), (3,), (4, 2, 2), ()])
def test_conditions_of_another_shape_are_refused_by_name(shape):
    with pytest.raises(ValueError, match=r"`codes` must be .* shape \(2,\) each"):
        toy_variants.coded().generate(4, codes=np.zeros(shape))


def test_drawn_conditions_follow_the_seed_and_are_of_their_distribution():
    one, other = toy_variants.coded(), toy_variants.coded()
    x = ops.zeros((4000, 1))
    (codes,), (again,) = one.sample_conditions(x), other.sample_conditions(x)
    codes = ops.convert_to_numpy(codes)
    np.testing.assert_array_equal(codes, ops.convert_to_numpy(again))
    assert codes.shape == (4000, 2) and abs(codes).max() <= 1
    # Of U[-1, 1]: mean 0, variance 1/3, of 8,000 draws.
    assert abs(codes.mean()) < 0.03 and codes.var() == pytest.approx(1 / 3, abs=0.02)


def test_drawn_labels_are_uniform():
    gan = toys.build("CGAN")
    (labels,) = gan.sample_conditions(ops.zeros((5000, 1)))
    counts = np.bincount(ops.convert_to_numpy(labels), minlength=toys.NUM_CLASSES)
    # Five deviations of a binomial.
    assert abs(counts - 1000).max() < 5 * np.sqrt(5000 * 0.2 * 0.8)


def test_a_game_of_drawn_conditions_trains_and_resumes_to_the_bit(tmp_path):
    straight, stopped = toy_variants.coded(), toy_variants.coded()
    for gan in (straight, stopped):
        gan.compile(run_eagerly=toys.TRACES)
    options = {"batch_size": 12, "verbose": 0}
    straight.fit(toys.pictures(), epochs=2, **options)
    stopped.fit(toys.pictures(), epochs=1, **options)
    stopped.save(tmp_path / "gan.keras")
    stopped = keras.saving.load_model(tmp_path / "gan.keras")
    stopped.fit(toys.pictures(), epochs=2, initial_epoch=1, **options)
    assert toys.same(toys.copy_of(straight.weights), toys.copy_of(stopped.weights))


class Labelled:
    """What a variant of an earlier release said of labels, and where."""

    @property
    def batch_shapes(self):
        return {"x": self.image_shape, "y": ()}

    def conditions(self, n, labels):
        return [np.full(n, labels or 0, "int32")]


class Older(Labelled, ganzoo.AdversarialModel):
    """A variant as an earlier release documented it, with a network of its own."""

    def __init__(self, generator, discriminator, encoder=None, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.encoder = encoder

    @property
    def players(self):
        return {**super().players, "encoder": self.encoder}

    def check_players(self):
        pass

    def discriminator_loss(self, batch):
        x, y = batch
        fake = self.G([self.sample_z(x), y])
        return ops.mean(self.D([fake, y])) - ops.mean(self.D([x, y]))

    def generator_loss(self, batch):
        x, y = batch
        return -ops.mean(self.D([self.G([self.sample_z(x), y]), y]))

    @staticmethod
    def default_optimizer():
        return keras.optimizers.Adam()


def test_variants_of_earlier_releases_take_labels_as_they_did():
    players = toys.networks("CGAN")
    del players["num_classes"]
    players["encoder"] = toys.network([toys.IMAGE_SHAPE], (3,))
    gan = Older(**players, seed=2)
    assert gan.condition_names == ("labels",)
    assert gan.generate(3, labels=1).shape == (3, *toys.IMAGE_SHAPE)
    gan.compile(run_eagerly=True)
    gan.fit(*toys.data("CGAN"), batch_size=12, verbose=0)
    with pytest.raises(ValueError, match="must be integer labels"):
        gan.fit(toys.pictures(), np.zeros(24), verbose=0)


# === Latents and conditions that are given ===


@pytest.mark.parametrize(
    "variant, z, found, message",
    [
        ("GAN", np.full((2, 3), np.nan), [], "`z` must be finite"),
        ("GAN", np.zeros(3), [], r"`z` must be latents of shape \(n, 3\)"),
        ("GAN", ["a", "b"], [], "`z` must be latents"),
        (
            "GAN",
            np.zeros((2, 3)),
            [[0, 1]],
            "draws from latents alone.*Received: 1 cond",
        ),
        ("CGAN", np.zeros((2, 3)), [], "find_conditions.*Received: 0 conditions"),
        ("CGAN", np.zeros((2, 3)), [[0, 5]], "from 0 to 4.*from 0 to 5"),
        ("CGAN", np.zeros((2, 3)), [[-1, 0]], "from 0 to 4.*from -1 to 0"),
        ("CGAN", np.zeros((2, 3)), [[0.5, 0.0]], "must be integer labels"),
        ("Pix2Pix", np.zeros((2, 3)), [], "draws nothing from latents"),
    ],
)
def test_what_no_image_can_be_drawn_of_is_refused(variant, z, found, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        toys.build(variant).decode(z, found)


def test_a_condition_of_nan_is_refused():
    gan = toys.build("StyleGAN2")
    with pytest.raises(ValueError, match="`noise` must be finite numbers"):
        gan.generate(2, noise=np.full(gan.noise_size, np.nan))


@pytest.mark.parametrize(
    "variant", ["BigGAN", "CGAN", "ConditionalStyleGAN2", "ProjectionGAN"]
)
def test_networks_of_fewer_classes_are_refused(variant):
    with pytest.raises(ValueError, match="all 6 classes.*Received: .*of 5 classes"):
        toys.build(variant, num_classes=6)
    # A row that no label has does no harm.
    assert toys.build(variant, num_classes=4).num_classes == 4


@pytest.mark.parametrize("player", ["generator", "discriminator"])
@pytest.mark.parametrize(
    "name", ["cgan", "dcgan_conditional", "biggan", "sn_resnet", "stylegan2"]
)
def test_networks_of_the_zoo_know_their_classes(name, player):
    makers = {
        ("sn_resnet", "generator"): "sn_resnet_conditional_generator",
        ("sn_resnet", "discriminator"): "sn_resnet_projection_discriminator",
        ("stylegan2", "generator"): "stylegan2_conditional_generator",
        ("stylegan2", "discriminator"): "stylegan2_projection_discriminator",
    }
    make = getattr(ganzoo.networks, makers.get((name, player), f"{name}_{player}"))
    network = make((32, 32, 1), 3, **({} if name == "cgan" else {"filters": 4}))
    network_checks.check_classes(player, network, 3)
    with pytest.raises(ValueError, match=f"`{player}` must know all 4 classes"):
        network_checks.check_classes(player, network, 4)


# === Samples as floats ===


@pytest.mark.parametrize("variant", ["GAN", "CGAN"])
def test_samples_as_floats_are_what_the_generator_returns(variant):
    gan = toys.build(variant)
    floats = gan.generate(6, seed=1, as_float=True)
    assert floats.dtype == "float32" and abs(floats).max() <= 1
    assert len(np.unique(floats)) > 90
    rounded = pixels.to_uint8(floats)
    np.testing.assert_array_equal(rounded, gan.generate(6, seed=1))
    (chunk,) = gan.draw(6, seed=1, as_float=True)
    np.testing.assert_array_equal(chunk, floats)


@pytest.mark.parametrize("value", ["no", 1, None])
def test_whether_samples_are_floats_is_true_or_false(value):
    gan = toys.build("GAN")
    z = np.zeros((2, gan.latent_dim), "float32")
    for ask in (
        lambda: gan.generate(2, as_float=value),
        lambda: gan.draw(2, as_float=value),
        lambda: gan.decode(z, as_float=value),
        lambda: gan.project(np.zeros((1, *gan.image_shape)), return_errors=value),
    ):
        with pytest.raises(ValueError, match="must be True or False. Received: "):
            ask()
