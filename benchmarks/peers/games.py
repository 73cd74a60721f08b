"""The games of the papers, once for all peers: networks, losses and what they are fed.

A peer brings the arithmetic of its framework, its `Math`. None of this is ganzoo's own
code but the networks, which all of them share: their architecture and first weights.
"""

import dataclasses
import inspect
import math

import keras
import numpy as np

import ganzoo
from ganzoo import layers
from ganzoo import networks
from ganzoo.data.vocabulary import Vocabulary
from ganzoo.layers import subpixel
from ganzoo.layers.spectral_normalization import SpectralNormalized

LATENTS = 100
LATENTS_OF_BLOCKS = 120  # of BigBiGAN, which divide by how many blocks there are
CLASSES = 10
ATTRIBUTES = ("smiles", "young", "blond", "in a hat")
VOCABULARY = Vocabulary(["a dark red dress", "bright blue boots", "the green coat"])
PENALTY = 10.0
CLIP = 0.1  # of WGAN, so that a step's logits are far from rounding
L1 = 100.0
LEARNING_RATE = 2e-4
BETA_1 = 0.5
STYLE_MIXING = 0.9  # share of StyleGAN's batches
# Of StyleGAN2: weights of its penalties, and in which steps it has them. The first is
# of StyleGAN3 too, and of StyleGAN, which has it in all steps.
R1_WEIGHT, R1_INTERVAL = 1.0, 16
PATH_WEIGHT, PATH_INTERVAL = 2.0, 4
SLOPES_WEIGHT = 1.0  # of R3GAN's R1 and R2
MARGIN, PULLING_WEIGHT = 0.15, 0.1  # of EBGAN
# Of BEGAN. Its balance moves faster than the paper's, for first losses to tell of it.
DIVERSITY, BALANCE_RATE = 0.75, 0.1
CONTINUOUS = 2  # codes of InfoGAN, beside one of ten values
RECONSTRUCTION_WEIGHT = 0.01  # of VAEGAN
UNROLLING_STEPS, UNROLLING_RATE = 2, 0.01
WEIGHT_DECAY = 5e-4  # of CoGAN
CYCLE_WEIGHT = 10.0  # of CycleGAN
SCALE = 4  # by which SRGAN enlarges
LEVELS = 2  # at which LAPGAN doubles images
FRAMES = 5  # by which PredictiveGAN predicts the next one
# Of SRGAN and PredictiveGAN, far more than the papers', for first losses to tell of it.
ADVERSARIAL_WEIGHT = 0.1
# Functions of `ganzoo.networks`, in the order in which the variant names its networks.
NETWORKS = {
    "Pix2Pix": ("unet_generator", "patchgan_discriminator"),
    "CGAN": ("dcgan_conditional_generator", "dcgan_conditional_discriminator"),
    "BiGAN": ("dcgan_generator", "dcgan_joint_discriminator", "dcgan_encoder"),
    "StyleGAN2": ("stylegan2_generator", "stylegan2_discriminator"),
    "StyleGAN": ("stylegan_generator", "stylegan2_discriminator"),
    "StyleGAN3": ("stylegan3_generator", "stylegan2_discriminator"),
    "BigGAN": ("biggan_generator", "biggan_discriminator"),
    "R3GAN": ("r3gan_generator", "r3gan_discriminator"),
    "SNGAN": ("sn_resnet_generator", "sn_resnet_discriminator"),
    "ProjectionGAN": (
        "sn_resnet_conditional_generator",
        "sn_resnet_projection_discriminator",
    ),
    "ACGAN": ("dcgan_conditional_generator", "acgan_discriminator"),
    "EBGAN": ("dcgan_generator", "ebgan_discriminator"),
    "BEGAN": ("dcgan_generator", "ebgan_discriminator"),
    "InfoGAN": ("info_gan_generator", "info_gan_discriminator"),
    "VAEGAN": ("dcgan_generator", "vaegan_discriminator", "dcgan_encoder"),
    "ALI": ("dcgan_generator", "dcgan_joint_discriminator", "dcgan_encoder"),
    "CoGAN": ("cogan_generator", "cogan_discriminator"),
    "SemiSupervisedGAN": ("semi_supervised_generator", "semi_supervised_discriminator"),
    "CycleGAN": 2 * ("translator_generator", "patchgan_image_discriminator"),
    "SRGAN": ("srgan_generator", "srgan_discriminator"),
    "PredictiveGAN": ("predictive_generator", "predictive_discriminator"),
    "IcGAN": (
        *("icgan_generator", "icgan_discriminator"),
        *("icgan_encoder", "icgan_attribute_encoder"),
    ),
    "GANCLS": (
        *("gan_cls_generator", "gan_cls_discriminator"),
        *("gan_cls_text_encoder", "gan_cls_image_encoder"),
    ),
    "FAnoGAN": ("dcgan_generator", "dcgan_discriminator", "dcgan_encoder"),
    "LAPGAN": ("lapgan_generator", "lapgan_discriminator"),
    "BigBiGAN": ("bigbigan_generator", "bigbigan_discriminator", "bigbigan_encoder"),
}
OTHERS = ("dcgan_generator", "dcgan_discriminator")  # of all other variants
# What else a network is made with.
OPTIONS = {
    **{
        (variant, "discriminator"): {"normalization": "layer"}
        for variant in ("WGANGP", "DRAGAN", "RpGAN", "FAnoGAN")
    },
    ("VAEGAN", "encoder"): {"stochastic": True},
    ("ALI", "encoder"): {"stochastic": True},
    ("StyleGAN", "discriminator"): {"architecture": "orig"},
    ("StyleGAN3", "generator"): {"layers": 3},
    ("CycleGAN", "generator"): {"residual_blocks": 2},
    ("CycleGAN", "backward_generator"): {"residual_blocks": 2},
    ("SRGAN", "generator"): {"residual_blocks": 4},
    ("PredictiveGAN", "generator"): {"units": 128},
    ("PredictiveGAN", "discriminator"): {"units": 64},
    ("LAPGAN", "generator"): {"units": (512, 512)},
    ("LAPGAN", "discriminator"): {"units": (256, 256), "dropout": 0.0},
}
# What is trained, where it is not the game itself.
STAGES = {"FAnoGAN": "encoder"}
# Games with labels, and those that draw the labels of samples anew.
DRAWING_LABELS = ("BigGAN", "ProjectionGAN", "ACGAN")
LABELLED = ("CGAN", "SemiSupervisedGAN", *DRAWING_LABELS)
TWO_IMAGES = ("Pix2Pix", "CoGAN", "CycleGAN")
STYLES = ("StyleGAN", "StyleGAN2", "StyleGAN3")
SPECTRAL = ("BigGAN", "SNGAN", "ProjectionGAN", "BigBiGAN")
SGD_RATES = {
    **dict.fromkeys(SPECTRAL, 1e-4),
    "PredictiveGAN": 0.1,
    "SemiSupervisedGAN": 1e-3,
    **dict.fromkeys(STYLES, 1.0),
}
DISCRIMINATOR_STEPS = {
    **dict.fromkeys(("WGAN", "WGANGP", "SNGAN", "ProjectionGAN"), 5),
    "BigGAN": 4,
    "BigBiGAN": 2,
}
DRAWN = ("kernel", "recurrent_kernel", "embeddings", "constant", "v")
# Of weights at first, where it is not 0.02.
DEVIATIONS = {
    **dict.fromkeys(("CoGAN", "SRGAN", "PredictiveGAN", "FAnoGAN", "LAPGAN"), 0.1),
    "R3GAN": 0.2,
    **dict.fromkeys(STYLES, 1.0),
}


