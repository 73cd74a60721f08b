"""The Fréchet distance between two sets of features, each seen as one Gaussian.

References:
    [Dowson & Landau, 1982](https://doi.org/10.1016/0047-259X(82)90077-X): the distance.
    [Heusel et al., 2017](https://arxiv.org/abs/1706.08500), Equation 6: as a score of
        generators.
    [Chan et al., 1979](https://doi.org/10.1007/978-3-642-51461-6_3): merging moments.
"""

import functools
import warnings

import numpy as np
import scipy


class Moments:
    """Count, mean and covariance of features that arrive in batches, in float64.

    A batch is centred on its own mean and then merged (Chan et al.), which stays exact
    where sums of squares cancel: at a mean of 10,000 and a deviation of 0.3 they lose
    ten digits.

    Args:
        dimension: int. Length of one feature vector.

    Attributes:
        count: int. How many feature vectors have been seen; None if that is not known.
        mean: float64 array of shape `(dimension,)`.
    """

    def __init__(self, dimension):
        if dimension < 1:
            raise ValueError(
                "A feature vector has at least one number. "
                f"Received: dimension={dimension}."
            )
        self.dimension = dimension
        self.count = 0
        self.mean = np.zeros(dimension)
        # The upper triangle only, in the order of Fortran's BLAS.
        self._scatter = np.zeros((dimension, dimension), order="F")

    @classmethod
    def of(cls, features):
        """Return the moments of one array of shape `(count, dimension)`."""
        moments = cls(np.shape(features)[-1] if np.ndim(features) else 1)
        moments.update(features)
        return moments

    @classmethod
    def from_statistics(cls, mean, covariance, count=None):
        """Return moments that were computed elsewhere.

        Args:
            mean: array of shape `(dimension,)`.
            covariance: array of shape `(dimension, dimension)`, over `count - 1`.
            count: int, or None where it is not known.

        Raises:
            ValueError: if the shapes are others, or a number is not finite.
        """
        mean = np.array(mean, "float64")
        covariance = np.array(covariance, "float64")
        if mean.ndim != 1 or covariance.shape != 2 * mean.shape:
            raise ValueError(
                "A mean has the shape `(dimension,)` and its covariance `(dimension, "
                f"dimension)`. Received: mean.shape={mean.shape}, "
                f"covariance.shape={covariance.shape}."
            )
        if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
            raise ValueError(
                "The moments must be finite. Received: a mean or a covariance with "
                "NaN or infinity."
            )
        _check_covariance(covariance)
        moments = cls(len(mean))
        moments.mean, moments.count = mean, count
        moments.covariance = covariance
        if count is not None:
            moments._scatter = (covariance * (count - 1)).T
        return moments

    def update(self, features):
        """Take one more batch in.

        Args:
            features: array of shape `(batch, dimension)`, of any real type.

        Raises:
            ValueError: if the shape is another, a number is not finite, or it is not
                known how many there were before. The moments are then as they were.
        """
        self._check_counted()
        x = self._checked(features)
        if len(x):
            mean = x.mean(axis=0)
            # The shift of the mean scatters like one vector more.
            self._scatter_by(np.vstack([x - mean, self._move(len(x), mean)]))

    def merge(self, other):
        """Take in what other moments have seen, as if it had been seen here.

        Args:
            other: `Moments` of the same dimension, which stay as they are.

        Raises:
            ValueError: if the dimensions differ, or it is not known of both how many
                feature vectors they are of. The moments are then as they were.
        """
        if other.dimension != self.dimension:
            raise ValueError(
                "Moments of two extractors do not merge: both must have one dimension. "
                f"Received: dimension={self.dimension}, "
                f"other.dimension={other.dimension}."
            )
        self._check_counted()
        other._check_counted()
        if other.count:
            shift = self._move(other.count, other.mean)
            self._scatter += other._scatter
            self._scatter_by(shift[None])

    def _move(self, count, mean):
        """Count `count` vectors more, of this mean; return what the shift scatters."""
        total = self.count + count
        shift = mean - self.mean
        scattered = shift * np.sqrt(self.count * count / total)
        self.mean = self.mean + shift * (count / total)
        self.count = total
        self.__dict__.pop("covariance", None)
        self.__dict__.pop("cholesky", None)
        return scattered

    def _scatter_by(self, rows):
        # One triangle, in place: less than half the time of `+= rows.T @ rows`.
        self._scatter = scipy.linalg.blas.dsyrk(
            1.0, rows.T, beta=1.0, c=self._scatter, overwrite_c=True
        )

    def _check_counted(self):
        if self.count is None:
            raise ValueError(
                "Moments of an unknown number of feature vectors take no more in, and "
                "are not taken in. Received: count=None."
            )

    @functools.cached_property
    def covariance(self):
        """The unbiased covariance, over `count - 1`: float64, `(dimension, dimension)`.

        Raises:
            ValueError: if fewer than two feature vectors have been seen.
        """
        if self.count < 2:
            raise ValueError(
                "A covariance needs at least 2 feature vectors. "
                f"Received: count={self.count}."
            )
        upper = np.triu(self._scatter / (self.count - 1))
        return upper + np.triu(upper, k=1).T

    @functools.cached_property
    def cholesky(self):
        """A lower triangular `L` and an `order`: `L Lᵀ = covariance[order][:, order]`.

        Kept until the next `update`, for further distances from the same reference.
        With pivots the factorisation ends at the rank, where only rounding is left: the
        columns behind it are 0.
        """
        factor, pivots, rank, _ = scipy.linalg.lapack.dpstrf(self.covariance, lower=1)
        L = np.tril(factor)
        L[:, rank:] = 0.0
        return np.asfortranarray(L), pivots - 1

    def _checked(self, features):
        x = np.asarray(features, dtype="float64")
        if x.ndim != 2 or x.shape[1] != self.dimension:
            raise ValueError(
                "`features` must have the shape `(batch, dimension)`, of one dimension "
                "throughout. "
                f"Received: features.shape={x.shape}, dimension={self.dimension}."
            )
        broken = x.size - np.isfinite(x).sum()
        if broken:
            raise ValueError(
                "`features` must be finite, or every later score would be NaN: look "
                "for a diverged generator. Received: "
                f"features with {broken} of {x.size} numbers not finite."
            )
        return x


