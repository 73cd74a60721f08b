"""Numbers of the authors' code of StyleGAN2, and our networks with its weights.

`tests/models/references/stylegan2_small.npz` holds random weights, inputs and what the
authors' code makes of them, in PyTorch's layout: images of 16 pixels, 3 classes, and
groups of 2.
"""

import functools
import pathlib

import numpy as np

from ganzoo import networks

PLACE = pathlib.Path(__file__).parent / "models/references/stylegan2_small.npz"
SHAPE, CLASSES, GROUP = (16, 16, 3), 3, 2
SIDES = (4, 8, 16)


@functools.cache
def reference():
    with np.load(PLACE) as file:
        return dict(file)


def images(name):
    """A reference in our layout."""
    return reference()[name].transpose(0, 2, 3, 1)


def labels():
    return reference()["c"].argmax(1).astype("int32")


def generator():
    model = networks.stylegan2_conditional_generator(
        SHAPE, CLASSES, 8, 8, filters=16, channel_base=128, mapping_layers=2
    )
    mapping, synthesis = model.get_layer("mapping"), model.get_layer("synthesis")
    set_styles(mapping, "G/mapping")
    mapping.get_layer("truncated").mean.assign(reference()["G/mapping.w_avg"])
    constant = reference()["G/synthesis.b4.const"].transpose(1, 2, 0)
    synthesis.get_layer("constant").constant.assign(constant)
    for i, side in enumerate(SIDES):
        place = f"G/synthesis.b{side}"
        for conv in ["conv0"] * (i > 0) + ["conv1"]:
            set_modulated(synthesis, f"block{i}_{conv}", f"{place}.{conv}")
            strength = synthesis.get_layer(f"block{i}_{conv}_noise").strength
            strength.assign(reference()[f"{place}.{conv}.noise_strength"])
        set_modulated(synthesis, f"block{i}_to_image", f"{place}.torgb")
    return model


def discriminator():
    model = networks.stylegan2_projection_discriminator(
        SHAPE,
        CLASSES,
        filters=16,
        channel_base=128,
        group_size=GROUP,
        label_dim=8,
        label_layers=2,
    )
    set_styles(model, "D/mapping")
    set_layer(model, "block0_from_image", "D/b16.fromrgb")
    for i, side in enumerate((16, 8)):
        for conv in ("conv0", "conv1"):
            set_layer(model, f"block{i}_{conv}", f"D/b{side}.{conv}")
        set_layer(model, f"block{i}_shortcut", f"D/b{side}.skip")
    set_layer(model, "last_conv", "D/b4.conv")
    set_layer(model, "last_dense", "D/b4.fc", flat=(16, 4, 4))
    set_layer(model, "logit", "D/b4.out")
    return model


def set_styles(model, place):
    for ours, theirs in (("embed", "embed"), ("dense0", "fc0"), ("dense1", "fc1")):
        set_layer(model, ours, f"{place}.{theirs}")


def set_modulated(model, name, place):
    set_layer(model, name, place)
    affine = model.get_layer(name).to_scales
    affine.kernel.assign(reference()[f"{place}.affine.weight"].T)
    affine.bias.assign(reference()[f"{place}.affine.bias"])


def set_layer(model, name, place, flat=None):
    layer, kernel = model.get_layer(name), reference()[f"{place}.weight"]
    if flat:
        # Channels come last in our features.
        kernel = kernel.reshape(-1, *flat).transpose(0, 2, 3, 1)
        kernel = kernel.reshape(len(kernel), -1)
    layer.kernel.assign(kernel.T if kernel.ndim == 2 else kernel.transpose(2, 3, 1, 0))
    if f"{place}.bias" in reference():
        layer.bias.assign(reference()[f"{place}.bias"])


def noise(constant=True):
    maps = [
        reference()[f"G/synthesis.b{side}.{conv}.noise_const"].ravel()
        for i, side in enumerate(SIDES)
        for conv in ["conv0"] * (i > 0) + ["conv1"]
    ]
    row = np.concatenate(maps) * constant
    return np.tile(row, (4, 1)).astype("float32")


def psi(value, cutoff=6):
    row = np.where(np.arange(6) < cutoff, value, 1.0)
    return np.tile(row, (4, 1)).astype("float32")
