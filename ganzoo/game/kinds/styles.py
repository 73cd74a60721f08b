"""Styles: what a generator makes of latents first, and images of then."""

import functools

import keras
import numpy as np
from keras import layers
from keras import ops

from ganzoo import backend
from ganzoo.backend.prediction import predict
from ganzoo.game import network_checks
from ganzoo.game.inversion import arguments
from ganzoo.game.inversion.spaces import LatentSpace

NOISES = ("const", "random", "none")


class StyleSpace(LatentSpace):
    """The styles of latents before truncation, one for all layers: the space W.

    Of the conditions of a model the last two count, truncation and noise; labels are
    part of the styles.
    """

    limits = None

    @property
    def size(self):
        """How many numbers a style has."""
        return self.model.mapping.output_shape[2]

    @functools.cached_property
    def generator(self):
        """The network from styles, truncations and noise to images."""
        mapping, synthesis = self.model.mapping, self.model.synthesis
        shapes = (self.size,), mapping.inputs[-1].shape[1:], (self.model.noise_size,)
        w, psi, noise = inputs = [layers.Input(shape) for shape in shapes]
        styles = mapping.get_layer("truncated")([w, psi])
        return keras.Model(inputs, synthesis([styles, noise]))

    def conditions(self, found):
        """Truncation and noise."""
        return found[-2:]

    def default_conditions(self, n):
        """No truncation and constant noise; a label is of no account here."""
        return self.model.find_conditions(n)

    def centre(self):
        """The mean style of training."""
        return ops.convert_to_numpy(self.model.mapping.get_layer("truncated").mean)

    def of_latents(self, z, found):
        """The styles of latents and labels, without truncation."""
        *labels, psi, _ = found
        inputs = [z, *labels, np.ones(np.shape(psi), "float32")]
        return predict(self.model.mapping, inputs, 128)[:, 0]


