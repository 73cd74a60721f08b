"""StyleGAN3's generators T and R, whose details move with what they are parts of.

Reference:
    [Karras et al., 2021](https://arxiv.org/abs/2106.12423)
"""

import dataclasses
import math

import keras
from keras import layers
from keras import ops

from ganzoo.layers import FilteredLeakyReLU
from ganzoo.layers import FourierFeatures
from ganzoo.layers import MagnitudeNormalization
from ganzoo.layers import ModulatedConv2D
from ganzoo.networks import sizes
from ganzoo.networks import stylegan2
from ganzoo.system.errors import check_count

CONFIGS = ("T", "R")
CRITICAL = 2  # layers at the end without room between cutoff and sampling
# Of the first layer, and of the last relative to its cutoff.
FIRST_CUTOFF, FIRST_STOPBAND, LAST_STOPBAND = 2.0, 2**2.1, 2**0.3
MARGIN = 10  # samples around the image
OUTPUT_SCALE = 0.25
DECAY = 0.998  # of the mean style


@dataclasses.dataclass(frozen=True)
class Signal:
    """What goes from one layer to the next.

    Args:
        rate: int. Samples for each unit of length, as many as the image has pixels.
        cutoff: float. Highest frequency of what it is to hold.
        half_width: float. Half of the band in which its filter falls.
        side: int. Samples.
        channels: int.
    """

    rate: int
    cutoff: float
    half_width: float
    side: int
    channels: int

    @property
    def band(self):
        """What a filter is made of."""
        return self.rate, self.cutoff, self.half_width


def stylegan3_generator(
    image_shape,
    latent_dim=512,
    style_dim=512,
    filters=512,
    channel_base=32768,
    mapping_layers=2,
    layers=14,
    config="T",
    upsampling=2,
):
    """Generator whose images move as its Fourier features do, by parts of a pixel too.

    It is two models: "mapping", from latents to a style for each layer, and
    "synthesis", from these to images. There is no noise.

    Args:
        image_shape: tuple. `(height, width, channels)`, of a square. An image whose
            side is no power of two is the middle of one of the next.
        latent_dim: int. Size of the latents.
        style_dim: int. Size of the styles.
        filters: int. Most channels of a layer; twice as many in R.
        channel_base: int. A layer of cutoff `f` has `channel_base / 2f` channels, if
            those are less; twice as many in R.
        mapping_layers: int.
        layers: int. Those between Fourier features and image, 3 or more.
        config: "T" or "R". Whether images move with their details, or turn too: by
            kernels of one pixel, and filters that are alike in all directions.
        upsampling: int. How many times as many samples activations are of, `m` in
            Section 2.1 of the paper.

    Returns:
        `keras.Model` from latents `(batch, latent_dim)` and the truncation of each
        style `(batch, layers + 2)`, of which 1 is none, to `(batch, *image_shape)`,
        about in [-1, 1].

    Raises:
        ValueError: If the image is no square of 4 pixels or more, there are fewer
            layers, another config, or a size or a count of less than 1.
    """
    side, channels = _check(image_shape, layers, config)
    check_count("filters", filters)
    check_count("channel_base", channel_base)
    twice = 2 if config == "R" else 1
    signals = signals_of(side, channels, layers, twice * filters, twice * channel_base)
    count = layers + 2
    mapping = stylegan2.to_styles(
        latent_dim, None, style_dim, mapping_layers, count, decay=DECAY
    )
    synthesis = _to_images(signals, style_dim, config, upsampling)
    return stylegan2.joined(mapping, synthesis, "stylegan3_generator")


def signals_of(side, image_channels, count, filters, channel_base):
    """The outputs of the layers, as in the authors' code: a list of `count + 1`.

    The cutoff frequencies grow by a constant factor up to those of the image. The last
    is the image; the first is of the Fourier features too.

    Args:
        side: int. Pixels of a side.
        image_channels: int.
        count: int. Layers.
        filters: int. Most channels of one.
        channel_base: int.
    """
    whole = pixels_of_a_unit(side)
    last_cutoff = whole / 2
    found = []
    for i in range(count + 1):
        share = min(i / (count - CRITICAL), 1)
        cutoff = FIRST_CUTOFF * (last_cutoff / FIRST_CUTOFF) ** share
        growth = last_cutoff * LAST_STOPBAND / FIRST_STOPBAND
        stopband = FIRST_STOPBAND * growth**share
        rate = _power_of_two(min(2 * stopband, whole))
        near_end = i >= count - 1
        found.append(
            Signal(
                rate,
                cutoff,
                max(stopband, rate / 2) - cutoff,
                side if near_end else math.ceil(rate * side / whole) + 2 * MARGIN,
                max(1, round(min(channel_base / 2 / cutoff, filters))),
            )
        )
    return [*found[:-1], dataclasses.replace(found[-1], channels=image_channels)]


def _to_images(signals, style_dim, config, upsampling):
    """The model from styles to images."""
    all_styles = layers.Input((len(signals) + 1, style_dim), name="styles")
    first, *styles = ops.unstack(all_styles, len(signals) + 1, axis=1)
    *inner, image = signals
    before = inner[0]
    x = FourierFeatures(
        before.side, before.channels, before.rate, before.cutoff, dtype="float32"
    )(first)
    for i, (after, style) in enumerate(zip(inner, styles)):
        is_critical = i >= len(inner) - CRITICAL
        x = MagnitudeNormalization(name=f"layer{i}_magnitude")(x)
        if config == "T":
            # All samples that a kernel reaches.
            x = layers.ZeroPadding2D(1)(x)
        kernel_size = 3 if config == "T" else 1
        x = ModulatedConv2D(after.channels, kernel_size, name=f"layer{i}")([x, style])
        x = FilteredLeakyReLU(
            before.band,
            after.band,
            after.side,
            upsampling,
            radial=config == "R" and not is_critical,
            name=f"layer{i}_activation",
        )(x)
        before = after
    x = MagnitudeNormalization(name="to_image_magnitude")(x)
    options = {"demodulate": False, "dtype": "float32", "name": "to_image"}
    x = ModulatedConv2D(image.channels, 1, **options)([x, styles[-1]])
    return keras.Model(all_styles, OUTPUT_SCALE * x, name="synthesis")


def pixels_of_a_unit(side):
    """How many pixels are the unit of length of an image of this side."""
    return _power_of_two(side)


def _power_of_two(number):
    """The least power of two that is as much."""
    return 2 ** math.ceil(math.log2(number))


def _check(image_shape, layers, config):
    height, width, channels = sizes.check_image_shape(image_shape)
    if height != width or height < 4:
        raise ValueError(
            "`image_shape` must be of a square of 4 pixels or more: all filters are of "
            f"one sampling rate. Received: image_shape={image_shape!r}."
        )
    if not isinstance(layers, int) or layers <= CRITICAL:
        raise ValueError(
            f"`layers` must be an int of at least {CRITICAL + 1}, as the last "
            f"{CRITICAL} have the cutoff of the image. Received: layers={layers!r}."
        )
    if config not in CONFIGS:
        raise ValueError(
            f"`config` must be one of {CONFIGS}. Received: config={config!r}."
        )
    return height, channels