@dataclasses.dataclass(frozen=True)
class Case:
    """What is trained: a game on networks and batches of some size.

    Args:
        variant: str. Name of the class in `ganzoo`.
        side: int. Of the pictures, in pixels.
        channels: int. Of the pictures.
        filters: int. Width of the networks.
        batch: int. Pictures in an update of the discriminator.
        precision: str. A dtype policy of Keras.
        optimizer: str. "Adam", or "SGD", which is the same in all frameworks.
    """

    variant: str
    side: int = 28
    channels: int = 1
    filters: int = 32
    batch: int = 64
    precision: str = "float32"
    optimizer: str = "Adam"

    @property
    def image_shape(self):
        return (self.side, self.side, self.channels)

    @property
    def source_shape(self):
        """Of an image that the generator is given, where it is given one."""
        scale = SCALE if self.variant == "SRGAN" else 1
        return (self.side // scale, self.side // scale, self.channels)

    @property
    def sequence_shape(self):
        """Of past images and the next one."""
        return (FRAMES + 1, *self.image_shape)

    @property
    def shapes(self):
        """Of the images of an example, one for each array."""
        if self.variant == "PredictiveGAN":
            return [self.sequence_shape]
        if self.variant == "SRGAN":
            return [self.source_shape, self.image_shape]
        return [self.image_shape] * (2 if self.variant in TWO_IMAGES else 1)

    @property
    def discriminator_steps(self):
        return DISCRIMINATOR_STEPS.get(self.variant, 1)

    @property
    def sgd_rate(self):
        """Of SGD, by which weights that are scaled where they are used learn slowly.

        Those that are divided by how large they are learn fast, and rounding grows.
        """
        return SGD_RATES.get(self.variant, 0.01)

    @property
    def period(self):
        """After how many steps one has cost as much as in the long run."""
        return R1_INTERVAL if self.variant in ("StyleGAN2", "StyleGAN3") else 1

    @property
    def pictures(self):
        """How many real pictures a step sees."""
        return self.batch * self.discriminator_steps


def build(case, of_the_zoo=False):
    """The networks of a case, whose first weights are the same in every framework.

    Args:
        case: `Case`.
        of_the_zoo: bool. Whether convolutions and batch normalisations come in the form
            that the zoo has them in, or as a user writes them.

    Returns:
        Dict of `keras.Model` by player: "generator", "discriminator", maybe others.
    """
    keras.config.set_dtype_policy(case.precision)
    functions = NETWORKS.get(case.variant, OTHERS)
    names = getattr(ganzoo, case.variant).network_names
    players = {
        player: _network(function, case, **OPTIONS.get((case.variant, player), {}))
        for player, function in zip(names, functions)
    }
    if not of_the_zoo:
        players = {name: _as_written(player) for name, player in players.items()}
    random = np.random.default_rng(0)
    deviation = DEVIATIONS.get(case.variant, 0.02)
    for player in players.values():
        for layer in player._flatten_layers():
            for weight in layer._trainable_variables:
                if weight.name in DRAWN:
                    scale = deviation / getattr(layer, "multiplier", 1.0)
                    weight.assign(random.normal(0, scale, weight.shape))
                elif weight.name in ("gammas", "betas"):
                    # Else classes would be alike in the first steps.
                    weight.assign(weight + random.normal(0, 0.1, weight.shape))
            for weight in layer._non_trainable_variables:
                if weight.name in ("frequencies", "phases"):
                    weight.assign(random.uniform(-0.5, 0.5, weight.shape))
            if isinstance(layer, SpectralNormalized):
                layer.start_from(random.normal(size=layer.u.shape))
    return players


def _network(name, case, **options):
    """A network by its name, told what it takes of what all are told."""
    function = getattr(networks, name)
    told = {
        "image_shape": case.image_shape,
        "source_shape": case.source_shape,
        "sequence_shape": case.sequence_shape,
        "num_classes": CLASSES,
        "num_attributes": len(ATTRIBUTES),
        "num_words": len(VOCABULARY),
        "latent_dim": _latent_dim(case),
        "categorical": (CLASSES,),
        "continuous": CONTINUOUS,
        "filters": case.filters,
    }
    taken = told.keys() & inspect.signature(function).parameters.keys()
    return function(**{key: told[key] for key in taken}, **options)


def _as_written(network):
    """The same network of Keras's own layers."""
    plain = {
        layers.BatchNormalization: keras.layers.BatchNormalization,
        layers.Conv2D: keras.layers.Conv2D,
        layers.Conv2DTranspose: keras.layers.Conv2DTranspose,
        subpixel.SubpixelConv2D: keras.layers.Conv2D,
        subpixel.SubpixelConv2DTranspose: keras.layers.Conv2DTranspose,
        subpixel.HiddenConv2DTranspose: keras.layers.Conv2DTranspose,
    }

    def clone(layer):
        return plain.get(type(layer), type(layer)).from_config(layer.get_config())

    return keras.models.clone_model(network, clone_function=clone)


def draw_data(case, count, seed=0):
    """The arrays that `fit` takes: uint8 pictures, and what belongs to them."""
    random = np.random.default_rng(seed)
    images = [random.integers(0, 256, (count, *s), "uint8") for s in case.shapes]
    return *images, *_draw_others(case, count, random)


def _draw_others(case, count, random):
    """Labels, attributes or tokens of texts, where a game has them: a list."""
    if case.variant in LABELLED:
        labels = random.integers(0, CLASSES, count, "int32")
        if case.variant == "SemiSupervisedGAN":
            labels[1::2] = -1
        return [labels]
    if case.variant == "IcGAN":
        signs = random.integers(0, 2, (count, len(ATTRIBUTES))) * 2 - 1
        return [signs.astype("float32")]
    if case.variant == "GANCLS":
        length = VOCABULARY.length
        tokens = random.integers(1, len(VOCABULARY), (count, length), "int32")
        lengths = random.integers(1, length + 1, (count, 1))
        return [tokens * (np.arange(length) < lengths)]
    return []


def to_floats(arrays):
    """The same with pictures in [-1, 1], as peers are fed."""
    return tuple(
        array.astype("float32") / 127.5 - 1 if array.dtype == "uint8" else array
        for array in arrays
    )


def noise_shapes(case, batch):
    """Shapes of the latents, and of the penalty's ε, for a batch of some size."""
    return (batch, count_latents(case)), (batch, 1, 1, 1)


def count_latents(case):
    """How many numbers a sample is drawn from: of LAPGAN also planes of noise."""
    planes = [4**i for i in range(LEVELS)] if case.variant == "LAPGAN" else []
    return _latent_dim(case) + sum(case.side**2 // parts for parts in planes)


def _latent_dim(case):
    return LATENTS_OF_BLOCKS if case.variant == "BigBiGAN" else LATENTS


def labels_of_samples(count):
    """Labels of so many samples, in the place of random ones."""
    return np.arange(count, dtype="int32") % CLASSES


def conditions_of_samples(case):
    """What the generator is told beside latents, where the game draws it: a list.

    Labels or codes for a batch, in the place of random ones.
    """
    labels = labels_of_samples(case.batch)
    if case.variant in DRAWING_LABELS:
        return [labels]
    if case.variant == "InfoGAN":
        categories = np.eye(CLASSES, dtype="float32")[labels]
        return [np.concatenate([categories, wave((case.batch, CONTINUOUS))], axis=1)]
    return []


def wave(shape):
    """Numbers in [-1, 1], of some shape, in the place of random ones."""
    return np.cos(np.arange(math.prod(shape), dtype="float32")).reshape(shape)


def keras_optimizer(case):
    """A player's optimizer in Keras."""
    if case.optimizer == "SGD":
        return keras.optimizers.SGD(case.sgd_rate)
    return keras.optimizers.Adam(LEARNING_RATE, beta_1=BETA_1)


# === Losses ===


def discriminator_loss(variant, players, batch, noise, math):
    """What the discriminator minimises.

    Args:
        variant: str.
        players: dict of functions, networks in training mode.
        batch: tuple of tensors, pictures as floats.
        noise: tuple of tensors: latents, and ε.
        math: class with `mean`, `square`, `log_sigmoid`, and `slope(fn, x)`, the norm
            of a gradient for each example.
    """
    real, fake, fakes = _judge(variant, players, batch, noise)
    if variant == "LSGAN":
        return (math.mean(math.square(real - 1)) + math.mean(math.square(fake))) / 2
    if variant == "WGANGP":
        (x,), epsilon = batch, noise[1]
        x_hat = epsilon * x + (1 - epsilon) * fakes
        slope = math.slope(players["discriminator"], x_hat)
        penalty = math.mean(math.square(slope - 1))
        return math.mean(fake) - math.mean(real) + PENALTY * penalty
    loss = -math.mean(math.log_sigmoid(real)) - math.mean(math.log_sigmoid(-fake))
    return loss / 2 if variant == "Pix2Pix" else loss


def generator_loss(variant, players, batch, noise, math):
    """What the generator minimises, with the encoder if there is one."""
    if variant == "BiGAN":
        real, fake, _ = _judge(variant, players, batch, noise)
        return -math.mean(math.log_sigmoid(-real)) - math.mean(math.log_sigmoid(fake))
    fake, fakes = _judge_fakes(variant, players, batch, noise)
    if variant == "LSGAN":
        return math.mean(math.square(fake - 1)) / 2
    if variant == "WGANGP":
        return -math.mean(fake)
    loss = -math.mean(math.log_sigmoid(fake))
    if variant == "Pix2Pix":
        return loss + L1 * math.mean(abs(batch[1] - fakes))
    return loss


def _judge(variant, players, batch, noise):
    """Logits of what is real and of what is not, and the latter."""
    D = players["discriminator"]
    if variant == "BiGAN":
        real = D([batch[0], players["encoder"](batch[0])])
    else:
        real = D(list(batch) if len(batch) > 1 else batch[0])
    return (real, *_judge_fakes(variant, players, batch, noise))


def _judge_fakes(variant, players, batch, noise):
    G, D, z = players["generator"], players["discriminator"], noise[0]
    if variant == "Pix2Pix":
        y = G(batch[0])
        return D([batch[0], y]), y
    if variant == "CGAN":
        x = G([z, batch[1]])
        return D([x, batch[1]]), x
    x = G(z)
    return D([x, z] if variant == "BiGAN" else x), x
