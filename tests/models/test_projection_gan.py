"""ProjectionGAN: a label's vector and the features of an image, by hand."""

import keras
import numpy as np
import pytest
import toys
from keras import layers as keras_layers
from keras import ops

import ganzoo
from ganzoo import layers
from ganzoo import networks
from ganzoo.networks import sn_resnet_conditional

K = toys.NUM_CLASSES
X = toys.pictures(10).astype("float32") / 127.5 - 1
Y = toys.labels(10)


def tensors(*arrays):
    return tuple(map(ops.convert_to_tensor, arrays))


# === s = v_yᵀ φ(x) + l · φ(x) ===

PHI = np.float32([[1, 2]])


def projection(v, linear=(1, 1)):
    """The end of a discriminator, of features and labels, whose weights are these."""
    v = np.float32(v)
    features, y = keras_layers.Input((2,)), keras_layers.Input((), dtype="int32")
    model = keras.Model(
        [features, y], sn_resnet_conditional.project(features, y, len(v))
    )
    embedding, dense = (layer_of(model, kind) for kind in KINDS)
    embedding.set_weights([v, *embedding.get_weights()[1:]])
    dense.set_weights([np.float32(linear)[:, None], *dense.get_weights()[1:]])
    for _ in range(30):
        embedding.refresh()
        dense.refresh()
    return model


KINDS = layers.SpectralEmbedding, layers.SpectralDense


def layer_of(model, kind):
    (found,) = [layer for layer in model.layers if isinstance(layer, kind)]
    return found


def plainly(monkeypatch):
    """Let spectral layers compute with their weights as they are."""
    monkeypatch.setattr(
        layers.spectral_normalization.SpectralNormalized,
        "sigma",
        lambda self, training: ops.convert_to_tensor(1.0),
    )


def test_an_image_is_projected_on_the_vector_of_its_label(monkeypatch):
    plainly(monkeypatch)
    model = projection([[0, 5], [3, 4]])
    # (3, 4) · (1, 2) + (1, 1) · (1, 2) = 11 + 3.
    np.testing.assert_allclose(toys.copy_of([model([PHI, np.int32([1])])])[0], [[14]])
    np.testing.assert_allclose(toys.copy_of([model([PHI, np.int32([0])])])[0], [[13]])


def test_both_parts_are_divided_by_their_largest_singular_values():
    v = np.float32([[0, 5], [3, 4], [1, -1]])
    model = projection(v)
    sigma = np.linalg.svd(v, compute_uv=False)[0]
    found = toys.copy_of([model([PHI, np.int32([1])])])[0]
    np.testing.assert_allclose(found, [[11 / sigma + 3 / np.sqrt(2)]], rtol=1e-5)


def test_the_gradient_of_the_vectors_is_phi_in_the_row_of_the_label(monkeypatch):
    plainly(monkeypatch)
    model = projection([[0, 5], [3, 4], [1, -1]])
    embeddings = layer_of(model, layers.SpectralEmbedding)._embeddings
    gan, before = toys.build("GAN"), toys.copy_of([embeddings])[0]
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([embeddings])
    gan.minimize(
        lambda _: ops.sum(model(tensors(PHI, np.int32([1])), training=True)),
        None,
        [embeddings],
        optimizer,
    )
    gradient = before - toys.copy_of([embeddings])[0]
    np.testing.assert_allclose(gradient, [[0, 0], [1, 2], [0, 0]], atol=1e-6)


def small(**options):
    keras.utils.set_random_seed(1)
    shape = (28, 28, 1)
    return ganzoo.ProjectionGAN(
        num_classes=K,
        generator=networks.sn_resnet_conditional_generator(shape, K, 3, filters=2),
        discriminator=networks.sn_resnet_projection_discriminator(shape, K, filters=2),
        seed=0,
        **options,
    )


def test_swapped_labels_within_a_batch_have_other_scores():
    gan = small()
    x = np.random.default_rng(0).uniform(-1, 1, (2, 28, 28, 1)).astype("float32")
    y = np.int32([0, 1])
    one, other = (
        toys.copy_of([gan.D(tensors(x, labels))])[0] for labels in (y, y[::-1].copy())
    )
    assert (abs(one - other) > 1e-4).all()


# === The game ===


