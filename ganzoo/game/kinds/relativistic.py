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
        of_data, of_samples = self._pairs(batch)
        return -ops.mean(ops.log_sigmoid(of_data - of_samples))

    def generator_loss(self, batch):
        """−E[log σ(D(G(z)) − D(x))], the same with the pair turned round."""
        of_data, of_samples = self._pairs(batch)
        return -ops.mean(ops.log_sigmoid(of_samples - of_data))

    def _pairs(self, batch):
        samples = self.sample_inputs(batch)
        return self.D(self.data_inputs(batch)), self.D(samples)
