"""How far images of latents are from given ones, `(n,)`, as searches minimise it."""

import dataclasses

import keras
from keras import ops


@dataclasses.dataclass(frozen=True)
class Squared:
    """`mean m (x − G(z))² / mean m + α mean (f(y) − f(G(z)))²`, with a mask `m`.

    f are features of `D`, and `y = m x + (1 − m) G(z)`: what is masked counts as drawn.
    As in the code of Zhu et al. (2016), whose features are of another network.

    Args:
        feature_weight: float. `α`.
    """

    feature_weight: float = 0.0

    def __call__(self, model, z, x_hat, rows):
        mask = rows["mask"]
        share = _mean(mask)
        # A mask of an edit may be empty, which leaves nothing to be far from.
        share = ops.where(share > 0, share, 1.0)
        distance = _mean(mask * (rows["images"] - x_hat) ** 2) / share
        if self.feature_weight:
            x = mask * rows["images"] + (1 - mask) * x_hat
            f, f_hat = _features(model, z, (x, x_hat), rows["conditions"])
            distance = distance + self.feature_weight * _mean((f - f_hat) ** 2)
        return distance


@dataclasses.dataclass(frozen=True)
class Absolute:
    """`(1 − λ) Σ |x − G(z)| + λ Σ |f(x) − f(G(z))|` of Schlegl et al. (2017).

    Args:
        feature_weight: float. `λ`.
    """

    feature_weight: float = 0.1

    def __call__(self, model, z, x_hat, rows):
        x = rows["images"]
        distance = (1 - self.feature_weight) * _sum(ops.abs(x - x_hat))
        if self.feature_weight:
            f, f_hat = _features(model, z, (x, x_hat), rows["conditions"])
            distance = distance + self.feature_weight * _sum(ops.abs(f - f_hat))
        return distance


@dataclasses.dataclass(frozen=True)
class OfNetwork:
    """`mean (F(x) − F(G(z)))²` of a network `F`, with a mask as in `Squared`.

    Antipov et al. (2017) keep a person so, by a network that knows faces.

    Args:
        network: `keras.Model` from images in [-1, 1] to features.
    """

    network: keras.Model

    def __call__(self, model, z, x_hat, rows):
        x = rows["mask"] * rows["images"] + (1 - rows["mask"]) * x_hat
        f, f_hat = (self.network(images, training=False) for images in (x, x_hat))
        return _mean(ops.cast(f - f_hat, x_hat.dtype) ** 2)


def _features(model, z, images, conditions):
    """Features of data and of samples, which `D` sees with the same of all else."""
    return [
        model.features(model.discriminator_inputs(x, z, conditions)) for x in images
    ]


def _mean(x):
    return ops.mean(x, axis=tuple(range(1, len(x.shape))))


def _sum(x):
    return ops.sum(x, axis=tuple(range(1, len(x.shape))))
