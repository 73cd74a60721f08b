"""Penalties and smoothed labels, the options of losses that every variant has."""

import functools

import keras
from keras import ops

from ganzoo.game.step import Lazy
from ganzoo.layers.spectral_normalization import SpectralNormalized


class Regularization:
    """What the players of an `AdversarialModel` minimise beside the paper's losses.

    It has `r1_weight`, `r2_weight`, `roth_weight` and `label_smoothing`.
    """

    def penalized_loss(self, batch):
        """What the discriminator minimises: its loss and the penalties asked for.

        But for those that it minimises in some steps only, `lazy_losses`.
        """
        loss = self.discriminator_loss(batch)
        for weight, penalty in (
            (self.r1_weight if self.r1_interval == 1 else None, self.r1_penalty),
            (self.r2_weight, self.r2_penalty),
            (self.roth_weight, self.roth_penalty),
        ):
            if weight is not None:
                loss = loss + self.current(weight) * penalty(batch)
        return self.regularized(loss, self.discriminator_variables)

    def lazy_losses(self):
        """What the players minimise in some steps only, a list of `Lazy`."""
        if self.r1_weight is None or self.r1_interval == 1:
            return []
        return [Lazy("discriminator", self.r1_interval, self._weighted_r1_penalty)]

    def _weighted_r1_penalty(self, batch):
        return self.current(self.r1_weight) * self.r1_penalty(batch)

    def regularized_generator_loss(self, batch):
        """What the generator minimises: its loss and penalties on its weights."""
        return self.regularized(self.generator_loss(batch), self.generator_variables)

    def regularized(self, loss, variables):
        """A loss and what Keras's regularizers, such as `L2`, say of the weights."""
        for variable in variables:
            if variable.regularizer is not None:
                loss = loss + variable.regularizer(variable.value)
        return loss

    # === Penalties on the discriminator's slope ===

    def r1_penalty(self, batch):
        """½ E[‖∇D(x)‖²] on data, Equation 9 of Mescheder et al. (2018).

        In the images as they are, through what `D` sees of them, as in the code of
        Karras et al. (2020). As far as it depends on `D`: what else `D` sees, like
        labels, is held fixed. Of several domains the sum of theirs.
        """
        return self.squared_slope(self.D, self.data_inputs(batch)) / 2

    def r2_penalty(self, batch):
        """½ E[‖∇D(G(z))‖²] on samples, beside Equation 9 of Mescheder et al. (2018)."""
        return self.squared_slope(self.D, self.sample_inputs(batch)) / 2

    def roth_penalty(self, batch):
        """½ E[(1 − σ(D(x)))² ‖∇D(x)‖²] + ½ E[σ(D(G(z)))² ‖∇D(G(z))‖²].

        The regularizer of Roth et al. (2017), as ½ E[‖∇ log σ(D(x))‖²] and
        ½ E[‖∇ log σ(−D(G(z)))‖²], which are the same.
        """

        def log_sigmoid(sign, inputs):
            return keras.tree.map_structure(
                lambda logit: ops.log_sigmoid(sign * logit), self.D(inputs)
            )

        on_data = self.squared_slope(
            functools.partial(log_sigmoid, 1), self.data_inputs(batch)
        )
        on_samples = self.squared_slope(
            functools.partial(log_sigmoid, -1), self.sample_inputs(batch)
        )
        return (on_data + on_samples) / 2

    def squared_slope(self, fn, inputs):
        """E[‖∇f‖²] in the images, over what `D` sees as one: an image, or a pack.

        Args:
            fn: function of what `D` takes, which returns a tensor, or of several
                domains a list of them.
            inputs: tuple. Images, one tensor for each domain, and what else `D` takes.

        Returns:
            Scalar; of several domains the sum.
        """
        return self.squared_slope_and_outputs(fn, inputs)[0]

    def squared_slope_and_outputs(self, fn, inputs):
        """What `squared_slope` returns, and what `fn(inputs)` is, computed once."""
        images, others = self._split_images(inputs)
        # Of each domain its own, which do not depend on the images of the others.
        gradients, outputs = self.gradient_and_outputs(
            lambda *images: fn((*images, *others)), list(images)
        )
        return sum(map(_mean_square, gradients)) * self.packing, outputs

    def unit_slope_penalty(self, x_hat):
        """E[(‖∇D(x̂)‖ − 1)²], in what `D` sees of images."""
        gradient = self.input_gradient(self.judge, self.see(x_hat))
        squared_norm = ops.sum(gradient**2, axis=tuple(range(1, len(x_hat.shape))))
        # The square root has no derivative at 0.
        norm = ops.sqrt(ops.maximum(squared_norm, 1e-12))
        return ops.mean((norm - 1) ** 2)

    # === Labels ===

    def log_real(self, logit):
        """Of data log D(x), or smoothed (1 − α) log D(x) + α log(1 − D(x)).

        One-sided label smoothing, Section 3.4 of Salimans et al. (2016): the label of
        data is 1 − α, and that of samples stays 0.
        """
        if not self.label_smoothing:
            return ops.log_sigmoid(logit)
        alpha = self.label_smoothing
        return (1 - alpha) * ops.log_sigmoid(logit) + alpha * ops.log_sigmoid(-logit)

    # === Spectral normalisation ===

    def refresh(self):
        """One power iteration of each spectrally normalised layer, before an update."""
        for network in filter(self.is_trained, self.players.values()):
            for layer in network._flatten_layers():
                if isinstance(layer, SpectralNormalized):
                    layer.refresh()


def _mean_square(gradient):
    """E[‖∇f‖²], of a gradient for each image."""
    axes = tuple(range(1, len(gradient.shape)))
    return ops.mean(ops.sum(gradient**2, axis=axes))
