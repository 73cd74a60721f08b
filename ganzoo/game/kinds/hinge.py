"""What the variants share that play with the hinge losses.

Reference:
    [Lim & Ye, 2017](https://arxiv.org/abs/1705.02894);
    [Tran et al., 2017](https://arxiv.org/abs/1702.08896)
"""

import keras
from keras import ops

from ganzoo.game.adversarial_model import AdversarialModel


class Hinge(AdversarialModel):
    """GAN whose discriminator stops learning where it is right by a margin of 1.

    Its inputs are those of `data_inputs` and `sample_inputs`.
    """

    # Of D(x) = 0, one for data and one for samples.
    undecided_loss = 2.0

    def discriminator_loss(self, batch):
        """E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))]."""
        x_fake = self.sample_inputs(batch)
        on_data = ops.mean(ops.relu(1 - self.D(self.data_inputs(batch))))
        return on_data + ops.mean(ops.relu(1 + self.D(x_fake)))

    def generator_loss(self, batch):
        """−E[D(G(z))]."""
        return -ops.mean(self.D(self.sample_inputs(batch)))

    @staticmethod
    def default_optimizer():
        """Adam with α = 0.0002, β₁ = 0 and β₂ = 0.9.

        As of Miyato et al. (2018) for residual networks.
        """
        return keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.9)
