"""BigGAN's networks against figures of the authors' code, and what they refuse."""

import pathlib

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo import layers
from ganzoo import networks

# By github.com/ajbrock/BigGAN-PyTorch at 9845943 (MIT): states of small networks, and
# what they answer. Kernels are `(out, in, height, width)`, images `(channels, ...)`.
FILE = pathlib.Path(__file__).with_name("references") / "biggan_small.npz"
FORMS = {
    "cifar": {},
    "imagenet_form": {"shared": 5, "hierarchical": True, "attention": 16},
}
BASE = (16, 4, 4)  # where the first layer of the generator leads, channels first


@pytest.fixture(scope="module")
def figures():
    with np.load(FILE) as file:
        return dict(file)


def of_kind(network, kind):
    """The layers of a class in the order in which they were made, also within others.

    Right after `clear_session`, so that their names count from there.
    """
    found = [n for n in network._flatten_layers() if type(n) is kind]
    return sorted(found, key=lambda n: (len(n.path), n.path))


def in_order(network):
    """Spectral convolutions but for those of attention, and dense layers."""
    convolutions = of_kind(network, layers.SpectralConv2D)
    within = [n for a in of_kind(network, layers.SelfAttention) for n in a._layers]
    convolutions = [n for n in convolutions if not any(n is m for m in within)]
    return convolutions, of_kind(network, layers.SpectralDense)


def spectral(network, form, player):
    """The spectral layers of a player, by their names in the authors' code."""
    convolutions, dense = in_order(network)
    named = {}
    if player == "G":
        names = ["linear"]
        if form != "cifar":
            of_block = [f"bn{i}.{part}" for i in (1, 2) for part in ("gain", "bias")]
            names += [f"blocks.{i}.0.{name}" for i in range(3) for name in of_block]
        named |= dict(zip(names, dense, strict=True))
        of_block = ("conv1", "conv2", "conv_sc")
        names = [f"blocks.{i}.0.{name}" for i in range(3) for name in of_block]
        named |= dict(zip([*names, "output_layer.2"], convolutions, strict=True))
    else:
        of_blocks = [("conv1", "conv2", "conv_sc")] * 2 + [("conv1", "conv2")] * 2
        names = [
            f"blocks.{i}.0.{n}" for i, names in enumerate(of_blocks) for n in names
        ]
        named |= dict(zip(names, convolutions, strict=True))
        (named["linear"],) = dense
        (named["embed"],) = of_kind(network, layers.SpectralEmbedding)
    for attention in of_kind(network, layers.SelfAttention):
        for name in ("theta", "phi", "g", "o"):
            named[f"blocks.1.1.{name}"] = getattr(attention, name)
    return named


def normalizations(network, form):
    """The batch normalisations of a generator, by their names in the authors' code."""
    names = [f"blocks.{i}.0.bn{j}" for i in range(3) for j in (1, 2)]
    if form == "cifar":
        of_blocks = of_kind(network, layers.ConditionalBatchNormalization)
        return dict(zip(names, of_blocks, strict=True)), of_kind(
            network, layers.BatchNormalization
        )[0]
    *of_blocks, last = of_kind(network, layers.BatchNormalization)
    return dict(zip(names, of_blocks, strict=True)), last


def to_columns(name, layer, weight):
    """A weight or a `u` of the authors in our order of its outputs."""
    if name == "linear" and weight.size % np.prod(BASE) == 0:
        # The pixels of the first features come after the channels here.
        outputs = weight.reshape(*BASE, -1) if weight.ndim == 2 else weight
        outputs = np.moveaxis(outputs.reshape(*BASE, -1), 0, 2)
        return outputs.reshape(np.prod(BASE), -1)
    return weight


