"""LAPGAN: a chain of games on a Laplacian pyramid, against closed forms."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import networks
from ganzoo.networks import laplacian

SMALL, LARGE = (1, 1, 1), (2, 2, 1)
# An image, what it halves to, and what it has beyond that.
IMAGE = np.float32([[1, 3], [5, 7]]) / 8
MEAN, RESIDUAL = 0.5, np.float32([[-3, -1], [1, 3]]) / 8
# Of both levels: G(z) = a z with D(x) = v x, and G(z, l) = e z + c l with D(h, l) =
# w h + u l in each pixel.
A, V, E, C, W, U = 0.75, 2.0, 0.5, -0.25, 3.0, -1.5
Z = np.float32([0.5, -0.5, 0.25, 0.75, -1.0])
BATCH = np.tile(IMAGE[None, ..., None], (4, 1, 1, 1))
FAKE = E * Z[1:].reshape(2, 2) + C * MEAN


def pixelwise(shape):
    """A linear map of two inputs in each pixel."""
    inputs = [layers.Input(shape) for _ in range(2)]
    outputs = layers.Conv2D(1, 1, use_bias=False)(layers.Concatenate()(inputs))
    return keras.Model(inputs, outputs)


def linear():
    """A game of two levels and of the numbers above, which are also what it draws."""
    z, x = layers.Input((1,)), layers.Input(SMALL)
    drawn = layers.Reshape(SMALL)(layers.Dense(1, use_bias=False)(z))
    logit = layers.Dense(1, use_bias=False)(layers.Flatten()(x))
    players = {
        "generator": [keras.Model(z, drawn), pixelwise(LARGE)],
        "discriminator": [keras.Model(x, logit), pixelwise(LARGE)],
    }
    weights = {"generator": ([A], [E, C]), "discriminator": ([V], [W, U])}
    for player, levels in players.items():
        for network, numbers in zip(levels, weights[player]):
            (kernel,) = network.get_weights()
            network.set_weights([np.reshape(numbers, kernel.shape)])
    gan = ganzoo.LAPGAN(**players, seed=0)
    gan.sample_z = lambda x: ops.tile(Z[None], (len(x), 1))
    return gan


def test_losses_are_the_sums_over_the_levels_and_are_noted_by_name():
    gan, x = linear(), ops.convert_to_tensor(BATCH)
    real, fake = W * RESIDUAL + U * MEAN, W * FAKE + U * MEAN
    parts = {
        "discriminator_loss_1x1": toys.softplus(-V * MEAN) + toys.softplus(V * A * 0.5),
        "discriminator_loss_2x2": np.mean(toys.softplus(-real) + toys.softplus(fake)),
        "generator_loss_1x1": toys.softplus(-V * A * 0.5),
        "generator_loss_2x2": np.mean(toys.softplus(-fake)),
    }
    assert gan.note_names == tuple(parts)
    for player in ("discriminator", "generator"):
        loss, notes, _ = gan._with_notes(getattr(gan, f"{player}_loss"), x)
        wanted = {k: v for k, v in parts.items() if k.startswith(player)}
        assert {k: toys.value(v) for k, v in notes.items()} == pytest.approx(wanted)
        assert toys.value(loss) == pytest.approx(sum(wanted.values()), rel=1e-5)


def test_gradients_are_those_of_each_level_alone():
    (in_a,), in_level = (
        g.ravel() for g in toys.gradient_of(linear(), "generator", BATCH)
    )
    slope = -toys.sigmoid(-(W * FAKE + U * MEAN)) * W
    assert in_a == pytest.approx(-toys.sigmoid(-V * A * 0.5) * V * 0.5, rel=1e-4)
    in_e, in_c = np.mean(slope * Z[1:].reshape(2, 2)), np.mean(slope * MEAN)
    assert in_level == pytest.approx([in_e, in_c], rel=1e-4)
    found = toys.gradient_of(linear(), "discriminator", BATCH)
    (in_v,), in_level = (g.ravel() for g in found)
    by_small = toys.sigmoid(V * A * 0.5) * A * 0.5 - toys.sigmoid(-V * MEAN) * MEAN
    assert in_v == pytest.approx(by_small, rel=1e-4)
    of_real = -toys.sigmoid(-(W * RESIDUAL + U * MEAN))
    of_fake = toys.sigmoid(W * FAKE + U * MEAN)
    in_w = np.mean(of_real * RESIDUAL + of_fake * FAKE)
    in_u = np.mean(of_real + of_fake) * MEAN
    assert in_level == pytest.approx([in_w, in_u], rel=1e-4)


@pytest.mark.parametrize("player", ["discriminator", "generator"])
@pytest.mark.parametrize("level", [0, 1])
def test_the_loss_of_a_level_has_no_gradient_in_other_levels(player, level):
    gan = linear()
    # All are there, as some backends refuse weights without a gradient.
    gan._sum_of_levels = lambda _, losses: losses[level] + 0.0 * sum(losses)
    gradients = toys.gradient_of(gan, player, BATCH)
    for i, gradient in enumerate(gradients):
        assert (gradient != 0).all() if i == level else (gradient == 0).all()


def test_conditions_are_of_data_and_never_of_samples():
    gan, x = toys.build("LAPGAN"), ops.convert_to_tensor(toys.pictures(6) / 127.5 - 1)
    x = ops.cast(x, "float32")
    with gan.inference():
        data, samples = gan.data_inputs(x), gan.sample_inputs(x)
        wanted = laplacian.double(laplacian.halve(x))
        for inputs in (data, samples):
            assert toys.same(toys.copy_of(inputs[-1:]), toys.copy_of([wanted]))
        # And so the residuals are what they were, whatever the first level draws.
        gan.sample_z = lambda x: ops.ones((len(x), 3))
        before = toys.copy_of(gan.sample_inputs(x)[1:])
        toys.undecided(gan.generators[0])
        assert toys.same(toys.copy_of(gan.sample_inputs(x)[1:]), before)


def test_an_undecided_discriminator_costs_2_log_2_for_each_level():
    gan = toys.build("LAPGAN")
    toys.undecided(gan.discriminator)
    x = ops.convert_to_tensor(toys.pictures(8) / np.float32(127.5) - 1)
    assert gan.undecided_loss == pytest.approx(4 * math.log(2))
    loss = toys.value(gan.discriminator_loss(x))
    assert loss == pytest.approx(gan.undecided_loss, rel=1e-5)
    assert toys.value(gan.generator_loss(x)) == pytest.approx(loss / 2, rel=1e-5)


def test_labels_of_data_are_smoothed_at_each_level():
    gan, x = linear(), ops.convert_to_tensor(BATCH)
    plain = toys.value(gan.discriminator_loss(x))
    gan.label_smoothing = 0.25
    # −log σ(t) and −log σ(−t) differ by t.
    change = 0.25 * (V * MEAN + np.mean(W * RESIDUAL + U * MEAN))
    assert toys.value(gan.discriminator_loss(x)) == pytest.approx(plain + change)


# === Pyramids ===


def test_a_pyramid_is_of_means_and_of_what_they_lack():
    # A dark one beside it, as images of which none is below 0 are refused.
    coarse, residual = linear().pyramid(np.concatenate([BATCH[:1], -BATCH[:1]]))
    assert coarse.dtype == residual.dtype == "float32"
    np.testing.assert_array_equal(coarse.ravel(), [MEAN, -MEAN])
    np.testing.assert_array_equal(residual[0, ..., 0], RESIDUAL)
    row = np.float32([0, 1])[None, None, :, None]
    enlarged = ops.convert_to_numpy(laplacian.double(ops.convert_to_tensor(row)))
    np.testing.assert_allclose(enlarged[0, :, :, 0], [[0, 0.25, 0.75, 1]] * 2)


@pytest.mark.parametrize(
    "shape, levels", [((28, 28, 1), 2), ((24, 48, 3), 2), ((10, 14, 1), 1)]
)
def test_the_round_trip_of_a_pyramid_is_exact(shape, levels):
    gan = small_game(shape, levels)
    images = np.random.default_rng(0).integers(0, 256, (5, *shape)).astype("uint8")
    pyramid = gan.pyramid(images)
    scales = [2**i for i in reversed(range(levels + 1))]
    shapes = [(shape[0] // s, shape[1] // s, shape[2]) for s in scales]
    assert gan.level_shapes == shapes == [p.shape[1:] for p in pyramid]
    np.testing.assert_array_equal(gan.from_pyramid(pyramid), images)
    composed = laplacian.compose(pyramid[0], pyramid[1:])
    floats = images / np.float32(127.5) - 1
    np.testing.assert_allclose(ops.convert_to_numpy(composed), floats, atol=1e-6)
    with pytest.raises(ValueError, match="`pyramid` must be a list of the smallest"):
        gan.from_pyramid(pyramid[1:])
    with pytest.raises(ValueError, match="as many of each"):
        gan.from_pyramid([pyramid[0][:2], *pyramid[1:]])


def small_game(shape, levels):
    """LAPGAN's networks, as narrow as they go."""
    keras.utils.set_random_seed(0)
    options = {"levels": levels, "units": (4,), "filters": 1}
    return ganzoo.LAPGAN(
        shape,
        generator=networks.lapgan_generator(shape, **options),
        discriminator=networks.lapgan_discriminator(shape, **options),
        seed=0,
    )


