"""Tiny networks and images on which every variant plays in a moment."""

import functools
import os
import sys
from importlib import machinery


class OthersThanTensorFlow(machinery.PathFinder):
    """Finds what is installed, but TensorFlow."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "tensorflow" else super().find_spec(name, path, target)


# Keras imports it to set a seed, whatever its backend, which takes seconds.
if os.environ.get("TOYS_WITHOUT_TENSORFLOW"):
    place = sys.meta_path.index(machinery.PathFinder)
    sys.meta_path[place] = OthersThanTensorFlow

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

import ganzoo  # noqa: E402
from ganzoo import backend  # noqa: E402
from ganzoo import features  # noqa: E402
from ganzoo.inputs.parts import Attributes  # noqa: E402
from ganzoo.inputs.parts import Frames  # noqa: E402
from ganzoo.inputs.parts import Images  # noqa: E402
from ganzoo.inputs.parts import Label  # noqa: E402
from ganzoo.inputs.parts import SmallImages  # noqa: E402
from ganzoo.inputs.parts import Tokens  # noqa: E402
from ganzoo.networks import blocks  # noqa: E402
from ganzoo.networks import laplacian  # noqa: E402

Z, X, Y = (3,), (4, 4, 1), ()  # shapes of latents, an image and a label
ATTRIBUTES = ("glasses", "beard")
A = (len(ATTRIBUTES),)
TEXTS = ("a red heart", "a star", "two red stars", "a heart")
PHI = (4,)  # shape of an encoded text
PAST = (2, *X)  # shape of the frames that a next one is predicted from
# What differs from a generator of latents and a discriminator of images.
TOYS = {
    "ACGAN": {"generator": [Z, Y], "heads": {"classes": 5}},
    "ALI": {"discriminator": [X, Z], "code": (6,)},
    "BEGAN": {"autoencodes": True},
    "BiGAN": {"discriminator": [X, Z]},
    "BigBiGAN": {
        "discriminator": [X, Z],
        "logit": (3,),
        "spectral": True,
        "code": (6,),
    },
    "BigGAN": {
        "generator": [Z, Y],
        "discriminator": [X, Y],
        "spectral": True,
        "conditional": True,
    },
    "CGAN": {"generator": [Z, Y], "discriminator": [X, Y]},
    "CoGAN": {"discriminator": [X, X], "normalized": False, "domains": 2},
    "ConditionalR3GAN": {
        "generator": [Z, Y],
        "discriminator": [X, Y],
        "normalized": False,
    },
    "ConditionalStyleGAN2": {
        "generator": [Z, Y, (2,), (16,)],
        "discriminator": [X, Y],
        "normalized": False,
        "styles": "stylegan2_conditional",
    },
    "CycleGAN": {"generator": [X]},
    "DCGAN": {},
    "DRAGAN": {"normalized": False},
    "EBGAN": {"autoencodes": True},
    "FAnoGAN": {"normalized": False},
    "GAN": {},
    "GANCLS": {"generator": [Z, PHI], "discriminator": [X, PHI]},
    "HingeGAN": {"spectral": True},
    "IcGAN": {"generator": [Z, A], "discriminator": [X, A]},
    "InfoGAN": {
        "generator": [Z, (12,)],
        "heads": {"categorical": 10, "continuous": 2},
    },
    "LAPGAN": {"discriminator": [(2, 2, 1), X, X], "levels": 1},
    "LSGAN": {},
    "MinimaxGAN": {},
    "Pix2Pix": {"generator": [X], "discriminator": [X, X], "dropout": 0.5},
    "PredictiveGAN": {"generator": [PAST], "discriminator": [PAST, X]},
    "ProjectionGAN": {
        "generator": [Z, Y],
        "discriminator": [X, Y],
        "spectral": True,
        "conditional": True,
    },
    "R3GAN": {"normalized": False},
    "RpGAN": {},
    "SemiSupervisedGAN": {"heads": {"features": 3, "classes": 5}, "logit": None},
    "SNGAN": {"spectral": True},
    "SRGAN": {"generator": [(2, 2, 1)]},
    "StyleGAN": {
        "generator": [Z, (2,), (32,)],
        "normalized": False,
        "styles": "stylegan",
    },
    "StyleGAN2": {
        "generator": [Z, (2,), (16,)],
        "normalized": False,
        "styles": "stylegan2",
    },
    "StyleGAN3": {
        "generator": [Z, (5,)],
        "normalized": False,
        "styles": "stylegan3",
        "options": {"layers": 3},
    },
    "UnrolledGAN": {"normalized": False},
    "VAEGAN": {"heads": {"features": 4}, "code": (6,)},
    "WGAN": {},
    "WGANGP": {"normalized": False},
}
VARIANTS = list(TOYS)
# Those whose step is part of others', but for how the outputs of `D` become a loss.
ALIKE = [
    *("BigBiGAN", "BigGAN", "ConditionalR3GAN", "ConditionalStyleGAN2", "DCGAN"),
    *("GAN", "GANCLS", "LSGAN", "MinimaxGAN", "R3GAN", "SNGAN"),
    *("StyleGAN", "StyleGAN3"),
]
# One of each kind: latents, a gradient penalty, labels, pairs, an encoder. DCGAN's and
# LSGAN's toys differ from GAN's by their losses only.
KINDS = ["GAN", "WGANGP", "CGAN", "Pix2Pix", "BiGAN"]
IMAGE_SHAPE = X
(LATENT_DIM,) = Z
NUM_CLASSES = 5
# Whether a step takes longer to trace than a few steps to run.
TRACES = keras.backend.backend() == "tensorflow"


def pictures(count=24):
    """Random uint8 images."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, *IMAGE_SHAPE)).astype("uint8")


