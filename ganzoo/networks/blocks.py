"""What several architectures are made of."""

import random

import keras

from ganzoo.layers.batch_normalization import BatchNormalization
from ganzoo.layers.layer_normalization import InstanceNormalization
from ganzoo.layers.layer_normalization import LayerNormalization
from ganzoo.layers.random_draws import Dropout
from ganzoo.layers.random_draws import GaussianNoise
from ganzoo.layers.virtual_batch_normalization import VirtualBatchNormalization


def dropout(rate):
    """A dropout layer whose draws are those of a seed, from `set_random_seed` as ever.

    On PyTorch Keras lets one without a seed draw from where no saved model reaches.
    """
    return Dropout(rate, seed=_seed() if rate else None)


def gaussian_noise(deviation):
    """Noise of this standard deviation in training, whose draws are those of a seed."""
    return GaussianNoise(deviation, seed=_seed())


def _seed():
    return random.randint(1, int(1e9))


def normal():
    """Arguments of a layer whose kernel starts as N(0, 0.02²), as DCGAN's do.

    A new initializer each time: an unseeded one repeats its draw.
    """
    return {"kernel_initializer": keras.initializers.RandomNormal(0.0, 0.02)}


def uniform(bound):
    """Arguments of a layer whose kernel starts as U[-bound, bound], as GAN's do."""
    return {"kernel_initializer": keras.initializers.RandomUniform(-bound, bound)}


def glorot(gain=1.0):
    """Arguments of a layer whose kernel starts as that of Glorot & Bengio times a gain.

    U[-a, a] with a = gain · √(6 / (fan_in + fan_out)).
    """
    uniform = keras.initializers.VarianceScaling(gain**2, "fan_avg", "uniform")
    return {"kernel_initializer": uniform}


def join_maps(x, condition):
    """Features, and beside them one constant map for each number of a condition.

    Args:
        x: Keras tensor `(batch, height, width, channels)`.
        condition: Keras tensor `(batch, size)`.

    Returns:
        Keras tensor `(batch, height, width, channels + size)`.
    """
    _, height, width, _ = x.shape
    maps = keras.layers.RepeatVector(height * width)(condition)
    maps = keras.layers.Reshape((height, width, condition.shape[-1]))(maps)
    return keras.layers.Concatenate()([x, maps])


def normalize(x, normalization="batch"):
    """Normalise features `(batch, ..., channels)`.

    Args:
        x: Keras tensor.
        normalization: "batch", "layer", "instance", "virtual", "spectral" or None.
            Layer normalisation is over all of one example, with a gain for each
            channel, and that of instances over each channel of one example. Virtual is
            by a reference batch in front, and spectral is the layer's own.

    Raises:
        ValueError: If the normalisation is unknown.
    """
    if normalization in (None, "spectral"):
        return x
    if normalization == "virtual":
        return VirtualBatchNormalization()(x)
    if normalization == "batch":
        # The running statistics follow within a hundred steps, not a thousand.
        return BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    if normalization == "layer":
        return LayerNormalization()(x)
    if normalization == "instance":
        return InstanceNormalization()(x)
    raise ValueError(
        "`normalization` must be 'batch', 'layer', 'instance', 'virtual', 'spectral' "
        "or None. "
        f"Received: normalization={normalization!r}."
    )