def judges(shape, levels):
    smallest, *others = laplacian.shapes_of_levels(shape, levels)
    return [
        toys.network([smallest], (1,)),
        *(toys.network([s, s], (1,)) for s in others),
    ]


# === The chain ===


def chain_of(*images):
    """A game whose networks draw these, whatever comes in."""
    shapes = [image.shape for image in images]
    inputs = [[(1,)], *([(1,), shape] for shape in shapes[1:])]
    generator = [toys.constant_generator(*pair) for pair in zip(images, inputs)]
    judged = judges(shapes[-1], len(images) - 1)
    return ganzoo.LAPGAN(generator=generator, discriminator=judged, seed=0)


def test_true_residuals_give_the_image_and_none_an_enlarged_one():
    image = toys.pictures(1)[0]
    pyramid = [part[0] for part in toys.build("LAPGAN").pyramid(image[None])]
    gan = chain_of(*pyramid)
    np.testing.assert_array_equal(gan.generate(2, seed=0), np.stack([image] * 2))
    np.testing.assert_array_equal(gan.refine(pyramid[0][None])[0], image)
    gan = chain_of(pyramid[0], 0 * pyramid[1])
    wanted = laplacian.double(ops.convert_to_tensor(pyramid[0][None]))
    found = gan.generate(1, seed=0, as_float=True)
    np.testing.assert_allclose(found, ops.convert_to_numpy(wanted), atol=1e-6)


