"""Variants that use each mechanism of the game once, on networks of a few weights."""

import keras
import numpy as np
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import backend
from ganzoo.game import network_checks
from ganzoo.game.step import Lazy
from ganzoo.inputs import parts


@keras.saving.register_keras_serializable("toys")
class TwoHeads(ganzoo.GAN):
    """A discriminator that tells classes too: heads, drawn labels and notes."""

    parts = {"x": parts.Images("image_shape"), "y": parts.Label(count=toys.NUM_CLASSES)}
    note_names = ("accuracy",)

    def discriminator_loss(self, batch):
        x, y = batch
        heads = self.heads(x)
        hit = ops.equal(ops.argmax(heads["classes"], axis=-1), ops.cast(y, "int32"))
        self.note("accuracy", ops.mean(ops.cast(hit, "float32")))
        told = keras.losses.sparse_categorical_crossentropy(
            y, heads["classes"], from_logits=True
        )
        return super().discriminator_loss(x) + ops.mean(told)

    def generator_loss(self, batch):
        return super().generator_loss(batch[0])


@keras.saving.register_keras_serializable("toys")
class Coded(ganzoo.GAN):
    """A generator of latents and codes, which the game draws from U[-1, 1]."""

    condition_names = ("codes",)

    def check_players(self):
        network_checks.check_latents(self.generator, {"codes": (2,)})

    def generator_loss(self, x):
        fake = self.G([self.sample_z(x), *self.sample_conditions(x)])
        return -ops.mean(ops.log_sigmoid(self.D(fake)))

    def discriminator_loss(self, x):
        fake = self.G([self.sample_z(x), *self.sample_conditions(x)])
        log_real = ops.log_sigmoid(self.D(x))
        return -ops.mean(log_real) - ops.mean(ops.log_sigmoid(-self.D(fake)))

    def sample_conditions(self, x):
        def draw(count):
            return keras.random.uniform((count, 2), -1.0, 1.0, seed=self.noise)

        return [backend.per_example(draw, x)]

    def conditions(self, n, codes):
        return [np.zeros((n, 2), "float32") if codes is None else np.asarray(codes)]


@keras.saving.register_keras_serializable("toys")
class Coupled(ganzoo.AdversarialModel):
    """Two domains, unpaired: each player is one network of two outputs."""

    parts = {"x": parts.Images("image_shape"), "y": parts.Images("image_shape")}
    paired = False

    @property
    def image_shape(self):
        return tuple(self.generator.output_shape[0][1:])

    def check_generator(self):
        assert len(self.generator.outputs) == 2

    def check_discriminator(self):
        assert set(network_checks.outputs(self.discriminator)) == {"x", "y"}

    def check_players(self):
        network_checks.check_latents(self.generator)

    def check_trains(self):
        network_checks.check_apart(self.players)

    def judged(self, x, y):
        scores = self.judge_heads([x, y])
        return scores["x"] + scores["y"]

    def discriminator_loss(self, batch):
        x, y = batch
        fakes = self.G(self.sample_z(x))
        return ops.mean(self.judged(*fakes)) - ops.mean(self.judged(x, y))

    def generator_loss(self, batch):
        return -ops.mean(self.judged(*self.G(self.sample_z(batch[0]))))

    @staticmethod
    def default_optimizer():
        return keras.optimizers.SGD(0.01)


@keras.saving.register_keras_serializable("toys")
class Unrolled(ganzoo.GAN):
    """G plays against D after a step of it, through which it differentiates."""

    RATE = 0.25

    def generator_loss(self, x):
        fake = self.G(self.sample_z(x))
        variables = self.discriminator_variables
        values = [v.value for v in variables]
        gradients = self.gradient(lambda *at: self.loss_at(variables, at, fake), values)
        after = [v - self.RATE * g for v, g in zip(values, gradients)]
        with self.substituted(variables, after):
            return ops.mean(self.D(fake))

    def loss_at(self, variables, values, fake):
        """−E[D(G(z))] + ½ ‖w‖², whose gradient in w is w − E[G(z)]."""
        with self.substituted(variables, values):
            decay = sum(ops.sum(ops.square(v.value)) for v in variables) / 2
            return decay - ops.mean(self.D(fake))


@keras.saving.register_keras_serializable("toys")
class Apart(ganzoo.GAN):
    """G and E are one player, and each has a loss of its own of what both compute."""

    network_names = ("generator", "discriminator", "encoder")

    def generator_loss(self, x):
        return self.apart(x, encoder=self.product, generator=self.thrice_the_product)

    def product(self, x):
        return ops.mean(self.play(self.encoder, x) * self.G(self.sample_z(x)))

    def thrice_the_product(self, x):
        return 3 * self.product(x)

    @property
    def generator_variables(self):
        return self.generator.trainable_variables + self.encoder.trainable_variables


