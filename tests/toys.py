"""Tiny networks and pictures on which every variant plays in a moment."""

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
from ganzoo.networks import blocks  # noqa: E402

VARIANTS = ["GAN", "DCGAN", "LSGAN", "WGANGP", "CGAN", "Pix2Pix", "BiGAN"]
# One of each kind: latents, a gradient penalty, labels, pairs, an encoder. DCGAN's and
# LSGAN's toys differ from GAN's by their losses only.
KINDS = ["GAN", "WGANGP", "CGAN", "Pix2Pix", "BiGAN"]
IMAGE_SHAPE = (4, 4, 1)
LATENT_DIM = 3
NUM_CLASSES = 5
# Whether a step takes longer to trace than a few steps to run.
TRACES = keras.backend.backend() == "tensorflow"


def pictures(count=24):
    """Random uint8 pictures."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, *IMAGE_SHAPE)).astype("uint8")


def labels(count=24):
    """All classes in turn."""
    return (np.arange(count) % NUM_CLASSES).astype("int32")


def data(variant, count=24):
    """What `fit` takes for this variant."""
    x = pictures(count)
    return {"CGAN": (x, labels(count)), "Pix2Pix": (x[::-1].copy(), x)}.get(
        variant, (x,)
    )


def network(
    inputs, output, *, normalized=False, dropout=0.0, activation=None, name=None
):
    """One hidden layer from inputs of these shapes to an output of this one.

    An input of shape `()` is an integer label.
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
    x = layers.Dense(16)(x)
    if normalized:
        x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU(0.2)(x)
    if dropout:
        x = blocks.Dropout(dropout, seed=7)(x)
    x = layers.Dense(int(np.prod(output)), activation, dtype="float32")(x)
    x = layers.Reshape(output, dtype="float32")(x) if len(output) > 1 else x
    return keras.Model(tensors if len(tensors) > 1 else tensors[0], x, name=name)


def networks(variant):
    """The players of a variant, by the names of its arguments."""
    z, x, logit = (LATENT_DIM,), IMAGE_SHAPE, (1,)
    normalized = variant != "WGANGP"
    inputs = {
        "CGAN": ([z, ()], [x, ()]),
        "Pix2Pix": ([x], [x, x]),
        "BiGAN": ([z], [x, z]),
    }
    g_inputs, d_inputs = inputs.get(variant, ([z], [x]))
    g_dropout = 0.5 if variant == "Pix2Pix" else 0.0
    players = {
        "generator": network(
            g_inputs,
            x,
            normalized=True,
            dropout=g_dropout,
            activation="tanh",
            name="generator",
        ),
        "discriminator": network(
            d_inputs, logit, normalized=normalized, dropout=0.3, name="discriminator"
        ),
    }
    if variant == "BiGAN":
        players["encoder"] = network([x], z, normalized=True, name="encoder")
    if variant == "CGAN":
        players["num_classes"] = NUM_CLASSES
    return players


def build(variant, **kwargs):
    """A tiny game, not compiled."""
    keras.utils.set_random_seed(1)
    kwargs = {**networks(variant), "seed": 2, **kwargs}
    if variant == "WGANGP":
        # Each step is traced by itself; five go no other way than two.
        kwargs.setdefault("discriminator_steps", 2)
    return getattr(ganzoo, variant)(**kwargs)


def compiled(variant, run_eagerly=False, **kwargs):
    """A tiny game with Adam for both players."""
    gan = build(variant, **kwargs)
    optimizers = (keras.optimizers.Adam(1e-2, beta_1=0.5) for _ in range(2))
    gan.compile(*optimizers, run_eagerly=run_eagerly)
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
        return keras.ops.convert_to_numpy(network(x, training=False))

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
    """A generator that returns this picture whatever comes in; its bias learns."""
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
    """An extractor of any pictures: sums of their pixels, weighted at random."""

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