def test_images_are_clipped_once_at_the_end_of_the_chain():
    ones = [np.ones((side, side, 1), "float32") for side in (1, 2, 4)]
    for signs, wanted in (((1, 1, -1.5), 0.5), ((1, 1, 1), 1.0), ((-1, -1, 0), -1.0)):
        gan = chain_of(*(sign * image for sign, image in zip(signs, ones)))
        assert (gan.generate(1, seed=0, as_float=True) == np.float32(wanted)).all()


def test_an_image_is_that_of_its_levels_one_after_another():
    gan = toys.build("LAPGAN")
    z = gan.latents(3, seed=5)
    assert z.shape == (3, 3) and np.abs(z).max() <= 1
    with gan.inference():
        noise, noise_of_level = laplacian.split_noise(z, gan.generators)
        assert toys.same(toys.copy_of([noise, noise_of_level]), [z[:, :2], z[:, 2:]])
        condition = laplacian.double(gan.play(gan.generators[0], noise))
        residual = gan.play(gan.generators[1], [noise_of_level, condition])
    wanted = np.clip(ops.convert_to_numpy(condition + residual), -1, 1)
    found = gan.generate(3, seed=5, as_float=True)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_networks_are_still_levels_of_the_model_once_it_is_loaded(tmp_path):
    gan = small_game((28, 28, 1), 2)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.level_shapes == gan.level_shapes
    assert [D.name for D in again.discriminators] == [
        D.name for D in gan.discriminators
    ]
    small = toys.pictures(3)[..., :1].repeat(2, 1)[:, :7].repeat(2, 2)[:, :, :7]
    one, two = ([g.generate(2, seed=0), g.refine(small, seed=0)] for g in (gan, again))
    assert toys.same(one, two)


# === One level up ===