def labels(count=24):
    """All classes in turn."""
    return (np.arange(count) % NUM_CLASSES).astype("int32")


def some_labels(count=24):
    """Those of a half of the images, each class a few times, and -1 for the others."""
    return np.where(np.arange(count) < count // 2, labels(count), -1).astype("int32")


def attributes(count=24):
    """All combinations of attributes in turn."""
    return (np.arange(count)[:, None] >> np.arange(A[0]) & 1).astype("int8")


def vocabulary():
    """The words of all texts."""
    return ganzoo.data.Vocabulary(TEXTS)


def texts(count=24):
    """All texts in turn, as an array of strings."""
    return np.resize(TEXTS, count)


def tokens(count=24):
    """All texts in turn, as tokens."""
    return vocabulary().encode(texts(count))


def sequences(count=24):
    """An image each that moves to the right, a pixel a frame, and comes back."""
    frames = [np.roll(pictures(count), i, axis=2) for i in range(PAST[0] + 1)]
    return np.stack(frames, axis=1)


def data(variant, count=24):
    """What `fit` takes for this variant: for images of images those of others."""
    x = pictures(count)
    arrays = []
    for part in getattr(ganzoo, variant).parts.values():
        may_lack = isinstance(part, Label) and part.missing
        of_part = some_labels if may_lack else labels
        images = ganzoo.data.downscaled(x, 2) if isinstance(part, SmallImages) else x
        of_part = attributes if isinstance(part, Attributes) else of_part
        of_part = tokens if isinstance(part, Tokens) else of_part
        images = sequences(count) if isinstance(part, Frames) else images
        is_image = isinstance(part, Images)
        arrays.append(images if is_image else of_part(count))
    if sum(array is x for array in arrays) > 1:
        arrays[0] = x[::-1].copy()
    return tuple(arrays)


def dataset(arrays):
    """Arrays as a `tf.data.Dataset` of single examples."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(arrays)


def inputs_of(variant, player):
    """Shapes of the inputs of a player, `()` for a label."""
    usual = {"generator": [Z], "discriminator": [X], "encoder": [X]}[player]
    return TOYS[variant].get(player, usual)


def network(
    inputs,
    output,
    *,
    heads=(),
    normalized=False,
    conditional=False,
    spectral=False,
    dropout=0.0,
    activation=None,
    domains=1,
    name=None,
):
    """One hidden layer from inputs of these shapes to an output of this one.

    An input of shape `()` is an integer label. With heads, sizes by their names, the
    outputs are a dict, whose "logit" is the output, if there is one. With several
    domains they are a list of as many, each by a last layer of its own.
    """
    tensors = [
        layers.Input(s, dtype="int32" if s == () else None, name=f"input_{i}")
        for i, s in enumerate(inputs)
    ]
    parts = [
        layers.Embedding(NUM_CLASSES, 4)(t) if s == () else layers.Flatten()(t)
        for t, s in zip(tensors, inputs)
    ]
    x = layers.Concatenate()(parts) if len(parts) > 1 else parts[0]
    dense = ganzoo.layers.SpectralDense if spectral else layers.Dense
    x = dense(16)(x)
    if conditional:
        normalize = ganzoo.layers.ConditionalBatchNormalization(NUM_CLASSES)
        x = normalize(x, tensors[-1])
    elif normalized:
        x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU(0.2)(x)
    if dropout:
        x = blocks.Dropout(dropout, seed=7)(x)
    others = {}
    for head, size in dict(heads).items():
        others[head] = layers.Dense(size, dtype="float32")(x)
        # What the other heads see.
        x = others[head] if head == "features" else x
    if output is None:
        return keras.Model(tensors[0], others, name=name)
    ends = [
        dense(int(np.prod(output)), activation, dtype="float32")(x)
        for _ in range(domains)
    ]
    if len(output) > 1:
        ends = [layers.Reshape(output, dtype="float32")(end) for end in ends]
    outputs = {"logit": ends[0], **others} if others else ends
    outputs = outputs if others or domains > 1 else ends[0]
    return keras.Model(tensors if len(tensors) > 1 else tensors[0], outputs, name=name)


def networks(variant):
    """The players of a variant, by the names of its arguments."""
    toy = TOYS[variant]
    players = {
        "generator": generator(variant),
        "discriminator": discriminator(
            variant, normalized=toy.get("normalized", True), dropout=0.3
        ),
    }
    model_class = getattr(ganzoo, variant)
    if "encoder" in model_class.network_names:
        code = toy.get("code", Z)
        players["encoder"] = network([X], code, normalized=True, name="encoder")
    if "attribute_encoder" in model_class.network_names:
        players["attribute_encoder"] = network([X], A, normalized=True)
    if "backward_generator" in model_class.network_names:
        players["backward_generator"] = generator(variant)
        players["backward_discriminator"] = discriminator(variant, dropout=0.3)
    if any(isinstance(part, Label) for part in model_class.parts.values()):
        players["num_classes"] = NUM_CLASSES
    if any(isinstance(part, Attributes) for part in model_class.parts.values()):
        players["attributes"] = ATTRIBUTES
    if any(isinstance(part, Tokens) for part in model_class.parts.values()):
        players["vocabulary"] = vocabulary()
        players["text_encoder"] = text_encoder()
        players["image_encoder"] = network([X], PHI, normalized=True)
    return players


def text_encoder():
    """The mean of the words of a text, and a dense layer of that."""
    words = vocabulary()
    x = inputs = layers.Input((words.length,), dtype="int32")
    x = layers.GlobalAveragePooling1D()(layers.Embedding(len(words), 3)(x))
    return keras.Model(inputs, layers.Dense(*PHI)(x), name="text_encoder")


def generator(variant):
    """A generator of a variant, with batch normalisation unless it has styles."""
    toy = TOYS[variant]
    if "styles" in toy:
        widths = {"style_dim": 4, "filters": 4, "mapping_layers": 1}
        make = getattr(ganzoo.networks, f"{toy['styles']}_generator")
        classes = [NUM_CLASSES] * (Y in toy["generator"])
        return make(X, *classes, LATENT_DIM, **widths, **toy.get("options", {}))
    if "levels" in toy:
        return chained_generator()
    return network(
        inputs_of(variant, "generator"),
        X,
        normalized=True,
        conditional=toy.get("conditional", False),
        dropout=toy.get("dropout", 0.0),
        activation="tanh",
        domains=toy.get("domains", 1),
        name="generator",
    )


def discriminator(variant, **options):
    """A discriminator of a variant, by default without batch normalisation."""
    if TOYS[variant].get("autoencodes"):
        return autoencoder(options.get("dropout", 0.0))
    if "domains" in TOYS[variant]:
        return coupled_discriminator(**options)
    if "levels" in TOYS[variant]:
        return chained_discriminator(**options)
    heads = TOYS[variant].get("heads", {})
    options.setdefault("spectral", TOYS[variant].get("spectral", False))
    inputs = inputs_of(variant, "discriminator")
    logit = TOYS[variant].get("logit", (1,))
    return network(inputs, logit, heads=heads, name="discriminator", **options)


def autoencoder(dropout=0.0):
    """From images to a "code" of three numbers, and to their "reconstruction"."""
    encoder = network([X], (3,), dropout=dropout)
    (x,), code = encoder.inputs, encoder.output
    size = int(np.prod(X))
    decoded = layers.Dense(size, "tanh", dtype="float32")(layers.LeakyReLU(0.2)(code))
    outputs = {
        "code": code,
        "reconstruction": layers.Reshape(X, dtype="float32")(decoded),
    }
    return keras.Model(x, outputs, name="discriminator")


def coupled_discriminator(normalized=False, dropout=0.0):
    """One of two domains, which share all layers but the first."""
    images = [layers.Input(X, name=f"input_{i}") for i in range(2)]
    shared = [layers.BatchNormalization()] if normalized else []
    shared += [layers.LeakyReLU(0.2), blocks.Dropout(dropout, seed=7)]
    shared += [layers.Dense(1, dtype="float32")]
    logits = []
    for x in images:
        x = layers.Dense(16)(layers.Flatten()(x))
        for layer in shared:
            x = layer(x)
        logits.append(x)
    return keras.Model(images, logits, name="discriminator")


def chained_generator():
    """One of images of 2 x 2 pixels, and of the residuals of twice the size."""
    options = {"normalized": True, "activation": "tanh"}
    levels = [network([(2,)], (2, 2, 1), **options), network([(1,), X], X, **options)]
    return laplacian.join_generators(levels)


def chained_discriminator(**options):
    """One of both levels of `chained_generator`, side by side."""
    levels = [network(inputs, (1,), **options) for inputs in ([(2, 2, 1)], [X, X])]
    return laplacian.join_discriminators(levels)


def build(variant, **kwargs):
    """A tiny game, not compiled."""
    keras.utils.set_random_seed(1)
    kwargs = {**networks(variant), "seed": 2, **kwargs}
    if getattr(ganzoo, variant).default_discriminator_steps > 1:
        # Each step is traced by itself; five go no other way than two.
        kwargs.setdefault("discriminator_steps", 2)
    if variant == "BEGAN":
        # Samples of no training have more than half the data's energy: k stays 0.
        kwargs.setdefault("diversity", 1.0)
    return getattr(ganzoo, variant)(**kwargs)


def compiled(variant, run_eagerly=False, **kwargs):
    """A tiny game with Adam for both players."""
    gan = build(variant, **kwargs)
    # Momentum is what clipped weights are warned of.
    beta_1 = 0.0 if variant == "WGAN" else 0.5
    optimizers = (keras.optimizers.Adam(1e-2, beta_1=beta_1) for _ in range(2))
    gan.compile(*optimizers, run_eagerly=run_eagerly)
    for name, stage in gan.stages.items():
        if stage.before:
            # A game that skips it is warned of.
            gan._counters.add_stage(name)
    return gan


def untraced(variant, **kwargs):
    """The same, run as it is written: to trace it takes longer than a few steps."""
    return compiled(variant, TRACES, **kwargs)


def trace_nothing(monkeypatch):
    """Let all that plays and draws run as it is written, on TensorFlow."""
    compile = ganzoo.AdversarialModel.compile

    def compile_not(self, *args, **kwargs):
        return compile(self, *args, **{**kwargs, "run_eagerly": TRACES})

    def predict(network, x):
        outputs = network(x, training=False)
        return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)

    monkeypatch.setattr(ganzoo.AdversarialModel, "compile", compile_not)
    if TRACES:
        monkeypatch.setattr(backend, "predict_on_batch", predict)


@functools.cache
def classifier():
    """The classifier of Fashion-MNIST, once for all tests of a process."""
    return features.ClassifierFeatures("fashion_mnist")


def copy_of(variables):
    """Values of variables, as NumPy arrays of their own."""
    return [np.array(keras.ops.convert_to_numpy(v), copy=True) for v in variables]


def same(a, b):
    """Whether two lists of arrays are equal to the bit."""
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b))


def constant_generator(picture, inputs=((LATENT_DIM,),)):
    """A generator that returns this image whatever comes in; its bias learns."""
    tensors = [layers.Input(s, dtype="int32" if s == () else None) for s in inputs]
    flat = layers.Flatten()(tensors[0])
    x = layers.Dense(picture.size, kernel_initializer="zeros", name="constant")(flat)
    model = keras.Model(
        tensors if len(tensors) > 1 else tensors[0], layers.Reshape(picture.shape)(x)
    )
    kernel, _ = model.get_layer("constant").get_weights()
    model.get_layer("constant").set_weights([kernel, picture.ravel()])
    return model


def linear_discriminator(weights, bias=None):
    """`D(x) = w · x`, or `w · x + b`."""
    x = layers.Input(weights.shape)
    dense = layers.Dense(1, use_bias=bias is not None)
    model = keras.Model(x, dense(layers.Flatten()(x)))
    dense.set_weights(
        [weights.reshape(-1, 1), *([] if bias is None else [np.array([bias])])]
    )
    return model


def undecided(model):
    """The same network with all weights 0, so that every logit is 0."""
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    return model


def gradient_of(gan, player, batch):
    """What a player's step subtracts from its variables at learning rate 1."""
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))
    variables = getattr(gan, f"{player}_variables")
    before = copy_of(variables)
    gan.minimize(
        getattr(gan, f"{player}_loss"),
        keras.tree.map_structure(keras.ops.convert_to_tensor, batch),
        variables,
        getattr(gan, f"{player}_optimizer"),
    )
    return [b - a for a, b in zip(copy_of(variables), before)]


def value(scalar):
    """A loss as a Python float."""
    return float(keras.ops.convert_to_numpy(scalar))


def sigmoid(t):
    """1 / (1 + exp(-t))."""
    return 1 / (1 + np.exp(-t))


def softplus(t):
    """log(1 + exp(t)), which is -log(sigmoid(-t))."""
    return np.logaddexp(0, t)


class Features:
    """An extractor of any images: sums of their pixels, weighted at random."""

    name = "toy"
    sha256 = "0" * 64
    dimension = 4
    resize = None
    classes = 2

    def __init__(self):
        self.seen = 0

    def __call__(self, images, batch_size=None, verbose=0):
        self.seen += len(images)
        pixels = images.reshape(len(images), -1).astype("float32") / 255
        weights = np.random.default_rng(0).normal(size=(pixels.shape[1], 4))
        return (pixels @ weights).astype("float32")

    def classify(self, features):
        return (features[:, 0] > 0).astype("int64")
