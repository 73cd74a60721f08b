"""LAPGAN: deep generative image models by a Laplacian pyramid of adversarial networks.

Reference:
    [Denton et al., 2015](https://arxiv.org/abs/1506.05751)
"""

import math

import keras
import numpy as np
from keras import ops

from ganzoo import networks
from ganzoo.backend.prediction import predict
from ganzoo.data import pixels
from ganzoo.game import network_checks
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.inputs.parts import Images
from ganzoo.networks import folder_settings
from ganzoo.networks import laplacian
from ganzoo.networks import sizes
from ganzoo.networks.lapgan import LEVELS

SMALLEST = 8  # pixels that images of one's own halve to, or a little less


@keras.saving.register_keras_serializable("ganzoo")
class LAPGAN(AdversarialModel):
    """A GAN of small images, and one of the residuals of each doubling of their size.

    Level by level a generator adds to the image of the level before, enlarged, the
    details that it lacks: `I = u(I_coarse) + G_k(z, u(I_coarse))`. In training all
    levels are independent: each is conditioned on data, and never on samples.

    The generator is the whole chain, one `keras.Model` from the noise of all levels to
    images. Networks of your own are lists, the smallest level first, which are joined.

    Args:
        image_shape: tuple. `(height, width, channels)`, for the paper's networks. Sides
            are multiples of `2**levels`.
        levels: int or None. How often images are halved. None for 2, or what the
            networks have.
        generator: list of `keras.Model`, or one as `networks.lapgan_generator` makes.
            The first from noise to the smallest images, the others from
            `[noise, condition]` to residuals, both of the shape of their level.
        discriminator: list of `keras.Model`, or one as `networks.lapgan_discriminator`
            makes. The first from the smallest images to logits `(batch, 1)`, the others
            from `[residual, condition]`.
        discriminator_steps: int. Updates of `D` for each update of `G`.
        seed: int or None. Seed of the game's draws.

    Raises:
        ValueError: If images cannot be halved so, networks do not fit their level or
            one another, or as in `AdversarialModel`.
    """

    latent_range = (-1.0, 1.0)
    smooths_labels = True
    lacks = dict.fromkeys(
        (
            *("augmentation", "instance_noise", "packing"),
            *("r1_weight", "r2_weight", "roth_weight"),
        ),
        "its discriminators see residuals and enlarged images, which belong together "
        "pixel by pixel",
    )

    def __init__(
        self,
        image_shape=None,
        *,
        levels=None,
        generator=None,
        discriminator=None,
        **kwargs,
    ):
        if image_shape is not None:
            size = image_shape, LEVELS if levels is None else levels
            if generator is None:
                generator = networks.lapgan_generator(*size)
            if discriminator is None:
                discriminator = networks.lapgan_discriminator(*size)
        if isinstance(generator, (list, tuple)):
            _check_generators(generator)
            generator = laplacian.join_generators(generator)
        if isinstance(discriminator, (list, tuple)):
            _check_discriminators(discriminator)
            discriminator = laplacian.join_discriminators(discriminator)
        super().__init__(generator, discriminator, image_shape=image_shape, **kwargs)
        if levels not in (None, self.levels):
            raise ValueError(
                "Leave out `levels`: the networks have their own. Received: "
                f"levels={levels!r}, and networks of {self.levels} levels."
            )

    def discriminator_loss(self, x):
        """Σₖ −E[log Dₖ(hₖ, lₖ)] − E[log(1 − Dₖ(Gₖ(zₖ, lₖ), lₖ))].

        With the residuals hₖ and the conditions lₖ of data. The smallest level has no
        condition, and images for residuals.
        """
        logits = zip(self.judge(self.data_inputs(x)), self.judge(self.sample_inputs(x)))
        losses = [
            -ops.mean(self.log_real(real)) - ops.mean(ops.log_sigmoid(-fake))
            for real, fake in logits
        ]
        return self._sum_of_levels("discriminator", losses)

    def generator_loss(self, x):
        """Σₖ −E[log Dₖ(Gₖ(zₖ, lₖ), lₖ)], non-saturating as in the authors' code."""
        logits = self.judge(self.sample_inputs(x))
        losses = [-ops.mean(ops.log_sigmoid(fake)) for fake in logits]
        return self._sum_of_levels("generator", losses)

    def data_inputs(self, x):
        """The smallest images of data, and hₖ and lₖ of each level, one by one."""
        coarse, residuals, conditions = laplacian.decompose(x, self.levels)
        pairs = zip(residuals, conditions)
        return coarse, *(tensor for pair in pairs for tensor in pair)

    def sample_inputs(self, x):
        """The smallest samples, and Gₖ(zₖ, lₖ) and the lₖ of data of each level."""
        _, _, conditions = laplacian.decompose(x, self.levels)
        base, *others = self.generators
        noise, *noises = laplacian.split_noise(self.sample_z(x), self.generators)
        inputs = [self.play(base, noise)]
        for G, z, condition in zip(others, noises, conditions):
            inputs += [self.play(G, [z, condition]), condition]
        return tuple(inputs)

    def _sum_of_levels(self, player, losses):
        for shape, loss in zip(self.level_shapes, losses):
            self.note(_note_name(player, shape), loss)
        return sum(losses)

    def prior(self, shape, seed):
        """Noise of all levels, z ~ U[−1, 1]^d, as in the authors' code."""
        return keras.random.uniform(shape, -1.0, 1.0, seed=seed)

    @staticmethod
    def default_optimizer():
        """SGD with learning rate 0.02 and momentum 0.5, as in the authors' code."""
        return keras.optimizers.SGD(0.02, momentum=0.5)

    # === What it does with pyramids ===

    def pyramid(self, images):
        """The Laplacian pyramid of images.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.

        Returns:
            List of float32 arrays: the smallest images, in [-1, 1], and the residuals
            of each level, in [-2, 2], the smallest first.

        Raises:
            ValueError: If the shape or the range is not that of the images.
        """
        x = self.to_pixels(images)
        coarse, residuals, _ = laplacian.decompose(x, self.levels)
        return [np.array(ops.convert_to_numpy(part)) for part in (coarse, *residuals)]

    def from_pyramid(self, pyramid):
        """The images of a Laplacian pyramid: to the pixel those that it is of.

        Args:
            pyramid: list of arrays, as `pyramid` returns.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If it is not one of images of the model's shape.
        """
        is_list = isinstance(pyramid, (list, tuple))
        shapes = [tuple(np.shape(part)[1:]) for part in pyramid] if is_list else None
        if shapes != self.level_shapes or len(set(map(len, pyramid))) > 1:
            raise ValueError(
                "`pyramid` must be a list of the smallest images and of the residuals "
                "of each level, as many of each, of the shapes "
                f"{', '.join(map(str, self.level_shapes))}. "
                f"Received: pyramid of shapes {shapes}."
            )
        for part in pyramid:
            kind, values = np.asarray(part).dtype.kind, np.abs(part)
            if kind != "f" or not values.max() <= 2.0:
                raise ValueError(
                    "`pyramid` must be of floats as `pyramid` returns them, in [-1, 1] "
                    "the smallest images, and in [-2, 2] the residuals. Received: an "
                    f"array of type {np.asarray(part).dtype} up to {values.max()}."
                )
        coarse, *residuals = (ops.convert_to_tensor(p, "float32") for p in pyramid)
        return pixels.to_uint8(laplacian.compose(coarse, residuals))

    def refine(self, images, *, seed=None):
        """Double the sides of small images, with details that a level draws.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`,
                of the size of any level but the largest.
            seed: int or None. The same seed draws the same details. None draws new
                ones each time.

        Returns:
            uint8 array `(n, 2 * height, 2 * width, channels)`.

        Raises:
            ValueError: If no level has images of this shape, there are none, or their
                range is another.
        """
        images = images if hasattr(images, "dtype") else np.asarray(images)
        shape, known = tuple(np.shape(images)[1:]), self.level_shapes[:-1]
        if shape not in known or not len(images):
            raise ValueError(
                "`images` must be one or more, of the shape of a level that another "
                f"refines: {' or '.join(map(str, known))}. "
                f"Received: images of shape {np.shape(images)}."
            )
        part = Images(shape)
        part.check_values("images", images)
        condition = laplacian.double(part.convert("images", images))
        level = known.index(shape) + 1
        z = self.latents(len(images), seed=seed)
        noise = laplacian.split_noise(ops.convert_to_tensor(z), self.generators)[level]
        inputs = [ops.convert_to_numpy(noise), ops.convert_to_numpy(condition)]
        with self.averaged():
            residual = predict(self.generators[level], inputs, 128)
        return pixels.to_uint8(inputs[1] + residual)

    # === What it is made of ===

    @property
    def generators(self):
        """The generators of all levels, the smallest first."""
        return laplacian.levels_of(self.generator)

    @property
    def discriminators(self):
        """The discriminators of all levels, the smallest first."""
        return laplacian.levels_of(self.discriminator)

    @property
    def levels(self):
        """How often images are halved."""
        return len(self.generators) - 1

    @property
    def level_shapes(self):
        """Shapes of the images of all levels, the smallest first."""
        return list(map(network_checks.output_shape, self.generators))

    @property
    def note_names(self):
        """Names of the parts of the losses: those of each level."""
        players = ("discriminator", "generator")
        return tuple(_note_name(p, s) for p in players for s in self.level_shapes)

    @property
    def undecided_loss(self):
        """−2 log ½ for each level."""
        return len(self.generators) * 2 * math.log(2)

    def check_generator(self):
        super().check_generator()
        _check_generators(self.generators)

    def check_discriminator(self):
        _check_discriminators(self.discriminators)

    def check_players(self):
        shapes = [network_checks.input_shapes(D)[0] for D in self.discriminators]
        if shapes != self.level_shapes:
            raise ValueError(
                "`generator` and `discriminator` must have the same levels. Received: "
                f"generator with images of shapes {self.level_shapes}, discriminator "
                f"with {shapes}."
            )

    @classmethod
    def settings_for_folder(cls, image_size):
        levels = 1
        while image_size >> levels > SMALLEST:
            levels += 1
        sections = folder_settings.of_networks(
            "lapgan_generator", "lapgan_discriminator"
        )
        for player in ("generator", "discriminator"):
            sections[player] = {**sections[player], "levels": levels}
        return sections


