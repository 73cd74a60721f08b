"""CycleGAN: image-to-image translation without pairs, by cycle consistency.

Reference:
    [Zhu et al., 2017](https://arxiv.org/abs/1703.10593)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.translating import TranslatingBothWays
from ganzoo.networks import folder_settings


@keras.saving.register_keras_serializable("ganzoo")
class CycleGAN(TranslatingBothWays, AdversarialModel):
    """Two GANs that translate images of two domains into each other, without pairs.

    `fit(x, y)` takes images of the domains "a" and "b", of any numbers: which belong
    together is not known. `translate(images, to="b")` is `G(x)`, and `to="a"` is
    `F(y)`. An image that goes to the other domain and back again must stay the same.

    The paper's pool of 50 older translations, which its discriminators are trained on,
    is left out: they see those of the step at hand.

    Args:
        image_shape: tuple. `(height, width, channels)` of the first domain, "a", for
            the paper's networks.
        second_shape: tuple or None. Of the second, "b"; None for the same.
        generator: `keras.Model`. `G`, from images of "a" to images of "b".
        discriminator: `keras.Model`. `D_b`, from images of "b" to logits, one for each
            patch.
        backward_generator: `keras.Model`. `F`, from images of "b" to images of "a".
        backward_discriminator: `keras.Model`. `D_a`, from images of "a" to logits.
        cycle_weight: float. `λ` of the cycle loss, positive.
        identity_weight: float. Weight of the identity loss, 0 for none: images of a
            domain are to stay as they are if they are translated to it. 5 is the
            paper's `λ / 2`. Both domains must have the same channels.
        discriminator_steps: int. Updates of both discriminators for each update of both
            generators.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If a weight is negative, the domains' channels differ where there is
            an identity loss, or as in `AdversarialModel`.
    """

    note_names = ("discriminator_loss_a", "discriminator_loss_b", "cycle_loss")
    # ½ (½² + ½²) for each domain, where all logits are ½.
    undecided_loss = 1 / 2

    def __init__(
        self,
        image_shape=None,
        *,
        second_shape=None,
        generator=None,
        discriminator=None,
        backward_generator=None,
        backward_discriminator=None,
        cycle_weight=10.0,
        identity_weight=0.0,
        **kwargs,
    ):
        if image_shape is not None:
            x, y = image_shape, second_shape or image_shape
            generator = generator or networks.translator_generator(x, y)
            discriminator = discriminator or networks.patchgan_image_discriminator(y)
            backward_generator = backward_generator or networks.translator_generator(
                y, x
            )
            backward_discriminator = (
                backward_discriminator or networks.patchgan_image_discriminator(x)
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            backward_generator=backward_generator,
            backward_discriminator=backward_discriminator,
            **kwargs,
        )
        network_checks.check_image_shape(
            "second_shape", second_shape, self.second_shape
        )
        checks.check_weight("cycle_weight", cycle_weight)
        if identity_weight != 0:
            checks.check_weight("identity_weight", identity_weight)
            self._check_channels(identity_weight)
        self.cycle_weight = cycle_weight
        self.identity_weight = identity_weight

    def discriminator_loss(self, batch):
        """½ E[(D(v) − 1)²] + ½ E[D(v̂)²] of either domain, Section 4 and halved.

        With images v = y and their like v̂ = G(x) for D_b, and v = x and v̂ = F(y) for
        D_a.
        """
        real, fake = self.D(batch), self.D(self.sample_inputs(batch))
        losses = [
            ops.mean((v - 1) ** 2) / 2 + ops.mean(v_hat**2) / 2
            for v, v_hat in zip(real, fake)
        ]
        for name, loss in zip(self.domains, losses):
            self.note(f"discriminator_loss_{name}", loss)
        return sum(losses)

    def generator_loss(self, batch):
        """E[(D_b(G(x)) − 1)²] + E[(D_a(F(y)) − 1)²] + λ L_cyc, Equation 3.

        With least squares for the game, Section 4; and the identity loss if asked for.
        """
        x_hat, y_hat = self.sample_inputs(batch)
        game = sum(ops.mean((v - 1) ** 2) for v in self.D((x_hat, y_hat)))
        cycle_loss = self.cycle_loss(batch, x_hat, y_hat)
        self.note("cycle_loss", cycle_loss)
        loss = game + self.cycle_weight * cycle_loss
        if self.identity_weight:
            loss = loss + self.identity_weight * self.identity_loss(batch)
        return loss

    def cycle_loss(self, batch, x_hat, y_hat):
        """L_cyc = E[‖F(G(x)) − x‖₁] + E[‖G(F(y)) − y‖₁], Equation 2, in mean pixels.

        Args:
            batch: tuple of `x` and `y`.
            x_hat: tensor. F(y).
            y_hat: tensor. G(x).
        """
        x, y = batch
        forward = ops.mean(ops.abs(self.F(y_hat) - x))
        return forward + ops.mean(ops.abs(self.G(x_hat) - y))

    def identity_loss(self, batch):
        """E[‖G(y) − y‖₁] + E[‖F(x) − x‖₁], Section 5.2, in mean pixels."""
        x, y = batch
        return ops.mean(ops.abs(self.G(y) - y)) + ops.mean(ops.abs(self.F(x) - x))

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.0002, Section 4, and the code's β₁ = 0.5."""
        return keras.optimizers.Adam(2e-4, beta_1=0.5)

    @classmethod
    def settings_for_folder(cls, image_size):
        sections = folder_settings.of_networks(
            "translator_generator", "patchgan_image_discriminator", averaged=False
        )
        for player in ("generator", "discriminator"):
            sections[f"backward_{player}"] = dict(sections[player])
        return sections

    def _check_channels(self, identity_weight):
        """Raise a ValueError unless each generator takes images of both domains."""
        if self.image_shape != self.second_shape:
            raise ValueError(
                "Leave out `identity_weight`: a generator takes images of the domain "
                "that it makes only if both domains have one shape. Received: "
                f"identity_weight={identity_weight!r} and images of shapes "
                f"{self.image_shape} and {self.second_shape}."
            )

    def get_config(self):
        return {
            **super().get_config(),
            "cycle_weight": self.cycle_weight,
            "identity_weight": self.identity_weight,
        }
