"""BigGAN's networks against figures of the authors' code, and what they refuse."""

import numpy as np
import pytest
import toy_biggan
from keras import ops

from ganzoo import layers
from ganzoo import networks
from ganzoo.models.released import biggan as released
from ganzoo.models.released.weights import pixels_first

FORMS = {
    "cifar": {},
    "imagenet_form": {"shared": 5, "hierarchical": True, "attention": 16},
}


def of_kind(network, kind):
    """The layers of a class by their names, which tell the order of the blocks."""
    found = [n for n in network.layers if type(n) is kind]
    return sorted(found, key=lambda n: n.name)


def spectral(network, form, player):
    """The spectral layers of a player, by their names in the authors' code."""
    has_attention = player == "G" and form != "cifar"
    return released.spectral_layers(network, behind=1 if has_attention else None)


def refresh(network, form, player):
    for layer in spectral(network, form, player).values():
        layer.refresh()


def close(ours, theirs):
    np.testing.assert_allclose(ops.convert_to_numpy(ours), theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_both_networks_answer_like_the_authors(form):
    figures = toy_biggan.reference()
    generator, options = released.make_generator(toy_biggan.state(form, "G"))
    assert options == {"num_classes": 3, "filters": 4}
    ours = networks.biggan_generator((32, 32, 3), 3, 8, 4, **FORMS[form])
    assert [w.shape for w in generator.weights] == [w.shape for w in ours.weights]
    refresh(generator, form, "G")
    z, y = figures[f"{form}/z"], figures[f"{form}/y"].astype("int32")
    images = generator([z, y], training=True)
    wanted = figures[f"{form}/train_image"].transpose(0, 2, 3, 1)
    close(images, wanted)
    of_judge = toy_biggan.state(form, "D")
    discriminator = released.make_discriminator(of_judge, (32, 32, 3))
    refresh(discriminator, form, "D")
    close(discriminator([wanted, y], training=True), figures[f"{form}/train_logits"])
    for player, network in {"G": generator, "D": discriminator}.items():
        for name, layer in spectral(network, form, player).items():
            after = f"{form}/after/{player}/{name}"
            u = figures[f"{after}.u0"][0]
            is_first = (player, name) == ("G", "linear")
            close(layer.u, pixels_first(u, 16) if is_first else u)
            close(layer.sigma(training=True), figures[f"{after}.sv0"][0])
    follow(generator, form, figures)
    wanted = figures[f"{form}/eval_image"].transpose(0, 2, 3, 1)
    close(generator([z, y], training=False), wanted)
    wanted = figures[f"{form}/train_image"].transpose(0, 2, 3, 1)
    logits = discriminator([wanted, y], training=False)
    close(logits, figures[f"{form}/eval_logits_of_train_image"])


def follow(generator, form, figures):
    """Assert how running moments have moved, and let them be those of the authors.

    Their running variances are unbiased, n / (n - 1) times those of the batch, and
    Keras's are the batch's own.
    """
    norms = {
        f"blocks.{i}.0.bn{j}": f"block{i}_norm{j}" for i in range(3) for j in (1, 2)
    } | {"output_layer.0": "last_norm"}
    sizes = [5 * n * n for n in (4, 8, 8, 16, 16, 32, 32)]
    for (name, ours), n in zip(norms.items(), sizes, strict=True):
        layer = generator.get_layer(ours)
        before, after = (
            {
                part: figures[f"{form}/{when}/G/{name}.stored_{part}"]
                for part in ("mean", "var")
            }
            for when in ("before", "after")
        )
        close(layer.moving_mean, after["mean"])
        unbiased = after["var"] - 0.9 * before["var"]
        moved = ops.convert_to_numpy(layer.moving_variance) - 0.9 * before["var"]
        np.testing.assert_allclose(moved, unbiased * (n - 1) / n, rtol=1e-3)
        layer.moving_variance.assign(after["var"])


# === Sizes and forms ===


def parameters(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def test_parameters_for_cifar_10_are_those_of_the_authors():
    shape = (32, 32, 3), 10
    assert parameters(networks.biggan_generator(*shape)) == 4_304_387
    assert parameters(networks.biggan_discriminator(*shape)) == 4_207_361


def widths(network):
    """Channels after each convolution of size 3, in their order."""
    convolutions = of_kind(network, layers.SpectralConv2D)
    return [n.filters for n in convolutions if n.kernel_size == (3, 3)]


@pytest.mark.parametrize(
    "size, generator, discriminator",
    [
        (28, [4, 4], [4, 4, 4, 4]),
        (32, [4, 4, 4], [4, 4, 4, 4]),
        (64, [16, 8, 4, 2], [1, 2, 4, 8, 16]),
        (128, [16, 8, 4, 2, 1], [1, 2, 4, 8, 16, 16]),
        (256, [16, 8, 8, 4, 2, 1], [1, 2, 4, 8, 8, 16, 16]),
    ],
)
def test_widths_are_those_of_the_authors(size, generator, discriminator):
    shape = size, size, 3
    network = networks.biggan_generator(shape, 4, 8, filters=1)
    assert widths(network) == [n for n in generator for _ in range(2)] + [3]
    assert network.output_shape == (None, *shape)
    network = networks.biggan_discriminator(shape, 4, filters=1)
    assert widths(network) == [n for n in discriminator for _ in range(2)]
    assert network.output_shape == (None, 1)


def test_each_block_is_told_its_own_part_of_the_latents():
    form = {"shared": 5, "hierarchical": True}
    generator = networks.biggan_generator((28, 28, 1), 3, 6, 2, **form)
    z, y = np.random.default_rng(0).normal(size=(1, 6)).astype("float32"), [[1]]
    images = ops.convert_to_numpy(generator([z, np.int32(y[0])]))
    for i in range(6):
        other = z.copy()
        other[:, i] += 1
        changed = ops.convert_to_numpy(generator([other, np.int32(y[0])]))
        assert abs(changed - images).max() > 1e-4


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_attention_is_where_it_is_asked_for(player):
    network = getattr(networks, f"biggan_{player}")((64, 64, 3), 4, filters=8)
    assert not of_kind(network, layers.SelfAttention)
    build = getattr(networks, f"biggan_{player}")
    (attention,) = of_kind(
        build((64, 64, 3), 4, filters=8, attention=16), layers.SelfAttention
    )
    assert attention.input.shape[1:3] == (16, 16)
    with pytest.raises(ValueError, match="one of .* Received: attention=20"):
        build((64, 64, 3), 4, filters=8, attention=20)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"hierarchical": True}, "give its size, `shared`"),
        ({"hierarchical": True, "shared": 4}, "a multiple of 3.*latent_dim=128"),
        ({"orthogonal_weight": 0}, "`weight` must be a positive number"),
    ],
)
def test_forms_that_cannot_be_are_refused(options, message):
    with pytest.raises(ValueError, match=f"{message}"):
        networks.biggan_generator((28, 28, 1), 4, filters=2, **options)


def test_images_that_are_too_large_are_refused():
    for build in networks.biggan_generator, networks.biggan_discriminator:
        with pytest.raises(ValueError, match="at most 6 times.*image_shape"):
            build((512, 512, 3), 4, filters=1)


def test_every_kernel_but_those_of_embeddings_is_kept_orthogonal():
    generator = networks.biggan_generator((28, 28, 1), 4, 8, 2, orthogonal_weight=1e-4)
    kernels = [n for n in generator._flatten_layers() if hasattr(n, "_kernel")]
    assert len(generator.losses) == len(kernels)
