"""IcGAN: its losses and stages by hand, and what it makes of a user's images."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.game.inversion import search
from ganzoo.game.kinds.conditional import attributes as kinds
from ganzoo.game.kinds.conditional.matching import mismatched

RNG = np.random.default_rng(5)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
ONE = ("bright",)
# Shapes of two latents, two attributes and four pixels.
Z, Y, PIXELS = 2, 2, (2, 2, 1)


def mean_times_attribute(scale=1.0):
    """D(x, y) = scale · mean(x) · y, of one attribute."""
    x, y = layers.Input(toys.IMAGE_SHAPE), layers.Input((1,))
    mean = layers.GlobalAveragePooling2D()(x)
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model([x, y], dense(layers.Multiply()([mean, y])))
    dense.set_weights([np.array([[scale]], "float32")])
    return model


DARK, BRIGHT = np.zeros(toys.X, "float32"), np.ones(toys.X, "float32")


def of_one_attribute(discriminator, picture=DARK):
    """A game of one attribute, whose generator returns a picture."""
    return ganzoo.IcGAN(
        attributes=ONE,
        generator=toys.constant_generator(picture, (toys.Z, (1,))),
        discriminator=discriminator,
        encoder=toys.network([toys.X], toys.Z),
        attribute_encoder=toys.network([toys.X], (1,)),
        seed=0,
    )


def alternating(count=4):
    """Images of 1 that are bright, and of -1 that are not."""
    y = np.tile([[1.0], [-1.0]], (count // 2, 1)).astype("float32")
    return np.broadcast_to(y[..., None, None], (count, *toys.IMAGE_SHAPE)).copy(), y


def tensors(batch):
    return tuple(map(ops.convert_to_tensor, batch))


# === The game ===


def test_right_wrong_and_fake_pairs_cost_1_and_a_half_and_a_half():
    # Logits 1, −1 and 0: those of GAN-CLS.
    gan = of_one_attribute(mean_times_attribute())
    found = toys.value(gan.discriminator_loss(tensors(alternating())))
    by_hand = toys.softplus(-1) + (toys.softplus(-1) + toys.softplus(0)) / 2
    assert found == pytest.approx(by_hand, abs=1e-5)
    assert found == pytest.approx(0.816466, abs=1e-5)
    loss = toys.value(gan.generator_loss(tensors(alternating())))
    assert loss == pytest.approx(np.log(2), abs=1e-5)


def test_an_undecided_discriminator_costs_log_4():
    gan = toys.build("IcGAN")
    toys.undecided(gan.discriminator)
    with gan.inference():
        loss = toys.value(gan.discriminator_loss(gan.to_batch(toys.data("IcGAN"))))
    assert loss == pytest.approx(gan.undecided_loss) == pytest.approx(2 * np.log(2))


def test_gradients_at_0_are_a_half_and_two_quarters():
    # d/dw of D = w · mean(x) · y: its logits are w, −w, and w of a bright sample that
    # was asked for, −w of one that was not.
    gan = of_one_attribute(mean_times_attribute(0.0), BRIGHT)
    x, y = alternating()
    (gradient,) = toys.gradient_of(gan, "discriminator", (x, y))
    # Samples are bright, as half of the attributes ask for: ¼ · mean(y) = 0.
    np.testing.assert_allclose(gradient, [[-1 / 2 - 1 / 4]], atol=1e-6)
    # All are asked to be bright, and no pair is wrong.
    gan = of_one_attribute(mean_times_attribute(0.0), BRIGHT)
    (gradient,) = toys.gradient_of(gan, "discriminator", (np.abs(x), np.abs(y)))
    np.testing.assert_allclose(gradient, [[-1 / 2 + 1 / 4]], atol=1e-6)


def test_a_discriminator_that_ignores_attributes_pays_for_wrong_pairs():
    # sp(−D) + ½ sp(D) of data is least at log 2, where it would be 0 without.
    at = np.log(2)
    least = toys.softplus(-at) + toys.softplus(at) / 2
    for logit in (at - 0.1, at + 0.1):
        assert toys.softplus(-logit) + toys.softplus(logit) / 2 > least

    x, y = layers.Input(toys.IMAGE_SHAPE), layers.Input((1,))
    blind = layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")
    bias = layers.Rescaling(0.0)(y)
    flat = layers.Concatenate()([layers.Flatten()(x), bias])
    gan = of_one_attribute(keras.Model([x, y], blind(flat)))
    loss = toys.value(gan.discriminator_loss(tensors(alternating())))
    by_hand = toys.softplus(-1) + toys.softplus(1) / 2 + toys.softplus(1) / 2
    assert loss == pytest.approx(by_hand, abs=1e-5)


def test_the_wrong_attributes_are_those_of_the_next_image_that_has_others():
    y = np.array([[1, 1], [1, 1], [-1, 1], [1, 1], [-1, -1]], "float32")
    others, differs = mismatched(ops.convert_to_tensor(y))
    np.testing.assert_array_equal(ops.convert_to_numpy(others), [2, 2, 3, 4, 0])
    np.testing.assert_array_equal(ops.convert_to_numpy(differs), np.ones((5, 1)))


def test_images_that_are_all_alike_have_no_wrong_pairs():
    y = np.ones((3, 2), "float32")
    _, differs = mismatched(ops.convert_to_tensor(y))
    np.testing.assert_array_equal(ops.convert_to_numpy(differs), np.zeros((3, 1)))


def test_a_batch_of_one_is_refused():
    gan = toys.compiled("IcGAN")
    x, y = toys.data("IcGAN", 4)
    with pytest.raises(ValueError, match="`batch_size` must be at least 2"):
        gan.fit(x, y, batch_size=1, verbose=0)


def test_samples_are_judged_with_the_attributes_they_were_asked_for():
    gan = toys.build("IcGAN")
    batch = gan.to_batch(toys.data("IcGAN"))
    with gan.inference():
        samples, y = gan.sample_inputs(batch)
    assert tuple(samples.shape) == tuple(batch[0].shape) and y is batch[1]


# === The stages ===


def linear(count, units, kernel, bias=0.0):
    """A network of a dense layer alone."""
    x = layers.Input((count,))
    dense = layers.Dense(units)
    model = keras.Model(x, dense(x))
    dense.set_weights([kernel, np.full(units, bias, "float32")])
    return model


# G(z, y) = A z + B y, on four pixels; A and B are orthogonal.
A = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, -0.5]], "float32")
B = np.array([[0.5, -0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]], "float32")


def linear_game(encoder=None, attribute_encoder=None, **options):
    """A game of G(z, y) = A z + B y, with linear encoders that invert it by default."""
    z, y = layers.Input((Z,)), layers.Input((Y,))
    dense = layers.Dense(4, use_bias=False)
    out = layers.Reshape(PIXELS)(dense(layers.Concatenate()([z, y])))
    generator = keras.Model([z, y], out)
    dense.set_weights([np.concatenate([A, B])])

    def of_images(kernel):
        x = layers.Input(PIXELS)
        back = layers.Dense(len(kernel.T), use_bias=False)
        model = keras.Model(x, back(layers.Flatten()(x)))
        back.set_weights([kernel])
        return model

    x, label = layers.Input(PIXELS), layers.Input((Y,))
    judged = layers.Concatenate()([layers.Flatten()(x), label])
    return ganzoo.IcGAN(
        attributes=("glasses", "beard"),
        generator=generator,
        discriminator=keras.Model([x, label], layers.Dense(1)(judged)),
        encoder=of_images(2 * A.T if encoder is None else encoder),
        attribute_encoder=of_images(
            2 * B.T if attribute_encoder is None else attribute_encoder
        ),
        seed=0,
        **options,
    )


def linear_batch(count=8):
    z = RNG.normal(size=(count, Z)).astype("float32") * 0.3
    y = np.where(RNG.random((count, Y)) < 0.5, 1.0, -1.0).astype("float32")
    return (z @ A + y @ B).reshape(count, *PIXELS), y, z


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_linear_generator_is_inverted_by_least_squares(scale):
    # E(G(z, y)) = scale · z, whichever y: what is left is (1 − scale)² E[z²].
    gan = linear_game(encoder=scale * 2 * A.T)
    x, y, _ = linear_batch(4000)
    found = toys.value(gan.latent_loss(tensors((x, y))))
    assert found == pytest.approx((1 - scale) ** 2, abs=0.03)


def test_an_encoder_that_cannot_know_has_a_loss_of_1():
    # The best encoder of G(z, y) = |z| is E[z | |z|] = 0.
    gan = linear_game(encoder=np.zeros((4, Z), "float32"))
    x, y, _ = linear_batch(4000)
    found = toys.value(gan.latent_loss(tensors((x, y))))
    assert found == pytest.approx(1.0, abs=0.08)


def test_the_encoder_of_attributes_learns_from_data():
    gan = linear_game(attribute_encoder=B.T)
    x, y, _ = linear_batch()
    # E_y(x) = ½ y: ¼ of y², which is 1.
    found = toys.value(gan.attributes_loss(tensors((x, y))))
    assert found == pytest.approx(0.25, abs=1e-5)


def test_each_stage_trains_its_encoder_and_nothing_else():
    gan = toys.build("IcGAN")
    gan.compile(stage_optimizers={name: "sgd" for name in gan.stages})
    data = toys.data("IcGAN")
    own = {"latent": "encoder", "attributes": "attribute_encoder"}
    for stage, player in own.items():
        before = {n: toys.copy_of(m.variables) for n, m in gan.players.items()}
        history = gan.fit(*data, batch_size=12, stage=stage, verbose=0).history
        assert list(history) == [f"{stage}_loss"]
        for name, network in gan.players.items():
            same = toys.same(before[name], toys.copy_of(network.variables))
            assert same == (name != player), (stage, name)


def test_gradients_of_the_encoders_are_those_by_hand():
    gan = linear_game(attribute_encoder=np.zeros((4, Y), "float32"))
    gan.compile(
        stage_optimizers={name: keras.optimizers.SGD(1.0) for name in gan.stages}
    )
    x, y, _ = linear_batch()
    kernel = gan.attribute_encoder.get_weights()[0]
    gan.fit(x, y, batch_size=len(x), stage="attributes", verbose=0)
    # d/dW of mean (y − x W)² at 0 is −2 xᵀ y / n.
    by_hand = 2 * x.reshape(len(x), -1).T @ y / y.size
    moved = gan.attribute_encoder.get_weights()[0] - kernel
    np.testing.assert_allclose(moved, by_hand, rtol=1e-4, atol=1e-5)


# === Images of a user ===


def test_images_are_encoded_exactly_by_the_inverse():
    gan = linear_game()
    x, y, z = linear_batch()
    found_z, found_y = gan.encode(x)
    np.testing.assert_allclose(found_z, z, atol=1e-5)
    np.testing.assert_array_equal(found_y, y)


def test_an_edit_changes_the_attribute_and_keeps_the_rest():
    gan = linear_game()
    x, y, z = linear_batch()
    edited = gan.edit(x, {"glasses": True})
    wanted = z @ A + np.stack([np.ones(len(y)), y[:, 1]], axis=1) @ B
    wanted = np.clip((wanted.reshape(x.shape) + 1) * 127.5, 0, 255)
    assert np.abs(edited - wanted).max() <= 1


def test_no_change_is_the_reconstruction_to_the_bit():
    gan = toys.build("IcGAN")
    images = toys.pictures(5)
    np.testing.assert_array_equal(gan.edit(images, {}), gan.reconstruct(images))
    z, y = gan.encode(images)
    np.testing.assert_array_equal(gan.reconstruct(images), gan.decode(z, [y]))


def test_attributes_that_are_swapped_twice_are_as_before():
    gan = linear_game()
    (x, _, _), (others, _, _) = linear_batch(), linear_batch()
    z, y = gan.encode(x)
    other_z, other_y = gan.encode(others)
    one, two = gan.swap(x, others)
    np.testing.assert_array_equal(one, gan.decode(z, [other_y]))
    np.testing.assert_array_equal(two, gan.decode(other_z, [y]))
    back, _ = gan.swap(one, two)
    assert np.abs(back.astype(int) - gan.decode(z, [y])).max() <= 1
    with pytest.raises(ValueError, match="must be as many as `images`"):
        gan.swap(x, others[:3])


def test_optimised_latents_correct_an_encoder_that_is_wrong():
    gan = linear_game(encoder=np.zeros((4, Z), "float32"))
    x, y, z = linear_batch(4)
    options = {"latents": "optimised", "verbose": 0, "steps": 300, "prior_weight": 0.0}
    found, told = gan.encode(x, **options)
    np.testing.assert_allclose(found, z, atol=2e-2)
    np.testing.assert_array_equal(told, y)
    edited = gan.edit(x, {"beard": False}, **options)
    wanted = z @ A + np.stack([y[:, 0], -np.ones(len(y))], axis=1) @ B
    wanted = (wanted.reshape(x.shape) + 1) * 127.5
    assert np.abs(edited - wanted).max() <= 3


def test_a_network_of_identity_says_what_is_kept():
    # F sees the first latent's pixels alone: only that latent is found.
    gan = linear_game(encoder=np.zeros((4, Z), "float32"))
    x, _, z = linear_batch(4)
    inputs = layers.Input(PIXELS)
    dense = layers.Dense(1, use_bias=False)
    identity = keras.Model(inputs, dense(layers.Flatten()(inputs)))
    dense.set_weights([2 * A[:1].T])
    found, _ = gan.encode(
        *(x, "optimised"), identity=identity, steps=300, prior_weight=0.0, verbose=0
    )
    np.testing.assert_allclose(found[:, 0], z[:, 0], atol=2e-2)
    np.testing.assert_allclose(found[:, 1], 0.0, atol=1e-6)
    # Another time its weights are others.
    dense.set_weights([2 * A[1:].T])
    found, _ = gan.encode(
        *(x, "optimised"), identity=identity, steps=300, prior_weight=0.0, verbose=0
    )
    np.testing.assert_allclose(found[:, 1], z[:, 1], atol=2e-2)
    weights = identity.get_weights()[0].copy()
    np.testing.assert_array_equal(weights, 2 * A[1:].T)


def test_a_search_of_no_steps_is_the_encoder(monkeypatch):
    gan = toys.build("IcGAN")
    images = toys.pictures(3)
    monkeypatch.setattr(search, "CHUNK", 2)
    z, y = gan.encode(images)
    same_z, same_y = gan.encode(images, "optimised", steps=0)
    np.testing.assert_array_equal(z, same_z)
    np.testing.assert_array_equal(y, same_y)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"latents": "random"}, "`latents` must be one of"),
        ({"steps": 3}, "those of a search, for 'optimised'"),
        ({"latents": "optimised", "identity": "network"}, "`identity` must be a"),
        ({"latents": "optimised", "steps": -1}, "`steps` must be an int"),
    ],
)
def test_latents_that_cannot_be_meant_are_refused(options, message):
    gan = toys.build("IcGAN")
    with pytest.raises(ValueError, match=message):
        gan.edit(toys.pictures(2), {}, **options)


def test_a_network_of_identity_takes_the_images_and_is_the_only_distance():
    gan, images = toys.build("IcGAN"), toys.pictures(2)
    network = toys.network([(5, 5, 1)], (2,))
    with pytest.raises(ValueError, match="`identity` must take the images of shape"):
        gan.encode(images, "optimised", identity=network)
    network = toys.network([toys.X], (2,))
    with pytest.raises(ValueError, match="`identity`, or a `feature_weight`"):
        gan.encode(images, "optimised", identity=network, feature_weight=1.0)


def test_a_model_of_no_attributes_has_an_identity_too():
    gan = toys.build("GAN")
    network = toys.network([toys.X], (2,))
    z, errors = gan.project(
        toys.pictures(2), identity=network, steps=3, return_errors=True, verbose=0
    )
    assert z.shape == (2, 3) and np.isfinite(errors).all()


def test_encoders_that_have_not_been_trained_are_refused(tmp_path):
    gan, images = toys.compiled("IcGAN"), toys.pictures(4)
    data = toys.data("IcGAN")
    assert not gan.reconstructs
    for stage in ("attributes", "latent"):
        with pytest.raises(ValueError, match=f"fit\\(x, y, stage='{stage}'\\)"):
            gan.edit(images, {})
        gan.fit(*data, stage=stage, verbose=0)
    assert gan.reconstructs
    gan.edit(images, {})
    gan.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.edit(images, {}), gan.edit(images, {}))
    # Of weights whose training is not known it is taken that they are trained.
    toys.build("IcGAN").edit(images, {})


# === Attributes that are asked for ===

HAIR = ("black", "blond", "grey", "glasses")
GROUPS = (("black", "blond", "grey"),)


def of_hair(**options):
    """A game of three hair colours, of which an image has one at most, and glasses."""
    return ganzoo.IcGAN(
        attributes=HAIR,
        exclusive_groups=GROUPS,
        generator=toys.network([toys.Z, (4,)], toys.X, activation="tanh"),
        discriminator=toys.network([toys.X, (4,)], (1,)),
        encoder=toys.network([toys.X], toys.Z),
        attribute_encoder=toys.network([toys.X], (4,)),
        seed=0,
        **options,
    )


def test_what_is_set_takes_others_of_its_group_away():
    gan = of_hair()
    y = np.array([[1, -1, -1, -1], [-1, -1, 1, 1]], "float32")
    found = gan.set_attributes(y, {"blond": True})
    np.testing.assert_array_equal(found, [[-1, 1, -1, -1], [-1, 1, -1, 1]])
    found = gan.set_attributes(y, {"Black": False, "glasses": True})
    np.testing.assert_array_equal(found, [[-1, -1, -1, 1], [-1, -1, 1, 1]])
    np.testing.assert_array_equal(y[0], [1, -1, -1, -1])
    found = gan.flip_attribute(y, 1)
    np.testing.assert_array_equal(found, [[-1, 1, -1, -1], [-1, 1, -1, 1]])
    np.testing.assert_array_equal(gan.flip_attribute(found, 1)[:, 1], [-1, -1])


def test_of_a_group_the_greatest_number_is_left():
    told = np.array([[0.2, 0.9, -3.0, 0.1], [-1, -2, -3, -4]], "float32")
    found = of_hair().at_most_one(told)
    np.testing.assert_array_equal(found, [[-1, 1, -1, 1], [-1, -1, -1, -1]])


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"blonde": True}, "black, blond, grey, glasses. Did you mean 'blond'?"),
        ({"blond": True, "Blond": False}, "Ask for an attribute once."),
        ({"black": True, "grey": True}, "Ask for one of black and grey"),
        ({"glasses": "on"}, "must be True or False"),
        ({"glasses": 2}, "must be True or False"),
    ],
)
def test_changes_that_cannot_be_meant_are_refused(changes, message):
    gan = of_hair()
    with pytest.raises(ValueError, match=message):
        gan.edit(toys.pictures(2), changes)
    with pytest.raises(ValueError, match=message):
        gan.generate(2, attributes=changes)


def test_changes_are_a_dict():
    with pytest.raises(ValueError, match="Give a dict of attributes, like {'black'"):
        of_hair().edit(toys.pictures(2), ["blond"])


def test_what_encode_chooses_for_a_search_is_no_option():
    x = toys.pictures(2)
    with pytest.raises(ValueError, match="Received: attributes, start."):
        of_hair().encode(x, "optimised", start="random", attributes=[1, -1, -1, -1])


@pytest.mark.parametrize(
    "attributes, message",
    [
        (np.full((3, 4), 0.5), "1 where an image has one"),
        (np.ones((3, 3)), "a column for each of the 4 attributes: black"),
        ([1, 1, 0, 0], "at most one of black, blond, grey"),
        (np.zeros((2, 4)), "a condition for each of the 3 images"),
        (np.array([["a"] * 4] * 3), "Give a dict of attributes"),
    ],
)
def test_arrays_that_cannot_be_meant_are_refused(attributes, message):
    with pytest.raises(ValueError, match=message):
        of_hair().generate(3, attributes=attributes)


def test_images_are_drawn_for_the_attributes_that_are_asked_for():
    gan = of_hair()
    rows = np.array([[0, 1, 0, 1], [1, 0, 0, 0]])
    z = gan.latents(2, seed=3)
    wanted = gan.decode(z, [(2.0 * rows - 1).astype("float32")])
    for asked in (rows, 2 * rows - 1, rows.astype(bool), rows.astype("float32")):
        found = gan.generate(2, seed=3, attributes=asked)
        np.testing.assert_array_equal(found, wanted)
    of_one = gan.generate(2, seed=3, attributes=[0, 1, 0, 1])
    np.testing.assert_array_equal(of_one[0], wanted[0])


def test_what_is_not_asked_for_is_drawn_as_it_occurs_in_the_data():
    gan = of_hair()
    gan.compile()
    x = toys.pictures(24)
    rows = np.array([[1, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 1], [0, 0, 0, 1]])
    gan.fit(x, rows[np.arange(24) % 4], batch_size=12, epochs=50, verbose=0)
    (found,) = gan.find_conditions(3000, seed=1)
    kinds_of_rows = {tuple(row) for row in (found > 0).astype(int).tolist()}
    # What it began with is remembered no longer.
    assert kinds_of_rows == {tuple(row) for row in rows.tolist()}
    assert found.mean(axis=0)[3] == pytest.approx(2 * 3 / 4 - 1, abs=0.06)
    (again,) = gan.find_conditions(30, seed=1)
    np.testing.assert_array_equal(found[:30], again)
    (asked,) = gan.find_conditions(3000, seed=1, attributes={"blond": True})
    np.testing.assert_array_equal(asked[:, :3], np.tile([-1, 1, -1], (3000, 1)))
    np.testing.assert_array_equal(asked[:, 3], found[:, 3])


def test_all_combinations_are_alike_before_there_are_data():
    gan = toys.build("IcGAN")
    (found,) = gan.find_conditions(4000, seed=0)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=0.06)
    (of_groups,) = of_hair().find_conditions(2000, seed=0)
    assert ((of_groups[:, :3] > 0).sum(axis=1) <= 1).all()
    many = ganzoo.IcGAN((28, 28, 1), [f"a{i}" for i in range(40)])
    assert many.remembered.shape == (kinds.REMEMBERED, 40)


def test_names_groups_and_memory_are_saved(tmp_path):
    gan = of_hair()
    gan.compile()
    y = np.eye(4, dtype="int8")[np.arange(24) % 4]
    gan.fit(toys.pictures(24), y, batch_size=12, verbose=0)
    gan.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.attributes == HAIR and again.exclusive_groups == GROUPS
    np.testing.assert_array_equal(
        *(ops.convert_to_numpy(model.remembered) for model in (gan, again))
    )
    np.testing.assert_array_equal(again.generate(4, seed=0), gan.generate(4, seed=0))


# === What `fit` takes ===


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda y: y[:, :1], "a column for each of the 2 attributes: glasses, beard"),
        (lambda y: y[:, 0], "`y` must"),
        (lambda y: y + 1, "1 where an image has one.*the values"),
        (lambda y: y * 0.5, "1 where an image has one"),
        (lambda y: y * [[1, 0]], "alike for all images.*one value only of beard"),
        (lambda y: np.where(np.arange(len(y))[:, None] < 3, -1, y), "all 0 or all -1"),
        (lambda y: y.astype(str), "must be numbers"),
        (lambda y: None, "Pass `x` and `y`"),
    ],
)
def test_attributes_that_do_not_fit_are_refused(change, message):
    gan = toys.compiled("IcGAN")
    x, y = toys.data("IcGAN")
    with pytest.raises(ValueError, match=message):
        gan.fit(x, change(y), verbose=0)


def test_two_of_a_group_in_the_data_are_refused():
    gan = of_hair()
    gan.compile()
    y = np.eye(4, dtype="int8")[np.arange(24) % 4]
    y[5, :2] = 1
    with pytest.raises(ValueError, match="at most one of black.*2 in row 5"):
        gan.fit(toys.pictures(24), y, verbose=0)


def test_attributes_of_0_and_of_minus_1_are_the_same_training():
    x, y = toys.data("IcGAN")
    found = []
    for rows in (y, 2 * y - 1, y.astype(bool), (2 * y - 1).astype("float32")):
        gan = toys.untraced("IcGAN")
        gan.fit(x, rows, batch_size=12, verbose=0)
        found.append(toys.copy_of(gan.generator.variables))
    assert all(toys.same(found[0], other) for other in found[1:])


def test_pictures_bring_their_attributes():
    x, y = toys.data("IcGAN")
    pictures = ganzoo.data.Pictures(x, attributes=y, attribute_names=toys.ATTRIBUTES)
    toys.untraced("IcGAN").fit(pictures, batch_size=12, verbose=0)
    few = pictures.first(5)
    assert (len(few), few.attributes.shape) == (5, (5, 2))
    with pytest.raises(ValueError, match="a row for each image and a column for each"):
        ganzoo.data.Pictures(x, attributes=y, attribute_names=("glasses",))


@pytest.mark.parametrize(
    "options, message",
    [
        ({"attributes": None}, "`attributes` must be the names"),
        ({"attributes": "glasses"}, "`attributes` must be the names"),
        ({"attributes": ("glasses", "glasses")}, "strings, each another"),
        ({"exclusive_groups": [("glasses",)]}, "two names of `attributes` or"),
        ({"exclusive_groups": [("glasses", "hat")]}, "two names of `attributes` or"),
        ({"exclusive_groups": ["glasses"]}, "two names of `attributes` or"),
        ({"attributes": ("a", "b", "c")}, "must take latents .* and attributes"),
        ({"encoder": toys.network([toys.X], (4,))}, "`encoder` must return latents"),
        (
            {"attribute_encoder": toys.network([toys.X], (4,))},
            "`attribute_encoder` must return a number for each",
        ),
        (
            {"discriminator": toys.network([toys.X], (1,))},
            "`discriminator` must take the images .* and attributes",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("IcGAN", **options)


@pytest.mark.parametrize("image_shape", [(28, 28, 1), (32, 32, 3)])
def test_the_papers_networks_fit_together(image_shape):
    gan = ganzoo.IcGAN(image_shape, ("glasses", "beard", "hat"))
    assert gan.generate(2, seed=0, attributes={"hat": True}).shape == (2, *image_shape)
    assert gan.discriminator.input_shape == [(None, *image_shape), (None, 3)]
    # Maps of the attributes come after the first convolution.
    kernels = [w.shape for w in gan.discriminator.weights if len(w.shape) == 4]
    assert [shape[2] for shape in kernels[:2]] == [image_shape[-1], 64 + 3]
    edited = gan.edit(gan.generate(2, seed=0), {"hat": False})
    assert edited.shape == (2, *image_shape)


def test_optimizers_are_those_of_the_authors_code():
    gan = ganzoo.IcGAN((28, 28, 1), ("glasses",))
    gan.compile()
    rates = [float(o.learning_rate) for o in gan.optimizer.optimizers]
    np.testing.assert_allclose(rates, [2e-4, 2e-4, 1e-4, 1e-4])
    betas = [o.beta_1 for o in gan.optimizer.optimizers]
    assert betas == [0.5, 0.5, 0.1, 0.1]
