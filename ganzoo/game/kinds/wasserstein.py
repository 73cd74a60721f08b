"""The Wasserstein game with a penalty on the critic's gradient.

Reference:
    [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028)
"""

import keras
from keras import ops

from ganzoo.game import checks
from ganzoo.game.adversarial_model import AdversarialModel


class GradientPenalized(AdversarialModel):
    """A critic `D` whose gradient is drawn to a norm of 1, and its generator.

    As the penalty is for each example alone, the critic must not use batch
    normalisation. For layer normalisation there is `ganzoo.layers.LayerNormalization`.

    Args:
        *args: As of the variant.
        penalty_weight: float. `λ`, positive.
        **kwargs: As of the variant.
    """

    default_discriminator_steps = 5
    # The penalty is one.
    penalizes_slope = True

    def __init__(self, *args, penalty_weight=10.0, **kwargs):
        super().__init__(*args, **kwargs)
        checks.check_weight("penalty_weight", penalty_weight)
        self.penalty_weight = penalty_weight

    def discriminator_loss(self, x):
        """E[D(x̃)] − E[D(x)] + λ E[(‖∇D(x̂)‖ − 1)²], Equation 3."""
        x_tilde = self.G(self.sample_z(x))
        wasserstein = ops.mean(self.D(x_tilde)) - ops.mean(self.D(x))
        return wasserstein + self.penalty_weight * self.gradient_penalty(x, x_tilde)

    def generator_loss(self, x):
        """−E[D(G(z))], Algorithm 1, line 12."""
        return -ops.mean(self.D(self.G(self.sample_z(x))))

    def gradient_penalty(self, x, x_tilde):
        """E[(‖∇D(x̂)‖ − 1)²] at x̂ = ε x + (1 − ε) x̃, one ε ~ U[0, 1] per example."""
        epsilon = self.sample_uniform(x)
        return self.unit_slope_penalty(epsilon * x + (1 - epsilon) * x_tilde)

    @staticmethod
    def default_optimizer():
        """Adam with α = 0.0001, β₁ = 0 and β₂ = 0.9, Algorithm 1."""
        return keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)

    def get_config(self):
        return {**super().get_config(), "penalty_weight": self.penalty_weight}