def linear_game(logits, **options):
    """A game whose D is a number for each label, whatever the image."""
    x, y = keras_layers.Input(toys.IMAGE_SHAPE), keras_layers.Input((), dtype="int32")
    table = keras_layers.Embedding(K, 1)
    score = table(y) + 0.0 * keras_layers.Dense(1)(keras_layers.Flatten()(x))
    discriminator = keras.Model([x, y], score)
    table.set_weights([np.float32(logits).reshape(-1, 1)])
    return ganzoo.ProjectionGAN(
        num_classes=K,
        generator=toys.networks("ProjectionGAN")["generator"],
        discriminator=discriminator,
        seed=0,
        **options,
    )


def test_losses_are_hinges_of_data_and_of_samples_with_drawn_labels():
    logits = np.float32([-2, -0.5, 0, 0.5, 3])
    batch = tensors(X, Y)
    # The labels that the loss will draw, after the latents.
    _, c = linear_game(logits).sample_inputs(batch)
    c = ops.convert_to_numpy(c)
    wanted = np.maximum(0, 1 - logits[Y]).mean() + np.maximum(0, 1 + logits[c]).mean()
    found = linear_game(logits).discriminator_loss(batch)
    assert toys.value(found) == pytest.approx(wanted, rel=1e-5)
    found = linear_game(logits).generator_loss(batch)
    assert toys.value(found) == pytest.approx(-logits[c].mean(), rel=1e-5)


def test_an_undecided_discriminator_loses_2_and_the_generator_0():
    gan = linear_game(np.zeros(K))
    assert toys.value(gan.discriminator_loss(tensors(X, Y))) == gan.undecided_loss == 2
    assert toys.value(gan.generator_loss(tensors(X, Y))) == 0


def test_beyond_the_margins_nothing_is_learnt(monkeypatch):
    # All data are of the class 4, and samples of the class 0.
    zeros = lambda self, x: [0 * ops.cast(x[:, 0, 0, 0], "int32")]  # noqa: E731
    monkeypatch.setattr(ganzoo.ProjectionGAN, "sample_conditions", zeros)
    gan = linear_game([-1.5, 0, 0, 0, 2])
    gradients = toys.gradient_of(gan, "discriminator", (X, np.full(10, 4, "int32")))
    assert not any(gradient.any() for gradient in gradients)


def test_generated_labels_are_uniform_and_not_those_of_the_batch():
    gan = toys.build("ProjectionGAN")
    x = ops.zeros((1000, *toys.IMAGE_SHAPE))
    y = ops.zeros((1000,), "int32")
    _, c = gan.sample_inputs((x, y))
    counts = np.bincount(ops.convert_to_numpy(c), minlength=K)
    assert (abs(counts - 200) < 60).all()
    _, again = gan.sample_inputs((x, y))
    assert (ops.convert_to_numpy(c) != ops.convert_to_numpy(again)).any()


def test_samples_are_judged_by_the_labels_that_they_were_drawn_for(monkeypatch):
    gan, given = toys.build("ProjectionGAN"), []
    generate = type(gan).G
    monkeypatch.setattr(
        type(gan), "G", lambda self, z: given.append(z[1]) or generate(self, z)
    )
    _, c = gan.sample_inputs(tensors(X, Y))
    np.testing.assert_array_equal(*toys.copy_of([c, given[0]]))


def test_real_images_are_judged_by_their_own_labels():
    gan = toys.build("ProjectionGAN")
    x, y = gan.data_inputs(tensors(X, Y))
    np.testing.assert_array_equal(*toys.copy_of([y, Y]))


def test_its_hyperparameters_are_those_of_the_authors():
    gan = toys.compiled("ProjectionGAN", discriminator_steps=None)
    assert gan.discriminator_steps == 5
    config = gan.default_optimizer().get_config()
    assert config["learning_rate"] == pytest.approx(2e-4)
    assert (config["beta_1"], config["beta_2"]) == (0.0, 0.9)


# === What is refused ===


def test_networks_without_labels_are_refused():
    for player in ("generator", "discriminator"):
        other = toys.networks("SNGAN")[player]
        with pytest.raises(ValueError, match="integer labels"):
            toys.build("ProjectionGAN", **{player: other})


def test_labels_that_cannot_be_meant_are_refused():
    gan = toys.untraced("ProjectionGAN")
    with pytest.raises(ValueError, match="must be from 0 to 4"):
        gan.fit(X, Y + 1, verbose=0)
    with pytest.raises(ValueError, match="must be integer labels"):
        gan.fit(X, Y.astype("float32"), verbose=0)
    with pytest.raises(ValueError, match="must be from 0 to 4"):
        gan.generate(2, labels=K)