def load(network, form, player, figures):
    """Give a network the state of the authors' before the forward pass."""
    state = {
        key.removeprefix(f"{form}/before/{player}/"): value
        for key, value in figures.items()
        if key.startswith(f"{form}/before/{player}/")
    }
    for name, layer in spectral(network, form, player).items():
        weight = state.pop(f"{name}.weight")
        u = to_columns(name, layer, state.pop(f"{name}.u0").T)[:, 0]
        del state[f"{name}.sv0"]
        if isinstance(layer, layers.SpectralEmbedding):
            layer.embeddings.assign(weight)
        elif weight.ndim == 4:
            layer.kernel.assign(weight.transpose(2, 3, 1, 0))
        else:
            layer.kernel.assign(to_columns(name, layer, weight).T)
        layer.u.assign(u)
        if getattr(layer, "use_bias", False):
            bias = state.pop(f"{name}.bias")
            layer.bias.assign(to_columns(name, layer, bias[:, None])[:, 0])
    if player == "G":
        of_blocks, last = normalizations(network, form)
        last.gamma.assign(state.pop("output_layer.0.gain"))
        last.beta.assign(state.pop("output_layer.0.bias"))
        for name, layer in {**of_blocks, "output_layer.0": last}.items():
            layer.moving_mean.assign(state.pop(f"{name}.stored_mean"))
            layer.moving_variance.assign(state.pop(f"{name}.stored_var"))
            if isinstance(layer, layers.ConditionalBatchNormalization):
                layer.gammas.assign(1 + state.pop(f"{name}.gain.weight"))
                layer.betas.assign(state.pop(f"{name}.bias.weight"))
        if form != "cifar":
            (embedding,) = of_kind(network, keras.layers.Embedding)
            embedding.embeddings.assign(state.pop("shared.weight"))
            (attention,) = of_kind(network, layers.SelfAttention)
            attention.gamma.assign(state.pop("blocks.1.1.gamma"))
    assert not state


def refresh(network, form, player):
    for layer in spectral(network, form, player).values():
        layer.refresh()


def close(ours, theirs):
    np.testing.assert_allclose(ops.convert_to_numpy(ours), theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_both_networks_answer_like_the_authors(form, figures):
    keras.backend.clear_session()
    generator = networks.biggan_generator((32, 32, 3), 3, 8, 4, **FORMS[form])
    load(generator, form, "G", figures)
    refresh(generator, form, "G")
    z, y = figures[f"{form}/z"], figures[f"{form}/y"].astype("int32")
    images = generator([z, y], training=True)
    wanted = figures[f"{form}/train_image"].transpose(0, 2, 3, 1)
    close(images, wanted)
    keras.backend.clear_session()
    discriminator = networks.biggan_discriminator((32, 32, 3), 3, 4)
    load(discriminator, form, "D", figures)
    refresh(discriminator, form, "D")
    close(discriminator([wanted, y], training=True), figures[f"{form}/train_logits"])
    for player, network in {"G": generator, "D": discriminator}.items():
        for name, layer in spectral(network, form, player).items():
            after = f"{form}/after/{player}/{name}"
            u = to_columns(name, layer, figures[f"{after}.u0"].T)[:, 0]
            close(layer.u, u)
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
    of_blocks, last = normalizations(generator, form)
    sizes = [5 * n * n for n in (4, 8, 8, 16, 16, 32)]
    for (name, layer), n in zip(
        {**of_blocks, "output_layer.0": last}.items(), [*sizes, 5 * 32 * 32]
    ):
        before, after = (
            {
                part: figures[f"{form}/{when}/G/{name}.stored_{part}"]
                for part in ("mean", "var")
            }
            for when in ("before", "after")
        )
        close(layer.moving_mean, after["mean"])
        unbiased = after["var"] - 0.9 * before["var"]
        ours = ops.convert_to_numpy(layer.moving_variance) - 0.9 * before["var"]
        np.testing.assert_allclose(ours, unbiased * (n - 1) / n, rtol=1e-3)
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
    keras.backend.clear_session()
    network = networks.biggan_generator(shape, 4, 8, filters=1)
    assert widths(network) == [n for n in generator for _ in range(2)] + [3]
    assert network.output_shape == (None, *shape)
    keras.backend.clear_session()
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