def test_each_level_but_the_last_is_refined_to_the_next():
    gan = small_game((28, 28, 1), 2)
    rng = np.random.default_rng(0)
    for side in (7, 14):
        small = rng.integers(0, 256, (3, side, side, 1)).astype("uint8")
        one, again, other = (gan.refine(small, seed=seed) for seed in (1, 1, 2))
        assert one.shape == (3, 2 * side, 2 * side, 1) and one.dtype == "uint8"
        np.testing.assert_array_equal(one, again)
        assert (one != other).any()
    small = small[:, :7, :7]
    floats = gan.refine(small / np.float32(127.5) - 1, seed=1)
    np.testing.assert_array_equal(floats, gan.refine(small, seed=1))


@pytest.mark.parametrize(
    "shape", [(0, 2, 2, 1), (2, 4, 4, 1), (2, 2, 2, 3), (2, 2, 1), (2, 3, 2, 1)]
)
def test_images_of_no_level_are_not_refined(shape):
    gan = toys.build("LAPGAN")
    with pytest.raises(
        ValueError, match=r"another refines: \(2, 2, 1\)\. Received: im"
    ):
        gan.refine(np.zeros(shape, "uint8"))


def test_images_out_of_range_are_not_refined():
    with pytest.raises(ValueError, match=r"\[-1, 1\]"):
        toys.build("LAPGAN").refine(np.full((2, 2, 2, 1), 200.0, "float32"))


# === Its networks ===


@pytest.mark.parametrize("size, channels, base", [(28, 1, 7), (32, 3, 8)])
def test_default_networks_begin_with_small_images(size, channels, base):
    gan = ganzoo.LAPGAN((size, size, channels))
    assert [shape[0] for shape in gan.level_shapes] == [base, 2 * base, 4 * base]
    assert gan.levels == 2
    assert gan.latent_dim == 100 + (2 * base) ** 2 + (4 * base) ** 2
    kernels = [
        layer.kernel.shape
        for layer in gan.generators[-1].layers
        if isinstance(layer, layers.Conv2D)
    ]
    assert kernels == [
        (7, 7, channels + 1, 64),
        (7, 7, 64, 64),
        (5, 5, 64, channels),
    ]
    # A difference of images may be beyond [-1, 1].
    assert gan.generators[-1].layers[-1].activation is keras.activations.linear
    optimizer = gan.default_optimizer()
    assert float(optimizer.learning_rate) == pytest.approx(0.02)
    assert optimizer.momentum == 0.5


def test_a_discriminator_judges_residuals_with_the_image_that_they_belong_to():
    (_, network) = laplacian.levels_of(
        networks.lapgan_discriminator((12, 12, 1), 1, units=(2,), filters=2)
    )
    rng = np.random.default_rng(0)
    residual, change, image = (
        rng.normal(size=(2, 12, 12, 1)).astype("float32") for _ in range(3)
    )
    one, same, other = (
        ops.convert_to_numpy(network([a, b]))
        for a, b in (
            (residual, image),
            (residual + change, image - change),
            (residual + change, image),
        )
    )
    np.testing.assert_allclose(one, same, atol=1e-4)
    assert np.abs(one - other).min() > 1e-3


def test_folders_of_any_size_have_levels_down_to_small_images():
    for size, levels in ((28, 2), (32, 2), (64, 3), (128, 4), (256, 5)):
        sections = ganzoo.LAPGAN.settings_for_folder(size)
        assert [sections[p]["levels"] for p in ("generator", "discriminator")] == [
            levels,
            levels,
        ]
        assert size >> levels in (7, 8)


# === What cannot be meant ===


@pytest.mark.parametrize(
    "shape, levels, message",
    [
        ((30, 28, 1), 2, "multiples of 4.*levels=2"),
        ((28, 30, 1), None, "multiples of 4.*levels=2"),
        ((28, 28, 1), 3, "multiples of 8"),
        ((28, 28, 1), 0, "`levels` must be an int of at least 1"),
        ((28, 28, 1), True, "`levels` must be an int of at least 1"),
        ((28, 28, 1), 2.0, "`levels` must be an int of at least 1"),
        ((32, 32, 1), 3, "must leave images of 5 pixels or more.*levels=3"),
        ((28, 28), 2, "three positive ints"),
    ],
)
def test_images_that_do_not_halve_are_refused(shape, levels, message):
    with pytest.raises(ValueError, match=message):
        ganzoo.LAPGAN(shape, levels=levels)


X, S = toys.X, (2, 2, 1)


