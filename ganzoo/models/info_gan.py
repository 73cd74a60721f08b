"""InfoGAN: interpretable representation learning by information maximizing GANs.

Reference:
    [Chen et al., 2016](https://arxiv.org/abs/1606.03657)
"""

import math

import keras
import numpy as np
from keras import ops

from ganzoo import networks
from ganzoo.backend.prediction import predict
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.kinds.conditional.codes import CodeConditional
from ganzoo.game.kinds.conditional.codes import check_codes
from ganzoo.networks import folder_settings

LOG_2PI = math.log(2 * math.pi)


@keras.saving.register_keras_serializable("ganzoo")
class InfoGAN(CodeConditional, AdversarialModel):
    """GAN whose generator is given codes, which can be told from its images.

    The discriminator's further outputs are `Q(c | x)`, the distribution of the codes of
    an image. Both players also maximise a lower bound of the information between codes
    and images, `L_I`. As in the authors' code, `Q` is part of the discriminator and
    trained by its optimizer, on generated images alone; the generator's step leaves it
    as it is.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks.
        categorical: sequence of ints. How many values each categorical code has.
        continuous: int. How many continuous codes there are, each in [-1, 1].
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` and codes
            `(batch, sum(categorical) + continuous)`, which are one-hot codes and then
            continuous ones, to images.
        discriminator: `keras.Model`. `D`, from images to a dict: "logit", `(batch, 1)`;
            "categorical", logits `(batch, sum(categorical))`; "continuous", means
            `(batch, continuous)`; and "log_std", as many, unless `fixed_std`.
        info_weight: float. `λ`, the weight of the information about categorical codes.
        continuous_weight: float or None. That of continuous ones; None for the same.
        fixed_std: bool. Whether `Q` has a standard deviation of 1 for continuous codes,
            as in the authors' code, or puts out its logarithm, as in the paper.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If there is no code, a weight is not positive, an output for a code
            is missing or of another size, or as in `AdversarialModel`.
    """

    latent_range = (-1.0, 1.0)
    smooths_labels = True

    def __init__(
        self,
        image_shape=None,
        categorical=(10,),
        continuous=2,
        *,
        generator=None,
        discriminator=None,
        info_weight=1.0,
        continuous_weight=None,
        fixed_std=True,
        **kwargs,
    ):
        check_codes(categorical, continuous)
        checks.check_positive("info_weight", info_weight)
        if continuous_weight is not None:
            checks.check_positive("continuous_weight", continuous_weight)
        checks.check_bool("fixed_std", fixed_std)
        self.info_weight = info_weight
        self.continuous_weight = continuous_weight
        self.fixed_std = fixed_std
        if image_shape is not None:
            codes = categorical, continuous
            generator = generator or networks.info_gan_generator(image_shape, *codes)
            discriminator = discriminator or networks.info_gan_discriminator(
                image_shape, *codes, fixed_std
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            categorical=categorical,
            continuous=continuous,
            **kwargs,
        )

    def discriminator_loss(self, x):
        """−E[log D(x)] − E[log(1 − D(G(z, c)))] − λ L_I(G, Q), Equation 6 with λ L_I.

        The paper has `Q` minimise −λ L_I with `G`; here, as in the authors' code, it is
        a head of `D`, whose other layers learn from it too.
        """
        (c,) = self.sample_conditions(x)
        real, fake = self.D(x), self.heads(self.G([self.sample_z(x), c]))
        log_real, log_fake = self.log_real(real), ops.log_sigmoid(-fake["logit"])
        of_source = -ops.mean(log_real) - ops.mean(log_fake)
        return of_source - self.weighted(self.information(c, fake))

    def generator_loss(self, x):
        """−E[log D(G(z, c))] − λ L_I(G, Q), Equation 6 in its non-saturating form."""
        (c,) = self.sample_conditions(x)
        fake = self.heads(self.G([self.sample_z(x), c]))
        information = self.information(c, fake)
        for kind, value in information.items():
            self.note(f"{kind}_information", value)
        return -ops.mean(ops.log_sigmoid(fake["logit"])) - self.weighted(information)

    # === Information ===

    def information(self, codes, heads):
        """L_I(G, Q) = E[log Q(c | x)] + H(c) in nats, Equation 5, by the kind of code.

        `H(c)` is a constant: `log K` for a code of `K` values, which is then the most
        that there can be. For a continuous one it is that of U[−1, 1], log 2. With a
        standard deviation of 1 no `Q` comes near such a code, and this would always be
        below 0. The authors have −E[log N(c; 0, 1)] in its place, so that it is
        `½ E[c²] − ½ E[(c − μ)²]` and 1/6 at most. That is a lower bound too, since
        `E[exp(c μ)] ≤ exp(μ² / 2)` for such a `c`, by Hoeffding's lemma.
        """
        log_q = {}
        if self.categorical:
            entropy = sum(map(math.log, self.categorical))
            log_q["categorical"] = self.categorical_log_q(codes, heads) + entropy
        if self.continuous:
            entropy = LOG_2PI / 2 + 1 / 6 if self.fixed_std else math.log(2)
            log_q["continuous"] = (
                self.continuous_log_q(codes, heads) + self.continuous * entropy
            )
        return {kind: ops.mean(value) for kind, value in log_q.items()}

    def weighted(self, information):
        """λ L_I, of all kinds of codes together."""
        weights = {
            "categorical": self.info_weight,
            "continuous": self.continuous_weight or self.info_weight,
        }
        return sum(weights[kind] * value for kind, value in information.items())

    def categorical_log_q(self, codes, heads):
        """The log-likelihood log Q(c | x) of the categorical codes, `(batch,)`."""
        pairs = zip(self.categories(codes), self.categories(heads["categorical"]))
        return sum(ops.sum(c * ops.log_softmax(q), axis=-1) for c, q in pairs)

    def continuous_log_q(self, codes, heads):
        """The log-likelihood log N(c; μ, σ²) of the continuous codes, `(batch,)`."""
        c, mean = codes[:, -self.continuous :], heads["continuous"]
        log_std = ops.zeros_like(mean) if self.fixed_std else heads["log_std"]
        z = (c - mean) * ops.exp(-log_std)
        return ops.sum(-LOG_2PI / 2 - log_std - z**2 / 2, axis=-1)

    @property
    def note_names(self):
        """The information about categorical and about continuous codes, in nats."""
        kinds = {"categorical": self.categorical, "continuous": self.continuous}
        return tuple(f"{kind}_information" for kind in kinds if kinds[kind])

    def prior(self, shape, seed):
        """Latents z ~ U[−1, 1]^d, as in the authors' code."""
        return keras.random.uniform(shape, -1.0, 1.0, seed=seed)

    @staticmethod
    def default_optimizer(player):
        """Adam with β₁ = 0.5, rates 0.0002 for `D` and 0.001 for `G`, Appendix C."""
        rate = {"discriminator": 2e-4, "generator": 1e-3}[player]
        return keras.optimizers.Adam(rate, beta_1=0.5)

    # === Codes ===

    def codes(self, images):
        """`Q(c | x)` of images, by the discriminator in inference mode.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            Dict of float32 arrays: "categorical", probabilities `(n,
            sum(categorical))`, those of one code after those of another; and
            "continuous", means `(n, continuous)`. What there is no code for is left
            out.

        Raises:
            ValueError: If the shape or the range is not that of the images.
        """
        heads = predict(self.discriminator, self.to_pixels(images), 128)
        found = {}
        if self.categorical:
            logits = self.categories(heads["categorical"])
            found["categorical"] = ops.convert_to_numpy(
                ops.concatenate([ops.softmax(one) for one in logits], axis=-1)
            )
        if self.continuous:
            found["continuous"] = heads["continuous"]
        return found

    def conditions_of(self, images, codes=None, **others):
        """The most likely codes by `Q`, but for those that are given."""
        told = np.concatenate(list(self.codes(images).values()), axis=1)
        for columns, values in self.asked_for(len(told), codes or {}):
            told[:, columns] = values
        found = {}
        if self.categorical:
            likely = [one.argmax(axis=1) for one in self.categories(told)]
            found["categorical"] = np.stack(likely, axis=1)
        if self.continuous:
            found["continuous"] = told[:, -self.continuous :].clip(-1, 1)
        return {"codes": found, **others}

    def check_discriminator(self):
        super().check_discriminator()
        name, network = "discriminator", self.discriminator
        if self.categorical:
            size = sum(self.categorical)
            network_checks.check_head(name, network, "categorical", size)
        if self.continuous:
            for head in (
                ("continuous",) if self.fixed_std else ("continuous", "log_std")
            ):
                network_checks.check_head_shape(name, network, head, (self.continuous,))

    def check_players(self):
        network_checks.check_latents(self.generator, {"codes": (self.code_size,)})
        images = {"the images": self.image_shape}
        network_checks.check_inputs("discriminator", self.discriminator, images)

    @classmethod
    def settings_for_folder(cls, image_size):
        networks = "info_gan_generator", "info_gan_discriminator"
        sections = folder_settings.of_networks(*networks)
        # Each player has its own, which a recipe could not say.
        del sections["optimizer"]
        return {**sections, "averages": {"half_life": 40_000}}

    def get_config(self):
        return {
            **super().get_config(),
            "info_weight": self.info_weight,
            "continuous_weight": self.continuous_weight,
            "fixed_std": self.fixed_std,
        }
