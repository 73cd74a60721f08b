"""How strange images are to a model: how far the nearest one is that it can draw.

Reference:
    [Schlegl et al., 2017](https://arxiv.org/abs/1703.05921)
"""

import numpy as np

from ganzoo.backend import seeds
from ganzoo.game.inversion import arguments
from ganzoo.game.inversion.distances import Absolute

RATE = 0.03  # of the search
KINDS = ("search", "encoder")


class Anomalies:
    """What an `AdversarialModel` tells of images that may be none of its data."""

    # What a variant may have otherwise: how latents are found, and the weight of the
    # features, unless a user says so.
    anomaly_by = "search"
    anomaly_weight = 0.1

    def anomaly_distance(self, feature_weight):
        """The distance that `anomaly_score` is, with such a weight.

        Raises:
            ValueError: If the weight is out of its range.
        """
        if feature_weight > 1:
            raise ValueError(
                "`feature_weight` must be in [0, 1]: what is left of 1 is the weight "
                f"of the pixels. Received: feature_weight={feature_weight!r}."
            )
        return Absolute(feature_weight)

    def anomaly_score(
        self,
        images,
        *,
        by=None,
        feature_weight=None,
        steps=500,
        seed=0,
        return_latents=False,
        verbose=1,
        **conditions,
    ):
        """`A(x) = (1 − λ) Σ |x − G(z)| + λ Σ |f(x) − f(G(z))|`, high if it is strange.

        `f` are features of `D`, of the pair with `z` if `D` sees pairs. The sums are of
        pixels in [-1, 1] and of features, so that scores of models do not compare.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            by: "search", for the `z` that minimises `A` by Adam from one random start
                (Schlegl et al., 2017); or "encoder", for `z = E(x)`, with a model that
                has `encode` ([Zenati et al., 2018](https://arxiv.org/abs/1802.06222)).
                By default "search", and of FAnoGAN "encoder".
            feature_weight: float. `λ`, in [0, 1]; by default 0.1. FAnoGAN has a score
                of its own, with `κ`.
            steps: int. Of the search.
            seed: int or None. Of the random start, the same for each image.
            return_latents: bool. Whether to return `z` too.
            verbose: 0 or 1. 1 shows progress on the standard error.
            **conditions: As in `project`.

        Returns:
            float32 array `(n,)`; with `return_latents` also `(n, latent_dim)`.

        Raises:
            ValueError: If the model has no latents, or no `encode` for "encoder", `λ`
                is out of its range, or as in `project`.
        """
        arguments.check_inverts(self)
        by = by or self.anomaly_by
        self._check_by(by)
        if feature_weight is None:
            feature_weight = self.anomaly_weight
        images = self._checked_images(images)
        arguments.check_numbers(steps=(steps, 0), feature_weight=(feature_weight, 0.0))
        distance = self.anomaly_distance(float(feature_weight))
        known = self._known(images, None, conditions, seed)
        kind = "random" if by == "search" else by
        z, scores = self.search(distance)(
            known,
            self._find_starts(kind, images, 1, seed),
            steps=steps if by == "search" else 0,
            rate=RATE,
            weight=0.0,
            verbose=verbose,
        )
        return (scores, z) if return_latents else scores

    def anomaly_map(self, images, **options):
        """`|x − G(z)|` of each pixel, in the range of pixels from 0 to 2.

        Args:
            images: As in `anomaly_score`.
            **options: Other arguments of `anomaly_score`, which finds `z`.

        Returns:
            float32 array `(n, height, width, channels)`.

        Raises:
            ValueError: As in `anomaly_score`.
        """
        seed = seeds.known(options.get("seed", 0))
        options = {**options, "seed": seed, "return_latents": True}
        _, z = self.anomaly_score(images, **options)
        given = {k: v for k, v in options.items() if k in self.condition_names}
        known = self._known(self._checked_images(images), None, given, seed)
        rows = known(np.arange(len(z)))
        x_hat = self.decode(z, rows["conditions"], as_float=True)
        return np.abs(rows["images"] - x_hat)

    def _check_by(self, by):
        if by not in KINDS:
            raise ValueError(f"`by` must be one of {KINDS}. Received: by={by!r}.")
        if by != "search" and not self.encodes:
            raise ValueError(
                f"{type(self).__name__} has no `encode`: choose by='search', or a "
                f"model with an encoder. Received: by={by!r}."
            )
