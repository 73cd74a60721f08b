"""The game of pairs of an image and a latent, of which three papers are.

References:
    [Donahue et al., 2017](https://arxiv.org/abs/1605.09782)
    [Dumoulin et al., 2017](https://arxiv.org/abs/1606.00704)
    [Donahue & Simonyan, 2019](https://arxiv.org/abs/1907.02544)
"""

import math

from keras import ops

from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.encoding import Encoding


class OfPairs(Encoding, AdversarialModel):
    """`D` tells pairs `(x, E(x))` from pairs `(G(z), z)`; `E` and `G` are one player.

    A variant says what `E(x)` is, which prior latents have, and the losses.
    """

    def data_inputs(self, x):
        """The pair `(x, E(x))`."""
        return x, self.E(x)

    def sample_inputs(self, x):
        """The pair `(G(z), z)`."""
        z = self.sample_z(x)
        return self.G(z), z

    @property
    def generator_variables(self):
        return self.generator.trainable_variables + self.encoder.trainable_variables

    def discriminator_inputs(self, x, z, conditions):
        """A pair `(x, z)`."""
        return [x, z]

    def check_players(self):
        network_checks.check_latents(self.generator)
        network_checks.check_inputs(
            "discriminator",
            self.discriminator,
            {"the images": self.image_shape, "latents": (self.latent_dim,)},
        )
        self.check_encoder()


class Bidirectional(OfPairs):
    """The game of pairs whose losses are cross-entropies."""

    # −2 log ½, as in Theorem 1 of Goodfellow et al.
    undecided_loss = 2 * math.log(2)
    smooths_labels = True

    def discriminator_loss(self, x):
        """−E[log D(x, E(x))] − E[log(1 − D(G(z), z))].

        Equation 3 of Donahue et al., and Equation 1 of Dumoulin et al.
        """
        z = self.sample_z(x)
        log_encoded = self.log_real(self.D([x, self.E(x)]))
        log_generated = ops.log_sigmoid(-self.D([self.G(z), z]))
        return -ops.mean(log_encoded) - ops.mean(log_generated)

    def generator_loss(self, x):
        """−E[log(1 − D(x, E(x)))] − E[log D(G(z), z)].

        The inverse objective of Donahue et al., Section 3.4, and the generator's loss
        in Algorithm 1 of Dumoulin et al.
        """
        z = self.sample_z(x)
        log_encoded = ops.log_sigmoid(-self.D([x, self.E(x)]))
        log_generated = ops.log_sigmoid(self.D([self.G(z), z]))
        return -ops.mean(log_encoded) - ops.mean(log_generated)
