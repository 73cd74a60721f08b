"""Styles: what a generator makes of latents first, and images of then.

Reference:
    [Karras et al., 2019](https://arxiv.org/abs/1812.04948)
"""

import contextlib
import functools
import math

import keras
import numpy as np
from keras import layers
from keras import ops

from ganzoo.backend.prediction import predict
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.inversion import arguments
from ganzoo.game.inversion.spaces import LatentSpace
from ganzoo.game.kinds.adaptive import AdaptivelyAugmented


class StyleSpace(LatentSpace):
    """The styles of latents before truncation, one for all layers: the space W.

    Of the conditions of a model the last count, truncation and what "synthesis" takes
    beside styles; labels are part of the styles.
    """

    limits = None
    points = "styles"

    @property
    def size(self):
        """How many numbers a style has."""
        return self.model.mapping.output_shape[2]

    @functools.cached_property
    def generator(self):
        """The network from styles, truncations and details to images."""
        mapping, synthesis = self.model.mapping, self.model.synthesis
        _, *details = synthesis.inputs
        shapes = [x.shape[1:] for x in (mapping.inputs[-1], *details)]
        w, psi, *details = inputs = [layers.Input(s) for s in ((self.size,), *shapes)]
        styles = mapping.get_layer("truncated")([w, psi])
        images = synthesis([styles, *details] if details else styles)
        return keras.Model(inputs, images)

    def conditions(self, found):
        """Truncation, and what "synthesis" takes beside styles."""
        return found[1 - len(self.generator.inputs) :]

    def default_conditions(self, n):
        """No truncation, as by default; a label is of no account here."""
        return self.model.find_conditions(n)

    def centre(self):
        """The mean style of training."""
        return ops.convert_to_numpy(self.model.mapping.get_layer("truncated").mean)

    def of_latents(self, z, found):
        """The styles of latents and labels, without truncation."""
        psi, *details = self.conditions(found)
        labels = found[: len(found) - 1 - len(details)]
        inputs = [z, *labels, np.ones(np.shape(psi), "float32")]
        return predict(self.model.mapping, inputs, 128)[:, 0]


