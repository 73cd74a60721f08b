"""R3GAN's weights as of its authors' code, with and without labels.

Reference:
    [Huang et al., 2024](https://arxiv.org/abs/2501.05441), and the
    [authors' code](https://github.com/brownvc/R3GAN)
"""

import dataclasses

import numpy as np

from ganzoo import networks
from ganzoo.models.conditional_r3gan import ConditionalR3GAN
from ganzoo.models.r3gan import R3GAN
from ganzoo.models.released import weights as others

LICENCE = "none stated by its authors"
BASE = 4  # pixels of the smallest features
OUTER = "Model."  # of the class that is around the network


def is_generator(arrays):
    """Whether the names of some arrays are those of a generator."""
    return any(name.endswith("MainLayers.0.Layers.0.Basis") for name in arrays)


def is_discriminator(arrays):
    """Whether the names of some arrays are those of a discriminator."""
    return any(name.endswith("ExtractionLayer.Layer.weight") for name in arrays)


def build(generator_state, discriminator_state=None):
    """The model of a generator and a discriminator, or a new one if there is none.

    Args:
        generator_state: `State` for which `is_generator`.
        discriminator_state: `State` for which `is_discriminator`, or None.

    Returns:
        `R3GAN`, or `ConditionalR3GAN` of networks with labels.

    Raises:
        ValueError: If they are not of networks of the zoo.
    """
    generator, of_labels, options = make_generator(generator_state)
    image_shape = generator.output_shape[1:]
    if discriminator_state is not None:
        discriminator = make_discriminator(discriminator_state)
    elif of_labels:
        discriminator = networks.r3gan_projection_discriminator(
            image_shape, **of_labels, **options
        )
    else:
        discriminator = networks.r3gan_discriminator(image_shape, **options)
    model_class = ConditionalR3GAN if of_labels else R3GAN
    players = {"generator": generator, "discriminator": discriminator}
    return model_class(image_shape, **players, **of_labels)


def make_generator(state):
    """The generator of a state, and options that its discriminator has too.

    Returns:
        `keras.Model`, a dict with "num_classes" if there are labels, and one with
        "filters" and "blocks".
    """
    weights = _begin(state)
    stages = weights.count(r"MainLayers\.(\d{1,3})\.")
    blocks = weights.count(r"MainLayers\.0\.Layers\.(\d{1,3})\.") - 1
    filters, inputs = weights.shape("MainLayers.0.Layers.0.LinearLayer.weight")
    of_labels, label_dim = _labels(weights)
    channels, *_ = weights.shape("AggregationLayer.Layer.weight")
    options = {"filters": filters, "blocks": blocks}
    shape = _image_shape(stages, channels)
    if of_labels:
        model = networks.r3gan_conditional_generator(
            shape,
            **of_labels,
            latent_dim=inputs - label_dim,
            label_dim=label_dim,
            **options,
        )
        _put_labels(weights, model)
    else:
        model = networks.r3gan_generator(shape, inputs, **options)
    first = "MainLayers.0.Layers.0"
    constant = model.get_layer("constant").constant
    weights.put(f"{first}.Basis", constant, others.channels_last)
    _put(weights, f"{first}.LinearLayer", model.get_layer("scales"))
    for i in range(stages):
        name = f"MainLayers.{i}.Layers"
        if i > 0:
            _put_width(weights, f"{name}.0.LinearLayer", model, i)
        for j in range(blocks):
            _put_block(weights, f"{name}.{j + 1}", model, f"stage{i}_block{j}")
    _put(weights, "AggregationLayer.Layer", model.get_layer("last_conv"))
    weights.check_none_left()
    return model, of_labels, options


def make_discriminator(state):
    """The discriminator of a state, a `keras.Model`."""
    weights = _begin(state)
    stages = weights.count(r"MainLayers\.(\d{1,3})\.")
    blocks = weights.count(r"MainLayers\.0\.Layers\.(\d{1,3})\.LinearLayer1\.")
    _, channels, *_ = weights.shape("ExtractionLayer.Layer.weight")
    last = f"MainLayers.{stages - 1}.Layers.{blocks}"
    filters, *_ = weights.shape(f"{last}.Basis.weight")
    shape = _image_shape(stages, channels)
    of_labels, label_dim = _labels(weights)
    if of_labels:
        options = {"label_dim": label_dim, **of_labels}
        model = networks.r3gan_projection_discriminator(
            shape, filters=filters, blocks=blocks, **options
        )
        _put_labels(weights, model)
    else:
        model = networks.r3gan_discriminator(shape, filters, blocks)
    _put_width(weights, "ExtractionLayer", model, 0)
    for i in range(stages):
        name = f"MainLayers.{i}.Layers"
        for j in range(blocks):
            _put_block(weights, f"{name}.{j}", model, f"stage{i}_block{j}")
        if i + 1 < stages:
            _put_width(weights, f"{name}.{blocks}.LinearLayer", model, i + 1)
    basis = model.get_layer("basis").kernel
    weights.put(f"{last}.Basis.weight", basis, _by_channel)
    _put(weights, f"{last}.LinearLayer", model.get_layer("logit"))
    weights.check_none_left()
    return model


def _begin(state):
    """The weights of a state, after a look at its filters."""
    names = {name.removeprefix(OUTER): name for name in state.arrays}
    arrays = {ours: state.arrays[name] for ours, name in names.items()}
    weights = others.Weights(dataclasses.replace(state, arrays=arrays))
    weights.drop_filters(r".*\.Resampler\.Kernel")
    return weights


def _labels(weights):
    """A dict with the number of classes, and the size of their vectors, if any."""
    if "EmbeddingLayer.weight" not in weights.left:
        return {}, 0
    size, num_classes = weights.shape("EmbeddingLayer.weight")
    return {"num_classes": num_classes}, size


def _put_labels(weights, model):
    embeddings = model.get_layer("embed").embeddings
    weights.put("EmbeddingLayer.weight", embeddings, np.transpose)


def _by_channel(array):
    """A kernel of each channel by itself, in our order of axes."""
    return array.transpose(2, 3, 0, 1)


def _image_shape(stages, channels):
    side = others.check_side(BASE << max(0, min(stages, 20) - 1))
    return (side, side, channels)


def _put(weights, name, layer):
    weights.put(f"{name}.weight", layer.kernel, others.kernel)


def _put_width(weights, name, model, stage):
    """Where features get another number of channels, which is not everywhere."""
    if f"{name}.Layer.weight" in weights.left:
        layers = {layer.name: layer for layer in model.layers}
        layer = layers.get(f"stage{stage}_width")
        if layer is None:
            raise ValueError(
                "The widths of the zoo's networks are one up to 32 pixels, and halve "
                f"above. Received: {name!r}, where they change."
            )
        _put(weights, f"{name}.Layer", layer)


def _put_block(weights, name, model, ours):
    for i in (1, 2, 3):
        layer = model.get_layer(f"{ours}_conv{i}")
        _put(weights, f"{name}.LinearLayer{i}.Layer", layer)
        if i < 3:
            weights.put(f"{name}.NonLinearity{i}.Bias", layer.bias)
