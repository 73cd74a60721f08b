"""CoGAN: two games with one latent, and layers that both domains share."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import data
from ganzoo.inputs.epochs import Epochs
from ganzoo.visualization import samples

SHAPE = (28, 28, 1)
X, Y = toys.data("CoGAN")


def floats(*arrays):
    return tuple(ops.convert_to_tensor(a / np.float32(127.5) - 1) for a in arrays)


def game(**networks):
    keras.utils.set_random_seed(1)
    return ganzoo.CoGAN(**{**toys.networks("CoGAN"), "seed": 2, **networks})


# === A game of one pixel: Gᵢ(z) = cᵢ a, and Dᵢ(x) = v uᵢ x ===

A, C = 0.5, (0.6, -1.4)
V, U = 0.7, (2.0, 3.0)
REAL = np.float32([0.25, -0.5])


def one_pixel():
    z = layers.Input((3,))
    shared = layers.Dense(1, kernel_initializer="zeros", name="shared")
    flat, heads = shared(z), [layers.Dense(1, use_bias=False) for _ in C]
    images = [layers.Reshape((1, 1, 1))(head(flat)) for head in heads]
    generator = keras.Model(z, images)
    kernel, _ = shared.get_weights()
    shared.set_weights([kernel, np.float32([A])])
    pixels = [layers.Input((1, 1, 1)) for _ in U]
    stems = [layers.Dense(1, use_bias=False) for _ in U]
    last = layers.Dense(1, use_bias=False, name="last")
    logits = [last(stem(layers.Flatten()(x))) for stem, x in zip(stems, pixels)]
    discriminator = keras.Model(pixels, logits)
    for layer, weight in zip([*heads, *stems, last], [*C, *U, V]):
        layer.set_weights([np.float32([[weight]])])
    return ganzoo.CoGAN(generator=generator, discriminator=discriminator, seed=0)


def one_pixel_batch():
    return tuple(ops.full((4, 1, 1, 1), x) for x in REAL)


def gradient_by_name(gan, player):
    """Gradients of a player's step, by the names of its variables' layers."""
    names = [v.path.split("/")[-2] for v in getattr(gan, f"{player}_variables")]
    kinds = [v.path.split("/")[-1] for v in getattr(gan, f"{player}_variables")]
    gradients = toys.gradient_of(gan, player, one_pixel_batch())
    return {
        f"{n}/{k}": g.item() for n, k, g in zip(names, kinds, gradients) if g.size == 1
    }


def test_losses_are_the_sums_over_both_domains():
    gan, u, fake = one_pixel(), V * np.array(U), A * np.array(C)
    d_loss = toys.softplus(-u * REAL).sum() + toys.softplus(u * fake).sum()
    g_loss = toys.softplus(-u * fake).sum()
    batch = one_pixel_batch()
    assert toys.value(gan.discriminator_loss(batch)) == pytest.approx(d_loss, rel=1e-5)
    assert toys.value(gan.generator_loss(batch)) == pytest.approx(g_loss, rel=1e-5)


def test_the_gradient_of_a_shared_weight_is_the_sum_of_both_domains():
    c, u, fake = np.array(C), np.array(U), A * np.array(C)
    # d/da of softplus(−v uᵢ cᵢ a), and d/dv of the discriminator's loss.
    of_a = -V * u * c * toys.sigmoid(-V * u * fake)
    of_v = -u * REAL * toys.sigmoid(-V * u * REAL) + u * fake * toys.sigmoid(
        V * u * fake
    )
    found = gradient_by_name(one_pixel(), "generator")["shared/bias"]
    assert found == pytest.approx(of_a.sum(), rel=1e-4)
    found = gradient_by_name(one_pixel(), "discriminator")["last/kernel"]
    assert found == pytest.approx(of_v.sum(), rel=1e-4)


def test_penalties_on_slopes_are_the_sums_over_both_domains():
    gan, batch, u = one_pixel(), one_pixel_batch(), V * np.array(U)
    fake = A * np.array(C)
    for penalty in (gan.r1_penalty, gan.r2_penalty):
        assert toys.value(penalty(batch)) == pytest.approx((u**2).sum() / 2, rel=1e-5)
    roth = (toys.sigmoid(-u * REAL) * u) ** 2 + (toys.sigmoid(u * fake) * u) ** 2
    assert toys.value(gan.roth_penalty(batch)) == pytest.approx(
        roth.sum() / 2, rel=1e-4
    )


def test_undecided_discriminators_cost_4_log_2_and_2_log_2():
    gan = game(discriminator=toys.undecided(toys.discriminator("CoGAN")))
    batch = floats(X, Y)
    d_loss, g_loss = gan.discriminator_loss(batch), gan.generator_loss(batch)
    assert toys.value(d_loss) == pytest.approx(4 * np.log(2), rel=1e-5)
    assert toys.value(g_loss) == pytest.approx(2 * np.log(2), rel=1e-5)
    assert gan.undecided_loss == pytest.approx(4 * np.log(2))


def test_labels_of_data_of_both_domains_are_smoothed():
    gan = one_pixel()
    gan.label_smoothing = 0.25
    u, fake = V * np.array(U), A * np.array(C)
    of_data = 0.75 * toys.softplus(-u * REAL) + 0.25 * toys.softplus(u * REAL)
    wanted = of_data.sum() + toys.softplus(u * fake).sum()
    found = gan.discriminator_loss(one_pixel_batch())
    assert toys.value(found) == pytest.approx(wanted, rel=1e-5)


# === Layers of both domains ===


def test_shared_variables_are_counted_once_and_stay_shared(tmp_path):
    gan = ganzoo.CoGAN(
        generator=ganzoo.networks.cogan_generator(SHAPE, filters=2),
        discriminator=ganzoo.networks.cogan_discriminator(SHAPE, filters=4),
        seed=0,
    )
    # A dense layer and three convolutions, each with a normalisation and a PReLU, and
    # the last convolutions; two first convolutions, one more and two dense layers.
    counts = [4 * (1 + 2 + 1) + 2 * 2, 2 * 2 + 2 + 2 + 1 + 2]
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    for one in (gan, again):
        found = [len(one.generator_variables), len(one.discriminator_variables)]
        assert found == counts
        variables = [*one.generator_variables, *one.discriminator_variables]
        assert len({id(v) for v in variables}) == sum(counts)
    one, two = (g.generate(2, seed=0) for g in (gan, again))
    assert toys.same(one, two)


@pytest.mark.parametrize("network", ["cogan_generator", "cogan_discriminator"])
def test_only_the_layers_at_the_images_are_of_one_domain(network):
    make = getattr(ganzoo.networks, network)
    coupled, untied = (make(SHAPE, filters=4, coupled=c) for c in (True, False))
    kinds = (layers.Conv2DTranspose, layers.Conv2D)

    def count(model, kind):
        return sum(isinstance(layer, kind) for layer in model.layers)

    is_generator = network == "cogan_generator"
    kind, one, two = (kinds[0], 3 + 2, 2 * 4) if is_generator else (kinds[1], 3, 4)
    assert (count(coupled, kind), count(untied, kind)) == (one, two)
    # Nothing but the latents in common.
    single = 5 * 5 * 4 + 4 if not is_generator else 6 * 6 * 4 + 1
    assert untied.count_params() == 2 * (coupled.count_params() - single)


@pytest.mark.parametrize(
    "size, channels",
    [(16, (1, 1)), (28, (3, 3)), (32, (1, 3)), (45, (3, 1)), (64, (1, 1))],
)
def test_networks_are_for_any_size_and_for_domains_of_other_channels(size, channels):
    shapes = [(size, size + 2, c) for c in channels]
    gan = ganzoo.CoGAN(
        generator=ganzoo.networks.cogan_generator(*shapes, filters=1),
        discriminator=ganzoo.networks.cogan_discriminator(*shapes, filters=2),
    )
    assert gan.image_shapes == shapes
    assert (gan.image_shape, gan.second_shape) == tuple(shapes)
    assert [x.shape for x in gan.generate(2, seed=0)] == [(2, *s) for s in shapes]


def test_default_networks_are_those_of_the_authors_code():
    gan = ganzoo.CoGAN(SHAPE)
    assert gan.latent_dim == 100
    shapes = [layer.output.shape[1:] for layer in gan.generator.layers]
    for wanted in [(4, 4, 1024), (7, 7, 512), (13, 13, 256), (25, 25, 128), SHAPE]:
        assert wanted in shapes
    shapes = [layer.output.shape[1:] for layer in gan.discriminator.layers]
    for wanted in [(24, 24, 20), (12, 12, 20), (8, 8, 50), (4, 4, 50), (500,), (1,)]:
        assert wanted in shapes
    gan.compile()
    for optimizer in gan.optimizer.optimizers:
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.999)
    z = ops.convert_to_numpy(gan.prior((10_000,), seed=1))
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1


def test_weight_decay_is_of_each_kernel_once_and_has_the_gradient_of_the_name():
    decay = 0.125
    network = ganzoo.networks.cogan_discriminator(SHAPE, filters=2, weight_decay=decay)
    generator = ganzoo.networks.cogan_generator(SHAPE, filters=1, weight_decay=0.0)
    gan = ganzoo.CoGAN(generator=generator, discriminator=network, seed=0)
    kernels = [v for v in network.trainable_variables if v.path.endswith("kernel")]
    squares = sum((w**2).sum() for w in toys.copy_of(kernels))
    # 2 first convolutions, 1 of both domains, 2 dense layers.
    assert len(kernels) == 5
    found = toys.value(gan.regularized(0.0, gan.discriminator_variables))
    assert found == pytest.approx(decay / 2 * squares, rel=1e-4)
    assert gan.regularized(0.0, gan.generator_variables) == 0.0
    for name in ("cogan_generator", "cogan_discriminator"):
        default = getattr(ganzoo.networks, name)(SHAPE, filters=1)
        found = {v.regularizer.l2 for v in default.trainable_variables if v.regularizer}
        assert [float(ops.convert_to_numpy(x)) for x in found] == [
            pytest.approx(2.5e-4)
        ]


def test_equal_ends_draw_equal_images_to_the_bit():
    generator = ganzoo.networks.cogan_generator(SHAPE, filters=4)
    one, two = (generator.get_layer(name) for name in _last_convolutions(generator))
    two.set_weights(one.get_weights())
    discriminator = ganzoo.networks.cogan_discriminator(SHAPE, filters=2)
    gan = ganzoo.CoGAN(generator=generator, discriminator=discriminator, seed=0)
    first, second = gan.generate(5, seed=3)
    np.testing.assert_array_equal(first, second)
    assert (first[0] != first[1]).any()


def _last_convolutions(generator):
    convolutions = [
        layer.name
        for layer in generator.layers
        if isinstance(layer, layers.Conv2DTranspose)
    ]
    return convolutions[-2:]


# === Data without pairs ===


@pytest.fixture
def shown(monkeypatch):
    """The batches that `fit` has shown, each as the first pixels of both domains."""
    batches, take = [], Epochs.part

    def watch(self, *part):
        batch = take(self, *part)
        batches.append([x[:, 0, 0, 0].tolist() for x in batch])
        return batch

    monkeypatch.setattr(Epochs, "part", watch)
    return batches


def numbered(count):
    """Images whose first pixel is their number."""
    x = toys.pictures(count)
    x[:, 0, 0, 0] = np.arange(count)
    return x


def pairs_of(batches):
    return [pair for first, second in batches for pair in zip(first, second)]


def test_partners_are_new_in_each_epoch_and_follow_the_seed(shown):
    x = numbered(24)
    epochs = []
    for seed in (2, 2, 3):
        shown.clear()
        gan = toys.untraced("CoGAN", seed=seed)
        gan.fit(x, x, batch_size=8, epochs=2, verbose=0)
        # Keras may look at a batch before the first epoch, to learn its shape.
        epochs += [pairs_of(shown[-6:-3]), pairs_of(shown[-3:])]
    one, two, one_again, two_again, other, _ = epochs
    for epoch in epochs:
        for numbers in zip(*epoch):
            assert sorted(numbers) == list(range(24))
        assert sum(i == j for i, j in epoch) < 6
    assert set(one) != set(two)
    assert (one, two) == (one_again, two_again)
    assert set(one) != set(other)


def test_a_run_that_goes_on_shows_the_partners_of_one_that_did_not_stop(
    shown, tmp_path
):
    x, y = numbered(24), numbered(10)
    options = {"batch_size": 8, "verbose": 0}
    straight = toys.untraced("CoGAN")
    straight.fit(x, y, epochs=2, **options)
    wanted = pairs_of(shown[-3:])
    stopped = toys.untraced("CoGAN")
    stopped.fit(x, y, epochs=1, **options)
    stopped.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    again.fit(x, y, epochs=2, initial_epoch=1, **options)
    assert pairs_of(shown[-3:]) == wanted
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(straight.variables))


def test_domains_may_have_any_numbers_of_images(shown):
    gan, x, y = toys.untraced("CoGAN"), numbered(24), numbered(7)
    for first, second in ((x, y), (y, x)):
        shown.clear()
        gan.fit(first, second, batch_size=8, verbose=0)
        assert len(pairs_of(shown[-3:])) == 24
        for numbers, images in zip(zip(*pairs_of(shown[-3:])), (first, second)):
            # The shorter one begins again, all of it before any image comes again.
            counts = np.bincount(numbers, minlength=len(images))
            assert counts.max() - counts.min() <= 1
    options = {"batch_size": 8, "verbose": 0, "return_dict": True}
    for steps in (None, 2):
        losses = gan.evaluate(x, y, steps=steps, **options)
        assert np.isfinite(list(losses.values())).all()
    history = gan.fit(x, y, validation_data=(y, x[:9]), verbose=0).history
    assert np.isfinite(history["val_generator_loss"]).all()
    history = gan.fit(x, y, validation_split=0.3, verbose=0).history
    assert np.isfinite(history["val_generator_loss"]).all()


def test_fit_takes_what_ganzoo_data_returns():
    gan = toys.untraced("CoGAN")
    for unpaired in (data.Unpaired(X, Y[:9]), data.Pairs(X, Y)):
        history = gan.fit(unpaired, validation_data=unpaired, verbose=0).history
        assert np.isfinite(list(history.values())).all()
        assert np.isfinite(gan.evaluate(unpaired, verbose=0)).all()


def test_a_model_of_pairs_takes_no_images_without():
    with pytest.raises(ValueError, match="Pass `ganzoo.data.Pairs`.*type Unpaired"):
        toys.untraced("Pix2Pix").fit(data.Unpaired(X, Y), verbose=0)


@pytest.mark.parametrize(
    "arrays, message",
    [
        ((X,), "Pass `x` and `y` as arrays"),
        ((X[:0], Y), r"Received: x of shape \(0, "),
        ((X, Y[:0]), r"Received: y of shape \(0, "),
        ((X, toys.labels()), "`y` must have the shape|Each example of `y` must"),
        ((X, Y[:, :3]), "Each example of `y` must have the shape"),
        ((X, np.repeat(Y, 3, -1)), "Each example of `y` must have the shape"),
        ((X, Y / 255.0), r"Map images in \[0, 1\] to \[-1, 1\] first"),
    ],
)
def test_data_that_cannot_be_meant_are_refused(arrays, message):
    gan = toys.untraced("CoGAN")
    for door in (gan.fit, gan.evaluate):
        with pytest.raises(ValueError, match=message):
            door(*arrays, verbose=0)


# === Networks that cannot be meant ===


def _two_in_one(*models):
    z = layers.Input((3,))
    return keras.Model(z, [model(z) for model in models])


def test_two_separate_networks_are_refused():
    one, two = (toys.networks("GAN")["generator"] for _ in range(2))
    with pytest.raises(ValueError, match="`generator` must be a `keras.Model`"):
        game(generator=[one, two])
    with pytest.raises(ValueError, match="one graph that returns a list of 2 outputs"):
        game(generator=one)
    with pytest.raises(ValueError, match="one graph that returns a list of 2 outputs"):
        game(discriminator=toys.networks("Pix2Pix")["discriminator"])


def test_two_networks_in_one_that_share_layers_are_refused():
    z, shared = layers.Input((3,)), layers.Dense(8)
    nested = []
    for _ in range(2):
        image = layers.Dense(16, "tanh")(shared(z))
        nested.append(keras.Model(z, layers.Reshape(toys.IMAGE_SHAPE)(image)))
    both, latents = _two_in_one(*nested), layers.Input((3,))
    for generator in (both, keras.Model(latents, both(latents))):
        with pytest.raises(ValueError, match="Networks that share layers must be one"):
            game(generator=generator)
    # That is no matter where they share nothing.
    separate = [toys.networks("GAN")["generator"] for _ in range(2)]
    for i, model in enumerate(separate):
        model.name = f"half_{i}"
    both = _two_in_one(*separate)
    for generator in (both, keras.Model(latents, both(latents))):
        assert game(generator=generator).generate(2)[1].shape[0] == 2


def test_a_generator_whose_domains_share_the_last_layer_is_refused():
    z, last = layers.Input((3,)), layers.Dense(16, "tanh")
    hidden = [layers.Dense(8)(z) for _ in range(2)]
    images = [layers.Reshape(toys.IMAGE_SHAPE)(last(x)) for x in hidden]
    with pytest.raises(ValueError, match="come from a last layer of its own"):
        game(generator=keras.Model(z, images))


def _images(activation="tanh", shapes=(toys.IMAGE_SHAPE, toys.IMAGE_SHAPE)):
    z = layers.Input((3,))
    ends = [layers.Dense(int(np.prod(s)), activation)(z) for s in shapes]
    return keras.Model(z, [layers.Reshape(s)(x) for s, x in zip(shapes, ends)])


def _logits(count=2, size=1, activation=None):
    images = [layers.Input(toys.IMAGE_SHAPE) for _ in range(count)]
    flat = [layers.Flatten()(x) for x in images]
    return keras.Model(images, [layers.Dense(size, activation)(x) for x in flat])


@pytest.mark.parametrize(
    "networks, message",
    [
        (lambda: {"generator": _images("sigmoid")}, r"images in \[-1, 1\]"),
        (
            lambda: {"generator": _images(shapes=((4, 4, 1), (4, 4, 3)))},
            r"images of the domain 'second' of shape \(4, 4, 3\)",
        ),
        (lambda: {"discriminator": _logits(3)}, "a list of 2 outputs"),
        (lambda: {"discriminator": _logits(size=2)}, "one logit for each example"),
        (lambda: {"discriminator": _logits(1, activation="sigmoid")}, "2 outputs"),
        (lambda: {"discriminator": _logits(activation="sigmoid")}, "return logits"),
        (lambda: {"packing": 2}, "`packing` is for a discriminator of images alone"),
        (lambda: {"second_shape": (28, 28, 1)}, "`second_shape` must be that of"),
    ],
)
def test_networks_and_options_that_cannot_be_meant_are_refused(networks, message):
    with pytest.raises(ValueError, match=message):
        game(**networks())


@pytest.mark.parametrize("shapes", [((8, 8, 1),), ((28, 28, 1), (32, 32, 1))])
@pytest.mark.parametrize("network", ["cogan_generator", "cogan_discriminator"])
def test_shapes_that_the_networks_cannot_couple_are_refused(network, shapes):
    with pytest.raises(ValueError, match="must have the same height and width, of 16"):
        getattr(ganzoo.networks, network)(*shapes)


# === Pairs of images ===


def test_generate_draws_pairs_or_one_domain_of_the_same_latents():
    gan = game()
    pairs = gan.generate(5, seed=3)
    assert isinstance(pairs, tuple) and len(pairs) == 2
    for i, name in enumerate(gan.domains):
        assert pairs[i].dtype == np.uint8
        assert pairs[i].shape == (5, *toys.IMAGE_SHAPE)
        for domain in (i, name):
            alone = gan.generate(5, seed=3, domain=domain)
            np.testing.assert_array_equal(alone, pairs[i])
        (chunk,) = gan.draw(5, seed=3, domain=name)
        np.testing.assert_array_equal(chunk, pairs[i])
        decoded = gan.decode(gan.latents(5, seed=3), domain=i)
        np.testing.assert_array_equal(decoded, pairs[i])
    assert (pairs[0] != pairs[1]).any()
    as_float = gan.generate(5, seed=3, as_float=True)
    assert toys.same([np.round((x + 1) * 127.5) for x in as_float], pairs)


@pytest.mark.parametrize("domain", [2, -1, "third", True, 0.5])
def test_a_domain_that_there_is_not_is_refused(domain):
    with pytest.raises(ValueError, match="0 'first', 1 'second'. Received: domain="):
        game().generate(2, domain=domain)
    with pytest.raises(ValueError, match="0 'images'. Received: domain=1"):
        toys.build("GAN").generate(2, domain=1)


def test_a_game_of_one_domain_draws_that():
    gan = toys.build("GAN")
    wanted = gan.generate(3, seed=1)
    for domain in (0, "images"):
        np.testing.assert_array_equal(gan.generate(3, seed=1, domain=domain), wanted)


def test_a_sheet_shows_pairs_side_by_side():
    gan = game()
    first, second = gan.generate(8 * 5, seed=4)
    sheet = samples.sheet(None, gan, (X, Y), seed=4)
    height, width, _ = toys.IMAGE_SHAPE
    np.testing.assert_array_equal(sheet[:height, :width], first[0])
    np.testing.assert_array_equal(sheet[:height, width : 2 * width], second[0])
    assert sheet.shape[1] == 5 * (2 * width + 2) - 2
    assert samples.interpolations(gan).shape[1] == 10 * (2 * width + 2) - 2


def test_images_of_several_domains_are_augmented_each_by_itself():
    gan, seen = game(augmentation=["color"]), []
    gan.judge_heads = lambda inputs: seen.append(inputs) or {"logit": inputs}
    x = floats(X, X)
    gan.D(list(x))
    first, second = map(ops.convert_to_numpy, seen[0])
    assert (first != second).any() and (first != ops.convert_to_numpy(x[0])).any()


def test_corresponding_images_are_learnt_without_pairs():
    """Domain 1 is bright above or below, and domain 2 its negative."""
    keras.utils.set_random_seed(0)
    shape, rng = (4, 4, 1), np.random.default_rng(0)
    x = np.zeros((400, *shape), "float32")
    above = rng.random(400) < 0.5
    x[above, :2], x[~above, 2:] = 0.8, 0.8
    x = (x - 0.4 + 0.05 * rng.normal(size=x.shape)).astype("float32")
    z, body = layers.Input((4,)), layers.Dense(16, "relu")
    flat = layers.Dense(16, "relu")(body(z))
    ends = [layers.Reshape(shape)(layers.Dense(16, "tanh")(flat)) for _ in range(2)]
    images = [layers.Input(shape) for _ in range(2)]
    last = [layers.Dense(16), layers.LeakyReLU(0.2), layers.Dense(1)]
    logits = []
    for image in images:
        features = layers.Dense(8)(layers.Flatten()(image))
        for layer in last:
            features = layer(features)
        logits.append(features)
    gan = ganzoo.CoGAN(
        generator=keras.Model(z, ends),
        discriminator=keras.Model(images, logits),
        seed=0,
    )
    gan.compile(*(keras.optimizers.Adam(5e-3, beta_1=0.5) for _ in range(2)))
    gan.fit(x[:200], -x[200:], batch_size=50, epochs=100, verbose=0)
    drawn = gan.generate(200, seed=0, as_float=True)
    sides = [d[:, :2].mean((1, 2, 3)) > d[:, 2:].mean((1, 2, 3)) for d in drawn]
    assert 0.1 < sides[0].mean() < 0.9
    agreement = (sides[0] != sides[1]).mean()
    assert max(agreement, 1 - agreement) > 0.9
