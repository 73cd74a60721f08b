"""BigGAN's weights as of its authors' code for PyTorch, from state_dicts.

Reference:
    [Brock et al., 2019](https://arxiv.org/abs/1809.11096), and the
    [authors' code](https://github.com/ajbrock/BigGAN-PyTorch)
"""

import re

from ganzoo import networks
from ganzoo.models.biggan import BigGAN
from ganzoo.models.released import weights as others
from ganzoo.networks import biggan

LICENCE = "MIT (of the code)"
BASE = 4  # pixels of the generator's first features
ATTENTION = ("theta", "phi", "g", "o")


def is_generator(arrays):
    """Whether the names of some arrays are those of a generator."""
    return {"linear.weight", "output_layer.0.gain"} <= arrays.keys()


def is_discriminator(arrays):
    """Whether the names of some arrays are those of a discriminator."""
    wanted = {"linear.weight", "embed.weight", "blocks.0.0.conv1.weight"}
    return wanted <= arrays.keys()


def build(generator_state, discriminator_state=None):
    """The model of a generator and a discriminator, or a new one if there is none.

    Args:
        generator_state: `State` for which `is_generator`.
        discriminator_state: `State` for which `is_discriminator`, or None.

    Returns:
        `BigGAN`.

    Raises:
        ValueError: If they are not of networks of the zoo.
    """
    generator, options = make_generator(generator_state)
    image_shape = generator.output_shape[1:]
    if discriminator_state is None:
        discriminator = networks.biggan_discriminator(image_shape, **options)
    else:
        discriminator = make_discriminator(discriminator_state, image_shape)
    return BigGAN(
        image_shape,
        options["num_classes"],
        generator=generator,
        discriminator=discriminator,
    )


def make_generator(state):
    """The generator of a state, and options that its discriminator has too.

    Returns:
        `keras.Model`, and a dict with "num_classes" and "filters".
    """
    weights = others.Weights(state)
    options = _generator_options(weights)
    behind = _attention_block(weights.arrays)
    model = networks.biggan_generator(**options)
    _, base, *_ = weights.shape("blocks.0.0.conv1.weight")
    for name, layer in spectral_layers(model, behind).items():
        _put_spectral(weights, name, layer, base if name == "linear" else None)
    for layer in model.layers:
        if match := re.fullmatch(r"block(\d+)_norm(\d)", layer.name):
            _put_norm(weights, "blocks.{}.0.bn{}".format(*match.groups()), layer)
    last = model.get_layer("last_norm")
    _put_moments(weights, "output_layer.0", last)
    weights.put("output_layer.0.gain", last.gamma)
    weights.put("output_layer.0.bias", last.beta)
    if "shared" in options:
        weights.put("shared.weight", model.get_layer("embedding").embeddings)
    _put_attention(weights, model, behind)
    _finish(weights)
    return model, {name: options[name] for name in ("num_classes", "filters")}


def _generator_options(weights):
    """The arguments of `networks.biggan_generator`."""
    blocks = weights.count(r"blocks\.(\d{1,3})\.0\.conv1\.weight")
    side = others.check_side(BASE << blocks)
    channels, *_ = weights.shape("output_layer.2.weight")
    outputs, inputs = weights.shape("linear.weight")
    width, first, *_ = weights.shape("blocks.0.0.conv1.weight")
    if outputs != first * BASE**2:
        raise ValueError(
            f"The first features have {BASE} by {BASE} pixels. Received: a layer of "
            f"{outputs} outputs before {first} channels."
        )
    multiple, *_ = biggan.GENERATOR.get(blocks, (4,))
    options = {
        "image_shape": (side, side, channels),
        "filters": width // multiple,
        "latent_dim": inputs,
    }
    options["num_classes"], told = weights.shape("blocks.0.0.bn1.gain.weight")
    if "shared.weight" in weights.left:
        options["num_classes"], options["shared"] = weights.shape("shared.weight")
        if options["shared"] < told:
            options |= {"hierarchical": True, "latent_dim": inputs * (blocks + 1)}
    behind = _attention_block(weights.arrays)
    if behind is not None:
        options["attention"] = BASE << (behind + 1)
    return options


