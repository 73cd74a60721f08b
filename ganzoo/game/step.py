"""A step of the game: Algorithm 1 of Goodfellow et al. (2014)."""

import contextlib

from keras import ops

from ganzoo.inputs import batches


class Step:
    """What `fit` and `evaluate` do with a batch, for an `AdversarialModel`."""

    def adversarial_step(self, data):
        """Update `D` once on each share of the batch, then `G` once."""
        batch = self.to_batch(data)
        for i in range(self.discriminator_steps):
            share = batches.share(batch, i, self.discriminator_steps)
            d_loss = self.minimize(
                self.penalized_loss,
                share,
                self.discriminator_variables,
                self.discriminator_optimizer,
            )
            self._track(self.discriminator_loss_tracker, d_loss, share)
        with self._averages.updated() if self.averages else contextlib.nullcontext():
            g_loss = self.minimize(
                self.generator_loss,
                share,
                self.generator_variables,
                self.generator_optimizer,
            )
        self._track(self.generator_loss_tracker, g_loss, share)
        return self.get_metrics_result()

    def penalized_loss(self, batch):
        """What the discriminator minimises, with the penalty on its slope if asked."""
        loss = self.discriminator_loss(batch)
        if self.r1_weight is None:
            return loss
        return loss + self.r1_weight * self.r1_penalty(batch)

    def r1_penalty(self, batch):
        """½ E[‖∇D(x)‖²] on data, Equation 9 of Mescheder et al. (2018).

        As far as it depends on `D`: what else `D` sees, like labels, is held fixed.
        """
        x, *others = self.data_inputs(batch)
        gradient = self.input_gradient(
            lambda x: self.judge([x, *others] if others else x), self.augment(x)
        )
        return ops.mean(ops.sum(gradient**2, axis=tuple(range(1, len(x.shape))))) / 2

    def evaluation_step(self, data):
        """Compute both losses with the networks in inference mode."""
        batch = self.to_batch(data)
        self._is_training = False
        try:
            d_loss = self.penalized_loss(batch)
            g_loss = self.generator_loss(batch)
        finally:
            self._is_training = True
        self._track(self.discriminator_loss_tracker, d_loss, batch)
        self._track(self.generator_loss_tracker, g_loss, batch)
        return self.get_metrics_result()

    def _track(self, tracker, loss, batch):
        tracker.update_state(loss, sample_weight=batches.count(batch))
