"""EBGAN: energies, margins for each sample, and codes that pull away."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.inputs.epochs import Epochs

X = toys.pictures(6).astype("float32") / 127.5 - 1
PIXEL = (1, 1, 1)


def scaling(scale, shape=PIXEL):
    """An autoencoder of the reconstruction `scale · x`, whose code is the image."""
    x = layers.Input(shape)
    flat = layers.Flatten()(x)
    dense = layers.Dense(int(np.prod(shape)), use_bias=False)
    outputs = {"code": flat, "reconstruction": layers.Reshape(shape)(dense(flat))}
    model = keras.Model(x, outputs)
    dense.set_weights([scale * np.eye(int(np.prod(shape)), dtype="float32")])
    return model


def game(scale=0.0, picture=None, **options):
    """A game whose D reconstructs `scale · x`, and whose G is one image."""
    picture = np.full(PIXEL, 0.5, "float32") if picture is None else picture
    return ganzoo.EBGAN(
        generator=toys.constant_generator(picture),
        discriminator=scaling(scale, picture.shape),
        **{"seed": 0, **options},
    )


def of_energies(*energies):
    """Images of a pixel, which have these energies where D reconstructs 0."""
    return ops.convert_to_tensor(np.sqrt(np.float32(energies)).reshape(-1, *PIXEL))


def energies(gan, x):
    """Of the step at hand, as an array."""
    of_images = gan.D(ops.convert_to_tensor(x))
    return ops.convert_to_numpy(ops.stop_gradient(of_images))


# === Energies ===


def test_an_energy_is_the_mean_of_squares_over_the_pixels_of_one_image():
    gan = game(0.5, X[0])
    wanted = ((X / 2) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(energies(gan, X), wanted, rtol=1e-5)
    np.testing.assert_allclose(gan.energy(X), wanted, rtol=1e-5)
    np.testing.assert_allclose(gan.energy(toys.pictures(6)), wanted, rtol=1e-5)


def test_reconstructions_are_bytes_in_inference_mode():
    images = toys.pictures(6)
    found = game(1.0, X[0]).reconstruct(images)
    assert found.dtype == "uint8" and np.array_equal(found, images)
    gan = toys.build("EBGAN")
    assert np.array_equal(gan.energy(images), gan.energy(images))
    with pytest.raises(ValueError, match="must have the shape"):
        gan.energy(images[:, :2])


def test_of_both_halves_of_an_energy_the_generator_learns():
    """Where D reconstructs 0 the derivative in an image is 2 x / n."""
    gan = game(0.0, X[0], pulling_weight=0)
    _, bias = toys.gradient_of(gan, "generator", X)
    np.testing.assert_allclose(bias, 2 * X[0].ravel() / 16, rtol=1e-5)
    # With a D that scales, (s − 1)² x², of which a constant target leaves s (s − 1).
    _, bias = toys.gradient_of(game(0.25, X[0], pulling_weight=0), "generator", X)
    np.testing.assert_allclose(bias, 2 * 0.75**2 * X[0].ravel() / 16, rtol=1e-5)


def test_what_is_seen_with_noise_is_to_be_reconstructed_with_it():
    gan = game(1.0, X[0], instance_noise=0.5, pulling_weight=0)
    np.testing.assert_array_equal(energies(gan, X), 0)
    assert toys.value(gan.generator_loss(ops.convert_to_tensor(X))) == 0
    gan = game(0.0, X[0], instance_noise=0.5)
    assert energies(gan, 0 * X).mean() == pytest.approx(0.25, rel=0.5)


def test_energies_of_other_images_than_the_data_are_higher():
    keras.utils.set_random_seed(1)
    x = np.where(np.arange(4)[:, None] < 2, 200, 50).astype("uint8")[None, ..., None]
    x = np.broadcast_to(x, (60, *toys.IMAGE_SHAPE))
    gan = toys.compiled("EBGAN", discriminator=toys.autoencoder())
    gan.fit(x, batch_size=12, epochs=20, verbose=0)
    assert gan.energy(x[:1]) * 4 < gan.energy(255 - x[:1])


# === Margins ===


def test_the_margin_is_that_of_each_sample_and_not_of_their_mean():
    gan, x = game(margin=1.0), of_energies(0.25, 0.25)
    gan.G = lambda z: of_energies(0.5, 1.5)
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(0.25 + 0.25)


@pytest.mark.parametrize("energy", [1.3, 0.5])
def test_samples_beyond_the_margin_teach_the_discriminator_nothing(energy):
    """Of an energy (s − 1)² x² the derivative in s is −2 x² at s = 0; data are 0."""
    gan = game(margin=1.0)
    gan.G = lambda z: of_energies(energy, energy)
    (gradient,) = toys.gradient_of(gan, "discriminator", of_energies(0, 0))
    wanted = 0 if energy > 1 else 2 * energy
    np.testing.assert_allclose(gradient, [[wanted]], rtol=1e-5)


# === The pulling-away term ===


@pytest.mark.parametrize(
    "codes, wanted",
    [
        ([[1, 0], [1, 1]], 0.5),
        ([[1, 0], [-1, 0]], 1.0),  # without its square it would be −1
        ([[1, 0], [0, 1]], 0.0),
        ([[1, 0], [1, 0], [0, 1]], 1 / 3),
        ([[3, 4]], 0.0),
        ([[0, 0], [1, 0]], 0.0),
    ],
)
def test_codes_pull_away_by_their_squared_cosines(codes, wanted):
    codes = np.float32(codes)
    gan = game()
    for scale in (1, 5):
        found = gan.pulling_away(ops.convert_to_tensor(scale * codes))
        assert toys.value(found) == pytest.approx(wanted, abs=1e-6)


def test_lengths_of_codes_are_not_changed_by_it():
    codes = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    codes[4] = 0
    gan = game()
    (gradient,) = gan.gradient(gan.pulling_away, [codes])
    gradient = ops.convert_to_numpy(gradient)
    np.testing.assert_allclose((gradient * codes).sum(1), 0, atol=1e-6)
    assert np.isfinite(gradient).all() and np.abs(gradient[:4]).max() > 0.01


def test_only_the_generator_pulls_away():
    gan, plain = game(0.5, X[0], pulling_weight=0.3), game(0.5, X[0], pulling_weight=0)
    x = ops.convert_to_tensor(X)
    of_both = (gan, plain)
    d, d_plain = (toys.value(g.discriminator_loss(x)) for g in of_both)
    assert d == d_plain
    g, g_plain = (toys.value(g.generator_loss(x)) for g in of_both)
    # All samples are the same.
    assert g - g_plain == pytest.approx(0.3, rel=1e-5)


# === What is refused ===


@pytest.mark.parametrize(
    "options, message",
    [
        ({"margin": 0}, "`margin` must be a positive"),
        ({"margin": -1.0}, "`margin` must be a positive"),
        ({"margin": 4.0}, "`margin` must be less than 4"),
        ({"pulling_weight": -0.1}, "`pulling_weight` must be a positive"),
        ({"label_smoothing": 0.1}, "EBGAN has no `label_smoothing`"),
        ({"packing": 2}, "EBGAN has no `packing`"),
        ({"r1_weight": 1.0}, "EBGAN has no `r1_weight`: .* energies"),
        ({"r2_weight": 1.0}, "EBGAN has no `r2_weight`: .* energies"),
        ({"roth_weight": 1.0}, "EBGAN has no `roth_weight`: .* energies"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        game(**options)


def refused(heads, message, **options):
    """That an autoencoder of these outputs, of its input flat, is refused."""
    x = layers.Input(PIXEL)
    flat = layers.Flatten()(x)
    outputs = {name: make(flat) for name, make in heads.items()}
    with pytest.raises(ValueError, match=message):
        ganzoo.EBGAN(
            generator=toys.constant_generator(np.zeros(PIXEL, "float32")),
            discriminator=keras.Model(x, outputs),
            **options,
        )


def image(flat, activation=None):
    return layers.Reshape(PIXEL)(layers.Dense(1, activation)(flat))


def test_discriminators_that_reconstruct_nothing_are_refused():
    logits = toys.linear_discriminator(np.ones(PIXEL, "float32"))
    with pytest.raises(ValueError, match="a dict .* one called 'reconstruction'"):
        ganzoo.EBGAN(generator=game().generator, discriminator=logits)
    refused({"logit": layers.Dense(1)}, "one called 'reconstruction'")
    refused({"reconstruction": layers.Dense(2)}, r"the shape `\(batch, 1, 1, 1\)`")
    refused({"reconstruction": lambda x: image(x, "relu")}, "has no values below 0")


def test_only_the_pulling_away_term_needs_codes():
    refused({"reconstruction": image}, "a dict of tensors with one called 'code'")
    heads = {"reconstruction": image, "code": image}
    refused(heads, r"'code' of `discriminator` must have the shape `\(batch, size\)`")
    x = layers.Input(PIXEL)
    outputs = {"reconstruction": image(layers.Flatten()(x))}
    generator = game().generator
    ganzoo.EBGAN(
        generator=generator, discriminator=keras.Model(x, outputs), pulling_weight=0
    )


@pytest.mark.parametrize(
    "layer, message",
    [
        (layers.BatchNormalization(), "the energy of one example depend"),
        (ganzoo.layers.MinibatchDiscrimination(3, 2), "mixes the examples of a batch"),
    ],
)
def test_discriminators_that_mix_examples_are_refused(layer, message):
    heads = {"reconstruction": lambda x: image(layer(x))}
    refused(heads, message, pulling_weight=0)


def test_one_image_has_none_to_pull_away_from():
    gan = toys.untraced("EBGAN")
    with pytest.raises(ValueError, match="`batch_size` must be at least 2"):
        gan.fit(toys.pictures(4), batch_size=1, verbose=0)
    with pytest.raises(ValueError, match="`batch_size` must be at least 2"):
        gan.train_on_batch(toys.pictures(1))
    ones = Epochs([toys.pictures(4)], 1)
    with pytest.raises(ValueError, match="`batch_size` must be at least 2"):
        gan.fit(ones, verbose=0)
    assert int(gan.steps) == 0
    gan.evaluate(ones, verbose=0)
    # The last batch may be of one.
    history = gan.fit(toys.pictures(5), batch_size=2, verbose=0).history
    assert np.isfinite([history[name] for name in history]).all()
    plain = toys.untraced("EBGAN", pulling_weight=0)
    plain.fit(toys.pictures(4), batch_size=1, verbose=0)


# === Files and defaults ===


def test_default_networks_and_hyperparameters_are_saved(tmp_path):
    gan = ganzoo.EBGAN((28, 28, 1), margin=0.5, pulling_weight=0)
    assert gan.undecided_loss is None
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert (again.margin, again.pulling_weight) == (0.5, 0)
    assert again.energy(np.zeros((2, 28, 28, 1), "uint8")).shape == (2,)


def test_default_optimizer_is_the_papers_for_digits():
    for optimizer in (
        ganzoo.EBGAN.new_optimizer(p) for p in ("discriminator", "generator")
    ):
        assert float(optimizer.learning_rate) == pytest.approx(1e-3)