def _check_covariance(covariance):
    """Raise a ValueError for what is no covariance, as far as a glance tells."""
    deviations = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    bound = np.outer(deviations, deviations)
    rounding = 1e-5 * bound.max(initial=0.0)
    if (
        np.diag(covariance).min() < -rounding
        or np.abs(covariance - covariance.T).max() > rounding
        or (np.abs(covariance) - bound).max() > rounding
    ):
        raise ValueError(
            "A covariance is symmetric, has no negative variances, and correlations of "
            "at most 1. Received: another matrix as `covariance`."
        )


def frechet_distance(reference, samples):
    """Return the squared Fréchet distance of two Gaussians (Heusel et al., Equation 6).

    `‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½)`, in the square of the features' unit; 0 for
    equal moments. It is symmetric, but only the reference's root is computed and kept.

    A finite count biases it upwards by about `C / count`, where `C` grows with the
    dimension: compare distances of equal counts only.

    Args:
        reference: `Moments` of the data.
        samples: `Moments` of what is to be scored, of the same dimension.

    Returns:
        A float, at least 0.

    Raises:
        ValueError: if the dimensions differ, a count is below 2, or the result is more
            negative than rounding explains.
    """
    if reference.dimension != samples.dimension:
        raise ValueError(
            "Features of two extractors have no distance: both `Moments` must have one "
            f"dimension. Received: reference.dimension={reference.dimension}, "
            f"samples.dimension={samples.dimension}."
        )
    _warn_of_bias((reference.count, samples.count), reference.dimension)
    shift = reference.mean - samples.mean
    spread = np.trace(reference.covariance) + np.trace(samples.covariance)
    squares = float(shift @ shift + spread)
    distance = squares - 2 * _trace_of_root(reference.cholesky, samples.covariance)
    if distance < -1e-6 * squares:
        raise ValueError(
            "The distance came out negative, beyond rounding: the moments are damaged. "
            f"Received: distance={distance}."
        )
    return max(distance, 0.0)


def _trace_of_root(cholesky, covariance):
    """`Tr (Σ₁Σ₂)^½` from `L Lᵀ = Σ₁`: `Σ₁Σ₂` and `Lᵀ Σ₂ L` share their eigenvalues.

    The latter is symmetric, so no root is complex and none needs a ridge, singular or
    not. Its small eigenvalues are kept: they are genuine, and their roots add up.
    """
    L, order = cholesky
    rank = np.count_nonzero(np.diag(L))
    if not rank:
        return 0.0
    # A triangle is multiplied in half the time of a matrix.
    product = covariance[np.ix_(order, order)]
    product = scipy.linalg.blas.dtrmm(1.0, L, product, side=1, lower=1)
    product = scipy.linalg.blas.dtrmm(1.0, L, product, side=0, lower=1, trans_a=1)
    eigenvalues = scipy.linalg.eigvalsh(product[:rank, :rank])
    return float(np.sqrt(np.clip(eigenvalues, 0.0, None)).sum())


def _warn_of_bias(counts, dimension):
    count = min([count for count in counts if count is not None], default=dimension)
    if 2 <= count < dimension:
        warnings.warn(
            f"A Fréchet distance of {count} feature vectors is biased far upwards, "
            f"about in proportion to 1 / {count}. Use {dimension} or more, as many as "
            "their dimension, on both sides, and compare only distances of equal "
            "counts.",
            stacklevel=3,
        )