def drawing(*inputs, to, activation=None):
    return toys.network(list(inputs), to, activation=activation)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: [], r"`generator` must be a list of networks.*lapgan_generator"),
        (lambda: toys.network([toys.Z], X), "`generator` must be a list.*with 0 of"),
        (lambda: [drawing((2,), to=S)], "with 1 of them"),
        (lambda: [drawing((2,), to=S), None], r"generator\[1\]"),
        (
            lambda: [drawing((2,), to=S), drawing((1,), S, to=S)],
            r"`generator\[1\]` must return residuals of shape \(4, 4, 1\)",
        ),
        (
            lambda: [drawing((2,), to=S), drawing((1,), S, to=X)],
            r"`generator\[1\]` must take noise of shape \(1,\) and enlarged images of "
            r"shape \(4, 4, 1\)",
        ),
        (lambda: [drawing((2,), to=S), drawing((1,), to=X)], "and enlarged images"),
        (lambda: [drawing((2,), X, to=S), drawing((1,), X, to=X)], "must take noise"),
        (lambda: [drawing((2,), to=(4,)), drawing((1,), X, to=X)], "three positive"),
        (
            lambda: [
                drawing((2,), to=S, activation="sigmoid"),
                drawing((1,), X, to=X),
            ],
            r"`generator\[0\]` must return images in \[-1, 1\]",
        ),
        (
            lambda: [drawing((2,), to=S), wide_noise()],
            r"`generator\[1\]` must take noise of a known size",
        ),
    ],
)
def test_generators_that_do_not_fit_their_level_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        ganzoo.LAPGAN(generator=make(), discriminator=judges(X, 1))


def wide_noise():
    noise, image = layers.Input((None, None, 1)), layers.Input(X)
    flat = layers.GlobalAveragePooling2D()(noise)
    x = layers.Dense(16)(layers.Concatenate()([flat, layers.Flatten()(image)]))
    return keras.Model([noise, image], layers.Reshape(X)(x))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: toys.network([X], (1,)), "`discriminator` must be a list.*with 0"),
        (lambda: judges(X, 1)[::-1], r"`discriminator\[0\]` must take the smallest"),
        (
            lambda: [toys.network([S], (1,)), toys.network([X, S], (1,))],
            r"`discriminator\[1\]` must take residuals.*and enlarged images of shape",
        ),
        (
            lambda: [toys.network([S], (2,)), toys.network([X, X], (1,))],
            r"`discriminator\[0\]` must return one logit",
        ),
        (
            lambda: [
                toys.network([S], (1,)),
                toys.network([X, X], (1,), activation="sigmoid"),
            ],
            r"discriminator\[1\]",
        ),
        (lambda: judges((8, 8, 1), 1), "must have the same levels"),
        (lambda: judges((8, 8, 1), 2), "must have the same levels"),
    ],
)
def test_discriminators_that_do_not_fit_their_level_are_refused(make, message):
    generator = [drawing((2,), to=S), drawing((1,), X, to=X)]
    with pytest.raises(ValueError, match=message):
        ganzoo.LAPGAN(generator=generator, discriminator=make())


def test_levels_that_networks_do_not_have_are_refused():
    assert toys.build("LAPGAN", levels=1).levels == 1
    with pytest.raises(ValueError, match="Leave out `levels`.*of 1 levels"):
        toys.build("LAPGAN", levels=2)


@pytest.mark.parametrize(
    "option",
    [
        {"augmentation": ["color"]},
        {"instance_noise": 0.1},
        {"packing": 2},
        {"r1_weight": 1.0},
        {"r2_weight": 1.0},
        {"roth_weight": 1.0},
    ],
)
def test_options_of_one_discriminator_of_images_are_refused(option):
    (name,) = option
    with pytest.raises(ValueError, match=f"LAPGAN has no `{name}`"):
        toys.build("LAPGAN", **option)


def test_pyramids_of_other_values_are_refused():
    gan = toys.build("LAPGAN")
    coarse, residual = gan.pyramid(toys.pictures(2))
    for parts in (
        [(coarse * 127).astype("uint8"), residual],
        [coarse, np.full_like(residual, np.nan)],
        [coarse, 3.0 + residual],
    ):
        with pytest.raises(ValueError, match="must be of floats.*Received: an array"):
            gan.from_pyramid(parts)
    with pytest.raises(ValueError, match="must be a list"):
        gan.from_pyramid(5)