def _note_name(player, shape):
    height, width, _ = shape
    return f"{player}_loss_{height}x{width}"


def _check_generators(levels):
    """Raise a ValueError unless each network doubles the size of the one before."""
    _check_count("generator", levels)
    for i, network in enumerate(levels):
        name = f"generator[{i}]"
        network_checks.check_network(name, network)
        network_checks.check_one_output(name, network)
        wanted = {"noise": network_checks.input_shapes(network)[0]}
        if i == 0:
            shape = sizes.check_image_shape(network_checks.output_shape(network))
            network_checks.check_range(name, network)
        else:
            shape = (2 * shape[0], 2 * shape[1], shape[2])
            wanted["enlarged images"] = shape
            network_checks.check_output(name, network, "residuals", shape)
        network_checks.check_inputs(name, network, wanted)
        if None in wanted["noise"]:
            raise ValueError(
                f"`{name}` must take noise of a known size, or none could be drawn. "
                f"Received: {name} with noise of shape {wanted['noise']}."
            )


def _check_discriminators(levels):
    """Raise a ValueError unless each network judges residuals, and the first images."""
    _check_count("discriminator", levels)
    for i, network in enumerate(levels):
        name = f"discriminator[{i}]"
        network_checks.check_network(name, network)
        shape = network_checks.input_shapes(network)[0]
        of_pairs = {"residuals": shape, "enlarged images": shape}
        wanted = of_pairs if i else {"the smallest images": shape}
        network_checks.check_inputs(name, network, wanted)
        network_checks.check_one_output(name, network)
        network_checks.check_logits(name, network)


def _check_count(player, levels):
    if len(levels) < 2:
        raise ValueError(
            f"`{player}` must be a list of networks, one for the smallest images and "
            "one for each doubling of their size, or be made by "
            f"`ganzoo.networks.lapgan_{player}`. "
            f"Received: {player} with {len(levels)} of them."
        )