@keras.saving.register_keras_serializable("toys")
class Balanced(ganzoo.GAN):
    """State of the game: BEGAN's k, which follows both players' parts of the loss."""

    note_names = ("real", "fake")
    GAMMA, RATE = 0.5, 0.001

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        half = keras.initializers.Constant(0.5)
        self.k = self.add_weight((), half, trainable=False, name="k")

    def discriminator_loss(self, x):
        real = ops.mean(ops.abs(self.D(x)))
        self.note("real", real)
        return real - self.k * ops.mean(ops.abs(self.D(self.G(self.sample_z(x)))))

    def generator_loss(self, x):
        fake = ops.mean(ops.abs(self.D(self.G(self.sample_z(x)))))
        self.note("fake", fake)
        return fake

    def after_step(self, notes):
        k = self.k + self.RATE * (self.GAMMA * notes["real"] - notes["fake"])
        self.k.assign(ops.clip(k, 0.0, 1.0))


@keras.saving.register_keras_serializable("toys")
class Scheduled(ganzoo.GAN):
    """An optimizer for each player; weights and rates that follow the images seen."""

    def discriminator_loss(self, x):
        weight = self.current(lambda seen: seen)
        return weight * ops.mean(self.D(ops.ones_like(x)))

    @staticmethod
    def default_optimizer(player):
        rate = {"discriminator": 0.5, "generator": 0.25}[player]
        return keras.optimizers.SGD(rate)

    def schedules(self, player):
        if player == "generator":
            return {"learning_rate": lambda seen: 0.125 / (1 + seen)}
        return {}


@keras.saving.register_keras_serializable("toys")
class Packed(ganzoo.GAN):
    """D sees two images as one, twice as bright and one brighter."""

    def augment(self, x):
        return 2 * x

    def add_noise(self, x):
        return x + 1

    def pack(self, x):
        count, height, width, channels = x.shape
        x = ops.reshape(x, (-1, 2, height, width, channels))
        return ops.concatenate([x[:, 0], x[:, 1]], axis=-1)

    def check_players(self):
        height, width, channels = self.image_shape
        packed = {"two images": (height, width, 2 * channels)}
        network_checks.check_inputs("discriminator", self.discriminator, packed)


@keras.saving.register_keras_serializable("toys")
class Mixing(layers.Layer):
    """Each example less the mean of its batch."""

    mixes_examples = True

    def call(self, x):
        return x - ops.mean(x, axis=0, keepdims=True)


def two_heads():
    """A game of `TwoHeads`."""
    x = layers.Input(toys.IMAGE_SHAPE)
    flat = layers.Flatten()(x)
    heads = {
        "logit": layers.Dense(1, name="score")(flat),
        "classes": layers.Dense(toys.NUM_CLASSES, name="told")(flat),
    }
    keras.utils.set_random_seed(1)
    generator = toys.networks("GAN")["generator"]
    return TwoHeads(generator=generator, discriminator=keras.Model(x, heads), seed=0)


def coded():
    """A game of `Coded`."""
    keras.utils.set_random_seed(1)
    z, codes = (toys.LATENT_DIM,), (2,)
    return Coded(
        generator=toys.network([z, codes], toys.IMAGE_SHAPE, activation="tanh"),
        discriminator=toys.networks("GAN")["discriminator"],
        seed=0,
    )


def coupled():
    """A game of `Coupled`: 6 variables in each player, 2 of them of both domains."""
    keras.utils.set_random_seed(1)
    size = int(np.prod(toys.IMAGE_SHAPE))
    z = layers.Input((toys.LATENT_DIM,))
    hidden = layers.Dense(8, "relu")(z)
    images = [
        layers.Reshape(toys.IMAGE_SHAPE)(layers.Dense(size, "tanh")(hidden))
        for _ in range(2)
    ]
    inputs = [layers.Input(toys.IMAGE_SHAPE) for _ in range(2)]
    last = layers.Dense(1)
    scores = [
        last(layers.Dense(8, "relu")(layers.Flatten()(image))) for image in inputs
    ]
    return Coupled(
        keras.Model(z, images), keras.Model(inputs, dict(zip("xy", scores))), seed=0
    )


def point(variant, theta=2.0, w=3.0, **options):
    """A game of one number: G is `θ` whatever the latent, and D is `w x`."""
    return variant(
        generator=toys.constant_generator(np.full((1, 1, 1), theta, "float32")),
        discriminator=toys.linear_discriminator(np.full((1, 1, 1), w, "float32")),
        seed=0,
        **options,
    )


@keras.saving.register_keras_serializable("toys")
class Lazily(ganzoo.GAN):
    """Losses that do nothing, and in some steps ones that move a weight by a known way.

    Every third step `D` minimises `E[D(x)]`, and every second one `G` `E[G(z)]`.
    """

    def discriminator_loss(self, x):
        return 0 * ops.mean(self.D(x))

    def generator_loss(self, x):
        return 0 * ops.mean(self.G(self.sample_z(x)))

    def lazy_losses(self):
        return [
            Lazy("discriminator", 3, lambda x: ops.mean(self.D(x))),
            Lazy("generator", 2, lambda x: ops.mean(self.G(self.sample_z(x)))),
        ]
