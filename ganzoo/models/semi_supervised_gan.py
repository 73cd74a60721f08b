"""SemiSupervisedGAN: a classifier that learns from images without labels too.

Reference:
    [Salimans et al., 2016](https://arxiv.org/abs/1606.03498)
"""

import keras
from keras import ops

from ganzoo import networks
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.conditions import Classifying
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label


@keras.saving.register_keras_serializable("ganzoo")
class SemiSupervisedGAN(Classifying, AdversarialModel):
    """GAN whose discriminator tells `K` classes, and samples as one class more.

    Of the images that `fit` takes some have a label, and others -1 in its place. The
    logit of samples is 0, so that those of the `K` classes, `l_1` to `l_K`, say all:
    `D(x) = Z / (Z + 1)` with `Z = Σ exp(l_k)`. `G` matches the features of `D`.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the authors' networks for
            MNIST.
        num_classes: int. `K`. Labels are integers from 0 to `num_classes - 1`, or -1.
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images.
        discriminator: `keras.Model`. `D`, from images to a dict: "classes", logits
            `(batch, num_classes)`, and "features", `(batch, d)`.
        class_names: sequence of strings or None. A name for each class, in the order
            of the labels.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If `D` does not have both outputs, and no other, or as in
            `AdversarialModel`.
    """

    latent_range = (0.0, 1.0)
    parts = {
        "x": Images("image_shape"),
        "y": Label(names="class_names", missing=True),
    }
    # Share of the labelled images whose class is told wrong.
    note_names = ("error",)
    smooths_labels = True

    def __init__(
        self,
        image_shape=None,
        num_classes=None,
        *,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        if image_shape is not None:
            checks.check_num_classes(num_classes)
            generator = generator or networks.semi_supervised_generator(image_shape)
            discriminator = discriminator or networks.semi_supervised_discriminator(
                image_shape, num_classes
            )
        super().__init__(
            generator,
            discriminator,
            image_shape=image_shape,
            num_classes=num_classes,
            **kwargs,
        )
        network_checks.check_own_classes(
            "discriminator", self.discriminator, num_classes
        )

    def discriminator_loss(self, batch):
        """L_supervised + ½ L_unsupervised, Section 5.

        L_supervised = −E[log p(y | x, y ≤ K)], of labelled images,
        L_unsupervised = −E[log D(x)] − E[log(1 − D(G(z)))], of all of them.

        The ½ is the authors' code's.
        """
        x, labelled = batch
        supervised = self.supervised_loss(*labelled)
        log_real = self.log_real(self.D(x))
        log_fake = ops.log_sigmoid(-self.D(self.G(self.sample_z(x))))
        return supervised - (ops.mean(log_real) + ops.mean(log_fake)) / 2

    def generator_loss(self, batch):
        """‖E[f(x)] − E[f(G(z))]‖², feature matching, Section 3.1.

        The means are those of the whole batch, also if devices share it.
        """
        x, _ = batch
        of_data = self.mean_features(x)
        of_samples = self.mean_features(self.G(self.sample_z(x)))
        return ops.sum((of_data - of_samples) ** 2)

    def supervised_loss(self, x, y):
        """−E[log p(y | x, y ≤ K)] of the examples that have a label; 0 without any.

        The sum over these, divided by their number, in the whole batch.
        """
        heads = self.heads(x)
        labels = ops.maximum(y, 0)
        has_label = ops.cast(y >= 0, self.variable_dtype)
        # Of all devices, which do not have equally many.
        count = self.mean_over_replicas(ops.sum(has_label))
        share = has_label / ops.where(count > 0, count, 1)
        misses = 1 - self.hits(labels, heads)
        self.note("error", ops.sum(share * misses), count)
        return ops.sum(share * self.cross_entropies(labels, heads))

    def mean_features(self, x):
        """E[f(x)], the mean of the features over the whole batch, `(d,)`."""
        mean = ops.mean(self.heads(x)["features"], axis=0)
        return self.mean_over_replicas(mean)

    def judge_heads(self, inputs):
        """The outputs of `D` and its logit, log Z = log Σ exp(l_k), as σ(log Z) = D(x).

        Of `K + 1` classes the last has the logit 0, Section 5.
        """
        heads = super().judge_heads(inputs)
        log_z = ops.logsumexp(heads["classes"], axis=-1, keepdims=True)
        return {**heads, "logit": log_z}

    def check_discriminator(self):
        network_checks.check_heads(
            "discriminator", self.discriminator, ("classes", "features")
        )

    def prior(self, shape, seed):
        """Latents z ~ U[0, 1]^d, as in the authors' code."""
        return keras.random.uniform(shape, seed=seed)

    @staticmethod
    def default_optimizer():
        """Adam with learning rate 0.003 and β₁ = 0.5, as in the authors' code."""
        return keras.optimizers.Adam(3e-3, beta_1=0.5)