def test_keras_spectral_normalisation_is_refused():
    x, y = keras_layers.Input(toys.IMAGE_SHAPE), keras_layers.Input((), dtype="int32")
    dense = keras_layers.SpectralNormalization(keras_layers.Dense(1))
    score = dense(keras_layers.Flatten()(x)) + keras_layers.Embedding(K, 1)(y)
    with pytest.raises(ValueError, match="SpectralNormalization"):
        toys.build("ProjectionGAN", discriminator=keras.Model([x, y], score))


@pytest.mark.parametrize("num_classes", [None, 1, 2.0])
def test_num_classes_must_be_given(num_classes):
    with pytest.raises(ValueError, match="`num_classes` must be an int"):
        ganzoo.ProjectionGAN((28, 28, 1), num_classes)


# === The networks ===


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (64, 64, 1)])
def test_networks_reach_every_size(shape):
    generator = networks.sn_resnet_conditional_generator(shape, 7, 5, filters=2)
    assert generator.input_shape == [(None, 5), (None,)]
    assert generator.output_shape == (None, *shape)
    discriminator = networks.sn_resnet_projection_discriminator(shape, 7, filters=2)
    assert discriminator.input_shape == [(None, *shape), (None,)]
    assert discriminator.output_shape == (None, 1)


def test_at_cifar_10_a_class_adds_as_many_weights_as_in_the_authors_networks():
    shape, classes = (32, 32, 3), 10
    plain = networks.sn_resnet_generator(shape)
    generator = networks.sn_resnet_conditional_generator(shape, classes)
    # Of two normalisations in each of three blocks; the last one sees no label.
    more = 3 * 2 * 2 * 256 * (classes - 1)
    assert trained(generator) == trained(plain) + more
    assert trained(plain) == 4_276_739
    plain = networks.sn_resnet_discriminator(shape)
    discriminator = networks.sn_resnet_projection_discriminator(shape, classes)
    assert trained(discriminator) == trained(plain) + classes * 128
    embedding = layer_of(discriminator, layers.SpectralEmbedding)
    bound = np.sqrt(6 / (classes + 128))
    assert abs(embedding.get_weights()[0]).max() == pytest.approx(bound, rel=0.05)


def trained(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def test_a_label_changes_an_image_once_its_gains_have_moved():
    gan = small()
    one, other = (gan.generate(2, seed=0, labels=y, as_float=True) for y in (0, 1))
    # At first all classes have the same gains and offsets.
    np.testing.assert_array_equal(one, other)
    for layer in gan.generator.layers:
        if hasattr(layer, "betas"):
            values = np.random.default_rng(0).normal(size=layer.betas.shape)
            layer.betas.assign(values)
    one, other = (gan.generate(2, seed=0, labels=y, as_float=True) for y in (0, 1))
    assert (one != other).any()


def test_a_step_trains_every_weight_and_a_resumed_game_has_the_same_bits(tmp_path):
    gan = small(discriminator_steps=1)
    gan.compile(run_eagerly=toys.TRACES)
    x = np.random.default_rng(0).integers(0, 256, (10, 28, 28, 1)).astype("uint8")
    before = toys.copy_of(gan.trainable_variables)
    for _ in range(2):
        gan.train_on_batch(x, Y)
    after = toys.copy_of(gan.trainable_variables)
    unmoved = [
        v.path
        for v, a, b in zip(gan.trainable_variables, before, after)
        if np.array_equal(a, b)
    ]
    assert not unmoved
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    for model in (gan, loaded):
        model.train_on_batch(x, Y)
    assert toys.same(gan.get_weights(), loaded.get_weights())


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_it_trains_in_half_precision_and_with_averaged_weights(policy):
    keras.config.set_dtype_policy(policy)
    try:
        gan = toys.build("ProjectionGAN", discriminator_steps=1)
        averages = ganzoo.AveragedWeights(decay=0.5, batch_statistics="standing")
        gan.compile(averages=averages, run_eagerly=toys.TRACES)
        history = gan.fit(*toys.data("ProjectionGAN", 12), batch_size=6, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(list(history.history.values())).all()
    (layer,) = [x for x in gan.generator.layers if hasattr(x, "gammas")]
    weights = toys.copy_of([layer.gammas, layer.moving_mean])
    with gan.averaged():
        averaged = toys.copy_of([layer.gammas, layer.moving_mean])
    assert all((a != b).any() for a, b in zip(weights, averaged))
    assert toys.same(weights, toys.copy_of([layer.gammas, layer.moving_mean]))
