"""Points of a line or a plane as images of one pixel: data and small networks."""

import keras
import numpy as np
from keras import layers
from scipy import special

from ganzoo.layers.spectral_normalization import SpectralDense

MODES = 8
RADIUS = 0.7
SPREAD = 0.02
# A sample is good within three standard deviations of a mode, as in PacGAN's code.
NEAR = 3 * SPREAD
# A mode is covered by a hundredth of the samples.
SHARE = 0.01


def centres():
    """The modes of the ring, `(8, 2)`."""
    angle = 2 * np.pi * np.arange(MODES) / MODES
    return RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def ring(n, rng):
    """Draw points of eight Gaussians on a circle, `(n, 2)`."""
    return mixture(n, rng, centres())


def mixture(n, rng, means):
    """Draw points of Gaussians of the means `(modes, 2)`, all as likely, `(n, 2)`."""
    noise = rng.normal(0, SPREAD, (n, 2))
    return (means[rng.integers(0, len(means), n)] + noise).astype("float32")


def modes(points, means=None):
    """How many modes points `(n, 2)` cover, and the share that is near to one.

    Args:
        points: array `(n, 2)`.
        means: array `(modes, 2)`, or None for those of the ring.
    """
    means = centres() if means is None else means
    distance = np.linalg.norm(points[:, None] - means, axis=-1)
    good = distance.min(axis=1) < NEAR
    counts = np.bincount(distance.argmin(axis=1)[good], minlength=len(means))
    return int((counts >= SHARE * len(points)).sum()), float(good.mean())


def as_images(points):
    """Points `(n, d)` as images `(n, 1, 1, d)`."""
    return points[:, None, None]


def grid(size, reach):
    """Points of a square around 0, row by row from the top, `(size², 2)`."""
    edge = np.linspace(-reach, reach, size, dtype="float32")
    x, y = np.meshgrid(edge, edge[::-1])
    return np.stack([x.ravel(), y.ravel()], axis=-1)


def generator(dimensions=2, latent_dim=16, units=128):
    """Generator of points: two hidden layers, and a linear last one."""
    x = z = layers.Input((latent_dim,), name="latents")
    for _ in range(2):
        x = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(dimensions)(x)
    return keras.Model(z, layers.Reshape((1, 1, dimensions))(x))


def shift(centre, scale):
    """Generator that moves and stretches its latents: `centre + scale * z`.

    Args:
        centre: sequence of floats, one for each dimension.
        scale: sequence of floats, likewise; each is of a latent of its own.
    """
    z = layers.Input((len(centre),), name="latents")
    layer = layers.Dense(len(centre))
    network = keras.Model(z, layers.Reshape((1, 1, len(centre)))(layer(z)))
    layer.set_weights([np.diag(scale), np.array(centre)])
    return network


def discriminator(dimensions=2, packing=1, spectral=False, units=128):
    """Discriminator of points, or of packs of them: two hidden layers."""
    dense = SpectralDense if spectral else layers.Dense
    inputs = layers.Input((1, 1, dimensions * packing), name="points")
    x = layers.Flatten()(inputs)
    for _ in range(2):
        x = dense(units, activation="relu")(x)
    return keras.Model(inputs, dense(1)(x))


def draw(model, n):
    """Samples of a game's generator as points, `(n, d)`, always of the same latents."""
    return model.generate(n, seed=1, as_float=True).reshape(n, -1)


def logits(model, points):
    """What the discriminator says of each point; of a pack of copies of it, `(n,)`."""
    images = np.tile(as_images(points), model.packing).astype("float32")
    found = model.discriminator(images, training=False)
    return keras.ops.convert_to_numpy(found)[:, 0]


def surface(model, size, reach, is_critic):
    """How real each place of a square looks to the discriminator.

    Args:
        model: `AdversarialModel`.
        size: int. Places along an edge.
        reach: float. Half an edge.
        is_critic: bool. Whether a logit of 0 means nothing; then it is by what the
            critic says on average, in units of two standard deviations.

    Returns:
        Array `(size, size)` in [0, 1], from the top.
    """
    values = logits(model, grid(size, reach))
    if is_critic:
        values = 2 * (values - values.mean()) / (values.std() + 1e-9)
    return special.expit(values).reshape(size, size)
