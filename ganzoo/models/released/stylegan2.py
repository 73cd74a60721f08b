"""StyleGAN2's weights as of its authors' code, with and without labels.

Those of stylegan2-ada-pytorch, and of StudioGAN, whose networks are the same: from
pickles or a state_dict.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/2006.06676), and the
    [authors' code](https://github.com/NVlabs/stylegan2-ada-pytorch)
"""

import dataclasses
import re

import numpy as np

from ganzoo import networks
from ganzoo.models.conditional_stylegan2 import ConditionalStyleGAN2
from ganzoo.models.released import weights as others
from ganzoo.models.stylegan2 import StyleGAN2
from ganzoo.networks.stylegan2 import OF_STYLES

LICENCE = "NVIDIA Source Code License (non-commercial)"
GROUP = 4  # images that a discriminator compares, where a file does not tell
# What our networks suppose of options that weights do not show.
FACTS = {
    r".*\.activation": ("linear", "lrelu"),
    r"mapping\.fc\d+\.bias_gain": (OF_STYLES,),
    r".*\.use_noise": (True,),
}


def is_generator(arrays):
    """Whether the names of some arrays are those of a generator."""
    return {"mapping.fc0.weight", "synthesis.b4.const"} <= arrays.keys()


def is_discriminator(arrays):
    """Whether the names of some arrays are those of a discriminator."""
    return {"b4.conv.weight", "b4.fc.weight"} <= arrays.keys()


def build(generator_state, discriminator_state=None):
    """The model of a generator and a discriminator, or a new one if there is none.

    Args:
        generator_state: `State` for which `is_generator`.
        discriminator_state: `State` for which `is_discriminator`, or None.

    Returns:
        `StyleGAN2`, or `ConditionalStyleGAN2` of networks with labels.

    Raises:
        ValueError: If they are not of networks of the zoo.
    """
    generator, of_labels, widths = make_generator(generator_state)
    image_shape = generator.output_shape[1:]
    if discriminator_state is not None:
        discriminator = make_discriminator(discriminator_state)
    elif of_labels:
        discriminator = networks.stylegan2_projection_discriminator(
            image_shape, **of_labels, **widths
        )
    else:
        discriminator = networks.stylegan2_discriminator(image_shape, **widths)
    model_class = ConditionalStyleGAN2 if of_labels else StyleGAN2
    model = model_class(
        image_shape, generator=generator, discriminator=discriminator, **of_labels
    )
    model.constant_noise.assign(constant_noise(generator_state))
    return model


def make_generator(state):
    """The generator of a state, and options that its discriminator has too.

    Returns:
        `keras.Model`, a dict with "num_classes" if there are labels, and one of widths.
    """
    weights = _begin(state)
    sides = _sides(weights, "synthesis.")
    _check_noise(weights, sides)
    last = f"synthesis.b{sides[-1]}.torgb.weight"
    depth, of_labels, latent_dim = _styles(weights)
    widths = _widths({n: weights.shape(f"synthesis.b{n}.conv1.weight") for n in sides})
    style_dim, *_ = weights.shape(f"mapping.fc{depth - 1}.weight")
    name = "stylegan2_conditional_generator" if of_labels else "stylegan2_generator"
    model = getattr(networks, name)(
        (sides[-1], sides[-1], weights.shape(last)[0]),
        **of_labels,
        latent_dim=latent_dim,
        style_dim=style_dim,
        mapping_layers=depth,
        architecture=_architecture(weights, "synthesis.", "synthesis.b4.torgb"),
        **widths,
    )
    mapping = model.get_layer("mapping")
    _put_styles(weights, mapping, depth)
    weights.put("mapping.w_avg", mapping.get_layer("truncated").mean)
    _put_synthesis(weights, model.get_layer("synthesis"), sides)
    weights.check_none_left()
    return model, of_labels, widths


def constant_noise(state):
    """The noise that a generator's state has, in a row as our networks take it."""
    sides = _sides(others.Weights(state), "synthesis.")
    arrays = (state.arrays[f"{name}.noise_const"] for name in _noises(sides))
    return np.concatenate([array.ravel() for array in arrays]).astype("float32")


def make_discriminator(state):
    """The discriminator of a state, a `keras.Model`."""
    weights = _begin(state)
    *sides, smallest = _sides(weights)[::-1]
    widths = {n: weights.shape(f"b{n}.conv0.weight") for n in sides}
    widths[smallest] = weights.shape("b4.conv.weight")
    channels = weights.shape(f"b{sides[0]}.fromrgb.weight")[1]
    options = _widths(widths)
    name = "stylegan2_discriminator"
    if labelled := "mapping.embed.weight" in weights.left:
        depth, of_labels, _ = _styles(weights)
        size, *_ = weights.shape("mapping.embed.weight")
        options |= {**of_labels, "label_dim": size, "label_layers": depth}
        name = "stylegan2_projection_discriminator"
    model = getattr(networks, name)(
        (sides[0], sides[0], channels),
        **options,
        architecture=_architecture(weights, "", "b4.fromrgb"),
        group_size=weights.facts.get("b4.mbstd.group_size", GROUP),
    )
    if labelled:
        _put_styles(weights, model, depth)
    for i, side in enumerate(sides):
        for theirs, ours in {
            "fromrgb": "from_image",
            "conv0": "conv0",
            "conv1": "conv1",
            "skip": "shortcut",
        }.items():
            if f"b{side}.{theirs}.weight" in weights.left:
                _put(weights, f"b{side}.{theirs}", model.get_layer(f"block{i}_{ours}"))
    if "b4.fromrgb.weight" in weights.left:
        _put(weights, "b4.fromrgb", model.get_layer(f"block{len(sides)}_from_image"))
    _put(weights, "b4.conv", model.get_layer("last_conv"))
    width, *_ = weights.shape("b4.fc.weight")
    _put(
        weights,
        "b4.fc",
        model.get_layer("last_dense"),
        # Its inputs are the pixels of features.
        lambda array: others.pixels_first(array.T, width),
    )
    _put(weights, "b4.out", model.get_layer("logit"))
    weights.check_none_left()
    return model