class Styled(AdaptivelyAugmented, AdversarialModel):
    """The game of GAN with a generator that has styles.

    Its generator is two models. "mapping" makes a style for each layer of latents, and
    of a truncation for each layer, which draws the styles nearer to their mean.
    "synthesis" makes images of styles. In training styles are never truncated.

    `generate` takes `truncation`, a number in [0, 1], or one for each layer; 1 is none.
    `map` returns styles of latents. `decode` and `project` take `space="w"` for these.

    Args:
        style_mixing: float. Share of the batches in training whose images have, from
            some layer on, the styles of a second latent.
        **kwargs: As of the variant.

    Raises:
        ValueError: If it is no share, or the generator has no such models.
    """

    undecided_loss = 2 * math.log(2)
    # That is what `MinibatchDeviation` is for.
    compares_examples = True
    ends_linear = True
    condition_names = ("truncation",)
    optional_conditions = ("truncation",)
    spaces = {"z": LatentSpace, "w": StyleSpace}
    # What "synthesis" takes beside styles: the shapes of it, by its names.
    synthesis_shapes = {}
    # What the networks know of labels, as for `network_checks.check_inputs`.
    label_shapes = {}
    _follows_samples = True

    def __init__(self, *args, style_mixing=0.0, **kwargs):
        is_number = isinstance(style_mixing, (int, float))
        if style_mixing is True or not is_number or not 0 <= style_mixing <= 1:
            raise ValueError(
                "`style_mixing` must be a share of the batches, from 0 to 1. "
                f"Received: style_mixing={style_mixing!r}."
            )
        super().__init__(*args, **kwargs)
        self.style_mixing = style_mixing

    def discriminator_loss(self, batch):
        """−E[log D(x)] − E[log(1 − D(G(z)))]."""
        real = self.D(self.data_inputs(batch))
        self.observe(real)
        fake = self.D(self.sample_inputs(batch))
        return -ops.mean(ops.log_sigmoid(real)) - ops.mean(ops.log_sigmoid(-fake))

    def generator_loss(self, batch):
        """−E[log D(G(z))]."""
        return -ops.mean(ops.log_sigmoid(self.D(self.sample_inputs(batch))))

    @property
    def mapping(self):
        """The model from latents to styles."""
        return self.generator.get_layer("mapping")

    @property
    def synthesis(self):
        """The model from styles to images."""
        return self.generator.get_layer("synthesis")

    @property
    def style_count(self):
        """How many layers have a style."""
        return self.mapping.output_shape[1]

    # === Training ===

    def sample_inputs(self, batch):
        """An image of new latents for each example, and its label if there are."""
        x = batch[0] if isinstance(batch, tuple) else batch
        labels = self.sample_labels(x)
        styles = self.sample_styles(x, labels)
        return self.synthesize(styles, *self.sample_details(x)), *labels

    def sample_styles(self, x, labels):
        """Styles of new latents for each example of `x`, in training mixed."""
        follows = self._is_training and self._follows_samples
        styles = self.styles_of(self.sample_z(x), labels, training=follows)
        if not self.style_mixing or not self._is_training:
            return styles
        # The mean style does not follow these.
        others = self.styles_of(self.sample_z(x), labels, training=False)
        is_first = ops.arange(self.style_count) < self._draw_crossover()
        return ops.where(is_first[None, :, None], styles, others)

    def _draw_crossover(self):
        """From which layer on a batch has other styles; behind the last for none."""
        count = self.style_count
        crossover = keras.random.randint((), 1, count, seed=self.noise)
        mixes = keras.random.uniform((), seed=self.noise) < self.style_mixing
        return ops.where(mixes, crossover, count)

    def styles_of(self, z, labels, training):
        """Styles of latents, not truncated, `(batch, style_count, size)`."""
        no_truncation = ops.ones((ops.shape(z)[0], self.style_count))
        return self.mapping([z, *labels, no_truncation], training=training)

    def synthesize(self, styles, *details):
        """Images of styles, and of what "synthesis" takes beside them."""
        inputs = [styles, *details] if details else styles
        return self.play(self.synthesis, inputs, training=self._follows_samples)

    @contextlib.contextmanager
    def averages_held(self):
        """Have averages in the generator, like the mean style, follow no samples."""
        self._follows_samples = False
        try:
            yield
        finally:
            self._follows_samples = True

    def sample_details(self, x):
        """What "synthesis" takes beside styles, for each example of `x`, a list."""
        return []

    def sample_labels(self, x):
        """Labels for each example of `x`, a list; empty without classes."""
        return []

    def sample_conditions(self, x):
        """Inputs of the generator beside the latents, as in training."""
        ones = ops.ones((ops.shape(x)[0], self.style_count))
        return [*self.sample_labels(x), ones, *self.sample_details(x)]

    # === Samples ===

    def map(self, z, **given):
        """Styles of latents, not truncated, in inference mode.

        Args:
            z: array `(n, latent_dim)`.
            **given: `labels`, as in `generate`, of a model with labels.

        Returns:
            float32 array `(n, style_dim)`, for `decode` with `space="w"`.

        Raises:
            ValueError: If latents are of another shape, or as in `find_conditions`.
        """
        z = arguments.as_latents("z", z, None, self.latent_dim)
        found = self.find_conditions(len(z), **given)
        with self.averaged():
            return self.find_space("w").of_latents(z, found)

    def conditions(self, n, truncation):
        """A truncation for each style, for each of `n` images."""
        psi = np.asarray(1.0 if truncation is None else truncation)
        numbers = psi.dtype.kind in "if" and psi.size
        if not numbers or not 0 <= psi.min() <= psi.max() <= 1:
            raise ValueError(
                "`truncation` must be from 0, for the mean style, to 1, for none, or "
                f"such a number for each of the {self.style_count} styles. "
                f"Received: truncation={truncation!r}."
            )
        psi = psi.astype("float32")
        return [np.full(self.style_count, psi) if psi.ndim == 0 else psi]

    # === Checks ===

    def check_generator(self):
        super().check_generator()
        names = {layer.name for layer in self.generator.layers}
        if not {"mapping", "synthesis"} <= names:
            raise ValueError(
                "`generator` must have two models, 'mapping' from latents to styles "
                "and 'synthesis' from styles to images, as of "
                "`ganzoo.networks.stylegan2_generator`. "
                f"Received: generator with the layers {sorted(names)}."
            )

    def check_players(self):
        details = self.synthesis_shapes
        styles = (self.style_count, self.mapping.output_shape[2])
        network_checks.check_inputs(
            "synthesis", self.synthesis, {"styles": styles, **details}
        )
        psi = {"a truncation for each style": (self.style_count,)}
        labels = self.label_shapes
        network_checks.check_latents(self.generator, {**labels, **psi, **details})
        images = {"the images": self.seen_shape}
        network_checks.check_inputs(
            "discriminator", self.discriminator, {**images, **labels}
        )

    def get_config(self):
        return {**super().get_config(), "style_mixing": self.style_mixing}