def make_discriminator(state, image_shape):
    """The discriminator of a state for images of this shape, a `keras.Model`."""
    weights = others.Weights(state)
    num_classes, _ = weights.shape("embed.weight")
    width, *_ = weights.shape("blocks.0.0.conv1.weight")
    small = image_shape[0] < BASE << min(biggan.GENERATOR)
    behind = _attention_block(weights.arrays)
    attention = None if behind is None else image_shape[0] >> (behind + 1)
    model = networks.biggan_discriminator(
        image_shape, num_classes, width // 4 if small else width, attention
    )
    for name, layer in spectral_layers(model, behind).items():
        _put_spectral(weights, name, layer)
    _put_attention(weights, model, behind)
    _finish(weights)
    return model


def _attention_block(arrays):
    """The number of the block that attention is behind; None without any.

    Raises:
        ValueError: If it is behind several.
    """
    pattern = re.compile(r"blocks\.(\d{1,3})\.1\.gamma")
    found = [int(m[1]) for m in map(pattern.fullmatch, arrays) if m]
    if len(found) > 1:
        raise ValueError(
            "The zoo's networks have attention behind one block at most. "
            f"Received: attention behind the blocks {sorted(found)}."
        )
    return found[0] if found else None


def spectral_layers(network, behind=None):
    """The spectrally normalised layers of our network, by their authors' names.

    Args:
        network: `keras.Model`.
        behind: int or None. The number of the block that attention is behind.
    """
    ours = {layer.name: layer for layer in network.layers if hasattr(layer, "refresh")}
    named = {_their_name(name): layer for name, layer in ours.items()}
    if behind is not None:
        attention = network.get_layer("attention")
        parts = {name: getattr(attention, name) for name in ATTENTION}
        named |= {f"blocks.{behind}.1.{name}": part for name, part in parts.items()}
    return named


def _their_name(name):
    for pattern, theirs in {
        r"block(\d+)_(conv\d)": r"blocks.\1.0.\2",
        r"block(\d+)_shortcut": r"blocks.\1.0.conv_sc",
        r"block(\d+)_norm(\d)_gain": r"blocks.\1.0.bn\2.gain",
        r"block(\d+)_norm(\d)_offset": r"blocks.\1.0.bn\2.bias",
        "last_conv": "output_layer.2",
        "embedding": "embed",
    }.items():
        if re.fullmatch(pattern, name):
            return re.sub(pattern, theirs, name)
    return name


def _put_spectral(weights, name, layer, channels=None):
    """Give a layer its kernel, its bias and the vector `u` of its iterations.

    Args:
        weights: `others.Weights`.
        name: str.
        layer: As of `spectral_layers`.
        channels: int or None. Those of the features that its outputs are, if they are.
    """

    def ordered(array):
        return others.pixels_first(array, channels) if channels else array

    def to_kernel(array):
        return others.kernel(ordered(array))

    if hasattr(layer, "embeddings"):
        weights.put(f"{name}.weight", layer.embeddings)
    else:
        weights.put(f"{name}.weight", layer.kernel, to_kernel)
        if layer.use_bias:
            weights.put(f"{name}.bias", layer.bias, ordered)
    weights.put(f"{name}.u0", layer.u, lambda array: ordered(array.ravel()))
    layer.start_from(layer.u)


def _put_norm(weights, name, layer):
    """Give a normalisation of a block its moments, and its tables if it has any."""
    _put_moments(weights, name, layer)
    if hasattr(layer, "gammas"):
        weights.put(f"{name}.gain.weight", layer.gammas, lambda gain: 1 + gain)
        weights.put(f"{name}.bias.weight", layer.betas)


def _put_moments(weights, name, layer):
    """Give a normalisation the moments that it has in inference."""
    weights.put(f"{name}.stored_mean", layer.moving_mean)
    weights.put(f"{name}.stored_var", layer.moving_variance)


def _put_attention(weights, network, behind):
    if behind is not None:
        gamma = network.get_layer("attention").gamma
        weights.put(f"blocks.{behind}.1.gamma", gamma)


def _finish(weights):
    # Singular values are only written down, and all but the first vectors are for them.
    weights.drop(r".*\.(sv\d+|u[1-9]\d*)")
    weights.check_none_left()
