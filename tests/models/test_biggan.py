"""BigGAN: its truncation, its steps, and what generates by which statistics."""

import keras
import numpy as np
import pytest
import toys
from keras import ops
from scipy import stats

import ganzoo
from ganzoo import layers
from ganzoo import networks

K = toys.NUM_CLASSES
SHAPE = (28, 28, 1)


def small(**options):
    keras.utils.set_random_seed(1)
    return ganzoo.BigGAN(
        num_classes=K,
        generator=networks.biggan_generator(SHAPE, K, 3, filters=1),
        discriminator=networks.biggan_discriminator(SHAPE, K, filters=1),
        seed=0,
        **options,
    )


# === Truncation ===


@pytest.mark.parametrize("truncation", [0.1, 0.5, 2.0, 6.0])
def test_truncated_latents_are_of_a_truncated_normal_distribution(truncation):
    gan = toys.build("BigGAN")
    z = gan.latents(5_000, seed=0, truncation=truncation).ravel()
    assert abs(z).max() <= truncation
    wanted = stats.truncnorm(-truncation, truncation)
    assert stats.kstest(z, wanted.cdf).pvalue > 0.01


def test_truncated_samples_are_of_truncated_latents():
    gan = toys.build("BigGAN")
    images = gan.generate(6, seed=3, truncation=0.5, labels=2)
    z = gan.latents(6, seed=3, truncation=0.5)
    wanted = gan.decode(z, [np.full(6, 2, "int32")])
    np.testing.assert_array_equal(images, wanted)
    np.testing.assert_array_equal(
        gan.generate(3, seed=3, truncation=0.5, labels=2), images[:3]
    )


@pytest.mark.parametrize("truncation", [0, -1, "a", float("nan"), [0.5], True])
def test_a_truncation_out_of_its_range_is_refused(truncation):
    with pytest.raises(ValueError, match="`truncation` must be.*Received: truncation"):
        toys.build("BigGAN").generate(2, truncation=truncation)


def test_a_search_for_latents_needs_no_truncation():
    gan = toys.build("BigGAN")
    z = gan.project(toys.pictures(2), labels=[1, 2], steps=2, starts=1)
    assert z.shape == (2, toys.LATENT_DIM)
    with pytest.raises(ValueError, match="Pass `labels` of the images"):
        gan.project(toys.pictures(2), steps=2, starts=1)


def test_others_take_no_truncation():
    gan = toys.build("GAN")
    with pytest.raises(ValueError, match="GAN takes no `truncation`.*truncation=0.5"):
        gan.generate(2, truncation=0.5)
    with pytest.raises(ValueError, match="no latents that are truncated.*=0.5"):
        gan.latents(2, truncation=0.5)


# === The step ===


def iterated(kernel, u, times):
    """`u` after so many power iterations of the authors' code."""
    w = kernel.reshape(-1, kernel.shape[-1]).astype("float64").T
    for _ in range(times):
        v = u @ w
        v /= np.linalg.norm(v)
        u = v @ w.T
        u /= np.linalg.norm(u)
    return u


def test_u_moves_once_for_each_update_of_either_player():
    gan = small(discriminator_steps=4)
    # The weights stay, so that the iterations are those of one matrix.
    rest = (keras.optimizers.SGD(0.0) for _ in range(2))
    gan.compile(*rest, run_eagerly=toys.TRACES)
    found = [
        layer
        for player in (gan.generator, gan.discriminator)
        for layer in player._flatten_layers()
        if isinstance(layer, layers.SpectralConv2D)
    ]
    rng = np.random.default_rng(0)
    for layer in found:
        # Of orthogonal filters all directions are alike.
        layer._kernel.assign(rng.normal(size=layer._kernel.shape))
    before = toys.copy_of([layer.u for layer in found])
    x = rng.integers(0, 256, (8, *SHAPE)).astype("uint8")
    gan.fit(x, toys.labels(8), batch_size=8, verbose=0)
    for layer, u in zip(found, before):
        wanted = iterated(ops.convert_to_numpy(layer._kernel), u, 5)
        np.testing.assert_allclose(ops.convert_to_numpy(layer.u), wanted, atol=1e-5)


def test_the_defaults_are_those_of_the_authors_for_cifar_10():
    gan = small()
    assert gan.discriminator_steps == 4
    optimizer = gan.default_optimizer()
    assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.999)
    assert float(optimizer.learning_rate) == pytest.approx(2e-4)


def test_the_regularisation_of_filters_is_part_of_both_losses():
    keras.utils.set_random_seed(1)
    shape = SHAPE, K
    weights = {"filters": 1, "orthogonal_weight": 0.1}
    gan = ganzoo.BigGAN(
        num_classes=K,
        generator=networks.biggan_generator(*shape, 3, **weights),
        discriminator=networks.biggan_discriminator(*shape, **weights),
        seed=0,
    )
    for network in gan.players.values():
        for layer in network._flatten_layers():
            if isinstance(layer, layers.SpectralConv2D):
                layer._kernel.assign(np.full(layer._kernel.shape, 0.3))
    for name in ("generator", "discriminator"):
        penalty = sum(map(toys.value, getattr(gan, name).losses))
        assert penalty > 0
        loss = ops.convert_to_tensor(1.5)
        found = gan.regularized(loss, getattr(gan, f"{name}_variables"))
        assert toys.value(found) == pytest.approx(1.5 + penalty, rel=1e-5)


# === Standing statistics ===


def test_standing_statistics_are_those_of_fresh_batches():
    gan = small()
    running = toys.copy_of(gan.generator.non_trainable_weights)
    once = gan.generate(4, seed=0, labels=1)
    standing = gan.generate(4, seed=0, labels=1, statistics="standing")
    assert not np.array_equal(once, standing)
    # Nothing is left of them.
    for before, after in zip(
        running, toys.copy_of(gan.generator.non_trainable_weights)
    ):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(gan.generate(4, seed=0, labels=1), once)
    again = gan.generate(4, seed=0, labels=1, statistics="standing")
    np.testing.assert_array_equal(again, standing)
    # Other running statistics make no difference to them.
    for layer in gan.generator._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(layer.moving_mean + 3.0)
    again = gan.generate(4, seed=0, labels=1, statistics="standing")
    np.testing.assert_array_equal(again, standing)


def test_other_statistics_are_refused():
    with pytest.raises(ValueError, match="'running' or 'standing'.*Received: stat"):
        toys.build("BigGAN").generate(2, statistics="moving")
