"""What the variants share whose discriminator compares an image with a sample.

Reference:
    [Jolicoeur-Martineau, 2019](https://arxiv.org/abs/1807.00734)
"""

import math

from keras import ops

from ganzoo.game.adversarial_model import AdversarialModel


class Relativistic(AdversarialModel):
    """GAN whose discriminator says which of two images is the real one.

    Each image of data is paired with a sample, and only the difference of their logits
    counts, so the data are in the generator's loss too.
    """

    # −log ½, of the one term that there is.
    undecided_loss = math.log(2)

    def discriminator_loss(self, batch):
        """−E[log σ(D(x) − D(G(z)))], with f the logistic loss."""
        samples = self.sample_inputs(batch)
        return _compared(self.D(self.data_inputs(batch)), self.D(samples))

    def generator_loss(self, batch):
        """−E[log σ(D(G(z)) − D(x))], the same with the pair turned round."""
        samples = self.sample_inputs(batch)
        data = self.D(self.data_inputs(batch))
        return _compared(self.D(samples), data)

    def penalized_loss(self, batch):
        """Its loss, with R1 and R2 on the slopes of the very logits compared.

        As in the code of Huang et al. (2024), so that each logit is computed once.
        """
        # The loss of a subclass may be of other logits.
        is_own = type(self).discriminator_loss is Relativistic.discriminator_loss
        if not is_own or self.roth_weight is not None or self.r1_interval > 1:
            return super().penalized_loss(batch)
        samples = self.sample_inputs(batch)
        of_data, r1 = self._judge_slopes(self.data_inputs(batch), self.r1_weight)
        of_samples, r2 = self._judge_slopes(samples, self.r2_weight)
        loss = _compared(of_data, of_samples) + r1 + r2
        return self.regularized(loss, self.discriminator_variables)

    def _judge_slopes(self, inputs, weight):
        """Logits, and the weighted penalty on their slopes: 0 without a weight."""
        if weight is None:
            return self.D(inputs), 0.0
        slope, logits = self.squared_slope_and_outputs(self.D, inputs)
        return logits, self.current(weight) * slope / 2


def _compared(first, second):
    """−E[log σ(first − second)]."""
    return -ops.mean(ops.log_sigmoid(first - second))