class Styled:
    """What an `AdversarialModel` does whose generator has styles and noise.

    Its generator is two models. "mapping" makes a style for each layer of latents, and
    of a truncation for each layer, which draws the styles nearer to their mean.
    "synthesis" makes images of styles and noise. In training the noise is drawn, and
    styles are never truncated.

    `generate` takes `truncation`, a number in [0, 1], or one for each layer; 1 is none.
    It takes `noise` too: "const" for the same in all images, which is the default,
    "random" for that of training, "none", or an array.

    `map` returns styles of latents. `decode` and `project` take `space="w"` for these.

    Args:
        style_mixing: float. Share of the batches in training whose images have, from
            some layer on, the styles of a second latent.
        **kwargs: As of the variant.

    Raises:
        ValueError: If it is no share, or the generator has no such models.
    """

    condition_names = ("truncation", "noise")
    optional_conditions = ("truncation", "noise")
    spaces = {"z": LatentSpace, "w": StyleSpace}

    def __init__(self, *args, style_mixing=0.0, **kwargs):
        if not isinstance(style_mixing, (int, float)) or not 0 <= style_mixing <= 1:
            raise ValueError(
                "`style_mixing` must be a share of the batches, from 0 to 1. "
                f"Received: style_mixing={style_mixing!r}."
            )
        super().__init__(*args, **kwargs)
        self.style_mixing = style_mixing
        self.constant_noise = self.add_weight(
            (self.noise_size,),
            keras.initializers.RandomNormal(0.0, 1.0),
            trainable=False,
            name="constant_noise",
        )

    @property
    def mapping(self):
        """The model from latents to styles."""
        return self.generator.get_layer("mapping")

    @property
    def synthesis(self):
        """The model from styles and noise to images."""
        return self.generator.get_layer("synthesis")

    @property
    def style_count(self):
        """How many layers have a style."""
        return self.mapping.output_shape[1]

    @property
    def noise_size(self):
        """How many numbers are the noise of an image."""
        return network_checks.input_shapes(self.synthesis)[1][0]

    # === Training ===

    def sample_inputs(self, batch):
        """An image of new latents for each example, and its label if there are."""
        x = batch[0] if isinstance(batch, tuple) else batch
        labels = self.sample_labels(x)
        styles = self.sample_styles(x, labels)
        return self.synthesize(styles, self.sample_noise(x)), *labels

    def sample_styles(self, x, labels):
        """Styles of new latents for each example of `x`, in training mixed."""
        styles = self.styles_of(self.sample_z(x), labels, training=self._is_training)
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

    def synthesize(self, styles, noise):
        """Images of styles and noise."""
        return self.play(self.synthesis, [styles, noise])

    def sample_noise(self, x):
        """Noise for each example of `x`, `(batch, noise_size)`."""
        return backend.per_example(lambda n: self.draw_noise(n, self.noise), x)

    def draw_noise(self, count, seed):
        """Noise for so many images, N(0, I)."""
        return keras.random.normal((count, self.noise_size), seed=seed)

    def sample_labels(self, x):
        """Labels for each example of `x`, a list; empty without classes."""
        return []

    def sample_conditions(self, x):
        """Inputs of the generator beside the latents, as in training."""
        ones = ops.ones((ops.shape(x)[0], self.style_count))
        return [*self.sample_labels(x), ones, self.sample_noise(x)]

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

    def conditions(self, n, truncation, noise):
        """A truncation for each style and the noise, for each of `n` images."""
        return [self._find_truncation(truncation), self._find_noise(n, noise)]

    def _find_truncation(self, truncation):
        psi = np.asarray(1.0 if truncation is None else truncation)
        numbers = psi.dtype.kind in "if" and psi.size
        if not numbers or not 0 <= psi.min() <= psi.max() <= 1:
            raise ValueError(
                "`truncation` must be from 0, for the mean style, to 1, for none, or "
                f"such a number for each of the {self.style_count} styles. "
                f"Received: truncation={truncation!r}."
            )
        psi = psi.astype("float32")
        return np.full(self.style_count, psi) if psi.ndim == 0 else psi

    def _find_noise(self, n, noise):
        noise = "const" if noise is None else noise
        if not isinstance(noise, str):
            return np.asarray(noise, "float32")
        if noise not in NOISES:
            raise ValueError(
                f"`noise` must be one of {NOISES}, or an array. "
                f"Received: noise={noise!r}."
            )
        if noise == "random":
            draws = self.in_chunks(n, lambda count: self.draw_noise(count, self.noise))
            return np.concatenate([chunk for _, chunk in draws])
        constant = ops.convert_to_numpy(self.constant_noise)
        return constant if noise == "const" else np.zeros_like(constant)

    # === Checks ===

    def check_generator(self):
        super().check_generator()
        names = {layer.name for layer in self.generator.layers}
        if not {"mapping", "synthesis"} <= names:
            raise ValueError(
                "`generator` must have two models, 'mapping' from latents to styles "
                "and 'synthesis' from styles and noise to images, as of "
                "`ganzoo.networks.stylegan2_generator`. "
                f"Received: generator with the layers {sorted(names)}."
            )

    def check_players(self):
        styles = (self.style_count, self.mapping.output_shape[2])
        network_checks.check_inputs(
            "synthesis", self.synthesis, {"styles": styles, "noise": (None,)}
        )
        of_styles = {
            "a truncation for each style": (self.style_count,),
            "noise": (self.noise_size,),
        }
        labels = self.label_shapes
        network_checks.check_latents(self.generator, {**labels, **of_styles})
        images = {"the images": self.seen_shape}
        network_checks.check_inputs(
            "discriminator", self.discriminator, {**images, **labels}
        )

    # What the networks know of labels, as for `network_checks.check_inputs`.
    label_shapes = {}

    def get_config(self):
        return {**super().get_config(), "style_mixing": self.style_mixing}