# === Sizes and options ===


def _begin(state):
    """The weights of a state, after a look at what is not one of them."""
    # StudioGAN has the last layer elsewhere.
    names = {name: re.sub(r"^linear1\.", "b4.out.", name) for name in state.arrays}
    arrays = {names[name]: array for name, array in state.arrays.items()}
    weights = others.Weights(dataclasses.replace(state, arrays=arrays))
    for name, value in weights.facts.items():
        for pattern, known in FACTS.items():
            if re.fullmatch(pattern, name) and value not in known:
                raise ValueError(
                    "The file is of networks that the zoo does not have: an option is "
                    f"one of {known} there. Received: {name}={value!r}."
                )
    weights.drop_filters(r".*\.resample_filter")
    return weights


def _sides(weights, prefix=""):
    """The sides of the blocks' features, from 4 on."""
    pattern = re.compile(rf"{re.escape(prefix)}b(\d{{1,5}})\.")
    found = sorted({int(m[1]) for m in map(pattern.match, weights.arrays) if m})
    if len(found) < 2 or found != [4 << i for i in range(len(found))]:
        raise ValueError(
            "Blocks have features of 4, 8, 16 pixels and so on, up to the images'. "
            f"Received: blocks of {found}."
        )
    others.check_side(found[-1])
    return found


def _check_noise(weights, sides):
    """Raise a ValueError unless images are as large as the noise in the file."""
    for name in _noises(sides):
        side = int(re.search(r"b(\d+)", name)[1])
        shape = weights.shape(f"{name}.noise_const")
        if shape != (side, side):
            raise ValueError(
                "The noise of a layer is as large as its features. "
                f"Received: {name!r} with noise of shape {shape}."
            )


def _noises(sides):
    """Names of the layers that have noise, in their order."""
    for side in sides:
        for conv in ("conv0", "conv1") if side > 4 else ("conv1",):
            yield f"synthesis.b{side}.{conv}"


def _styles(weights):
    """Layers of a mapping, a dict with its number of classes, and its latents' size."""
    depth = weights.count(r"mapping\.fc(\d{1,3})\.weight")
    _, inputs = weights.shape("mapping.fc0.weight")
    if "mapping.embed.weight" not in weights.left:
        return depth, {}, inputs
    size, num_classes = weights.shape("mapping.embed.weight")
    return depth, {"num_classes": num_classes}, inputs - size


def _widths(shapes):
    """`filters` and `channel_base` of networks, by the kernels' shapes at each side."""
    widths = {side: shape[0] for side, shape in shapes.items()}
    filters = max(widths.values())
    bases = [side * width for side, width in widths.items() if width < filters]
    return {
        "filters": filters,
        "channel_base": max(bases, default=filters * max(widths)),
    }


def _architecture(weights, prefix, of_each):
    """Of networks whose blocks have shortcuts, or layers from or to an image each."""
    if f"{prefix}b8.skip.weight" in weights.left:
        return "resnet"
    return "skip" if f"{of_each}.weight" in weights.left else "orig"


# === Layers ===


def _put_synthesis(weights, synthesis, sides):
    constant = synthesis.get_layer("constant").constant
    weights.put("synthesis.b4.const", constant, others.channels_last)
    for i, side in enumerate(sides):
        theirs, ours = f"synthesis.b{side}", f"block{i}"
        for conv in ("conv0", "conv1") if i else ("conv1",):
            layer = synthesis.get_layer(f"{ours}_{conv}")
            _put_modulated(weights, f"{theirs}.{conv}", layer)
            strength = synthesis.get_layer(f"{ours}_{conv}_noise").strength
            weights.put(f"{theirs}.{conv}.noise_strength", strength)
        if f"{theirs}.torgb.weight" in weights.left:
            layer = synthesis.get_layer(f"{ours}_to_image")
            _put_modulated(weights, f"{theirs}.torgb", layer)
        if f"{theirs}.skip.weight" in weights.left:
            _put(weights, f"{theirs}.skip", synthesis.get_layer(f"{ours}_shortcut"))
    # It is the model's.
    weights.drop(r".*\.noise_const")


def _put_styles(weights, model, depth):
    if "mapping.embed.weight" in weights.left:
        _put(weights, "mapping.embed", model.get_layer("embed"))
    for i in range(depth):
        _put(weights, f"mapping.fc{i}", model.get_layer(f"dense{i}"))


def _put_modulated(weights, name, layer):
    _put(weights, name, layer)
    _put(weights, f"{name}.affine", layer.to_scales)


def _put(weights, name, layer, change=others.kernel):
    weights.put(f"{name}.weight", layer.kernel, change)
    if f"{name}.bias" in weights.left:
        weights.put(f"{name}.bias", layer.bias)
