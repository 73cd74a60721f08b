"""ganzoo itself, by its front door: `fit` on uint8 arrays."""

import keras
import numpy as np

import ganzoo
from benchmarks.peers import callback
from benchmarks.peers import games
from benchmarks.peers import pace
from ganzoo import backend
from ganzoo.game.sampling import CHUNK
from ganzoo.game.stages import GAME

OPTIONS = {
    "StyleGAN2": {
        "r1_weight": games.R1_WEIGHT,
        "r1_interval": games.R1_INTERVAL,
        "path_length_weight": games.PATH_WEIGHT,
        "path_length_interval": games.PATH_INTERVAL,
    },
    "StyleGAN": {"r1_weight": games.R1_WEIGHT, "style_mixing": games.STYLE_MIXING},
    "StyleGAN3": {"r1_weight": games.R1_WEIGHT, "r1_interval": games.R1_INTERVAL},
    "R3GAN": {"penalty_weight": games.SLOPES_WEIGHT},
    "EBGAN": {"margin": games.MARGIN, "pulling_weight": games.PULLING_WEIGHT},
    "BEGAN": {"diversity": games.DIVERSITY, "k_rate": games.BALANCE_RATE},
    "InfoGAN": {"categorical": (games.CLASSES,), "continuous": games.CONTINUOUS},
    "UnrolledGAN": {
        "unrolling_steps": games.UNROLLING_STEPS,
        "unrolling_rate": games.UNROLLING_RATE,
    },
    "SRGAN": {"adversarial_weight": games.ADVERSARIAL_WEIGHT},
    "PredictiveGAN": {"adversarial_weight": games.ADVERSARIAL_WEIGHT},
    "IcGAN": {"attributes": games.ATTRIBUTES},
    "GANCLS": {"vocabulary": games.VOCABULARY},
    "CycleGAN": {"cycle_weight": games.CYCLE_WEIGHT},
    "VAEGAN": {"reconstruction_weight": games.RECONSTRUCTION_WEIGHT},
    "WGAN": {"clip_value": games.CLIP},
}


class Contender:
    """A model of the zoo; what each method does is in `benchmarks.peers.worker`."""

    def __init__(self, case, of_the_zoo=True, as_floats=False, **compiled):
        self.case = case
        self.as_floats = as_floats
        self.players = games.build(case, of_the_zoo)
        given = {"discriminator_steps": case.discriminator_steps, "seed": 0}
        if case.variant in games.LABELLED:
            given["num_classes"] = games.CLASSES
        given |= OPTIONS.get(case.variant, {})
        self.model = getattr(ganzoo, case.variant)(**self.players, **given)
        self.stage = games.STAGES.get(case.variant, GAME)
        optimizers = [games.keras_optimizer(case) for _ in range(2)]
        of_stages = {name: games.keras_optimizer(case) for name in self.model.stages}
        self.model.compile(*optimizers, stage_optimizers=of_stages, **compiled)

    def first_losses(self, arrays, noise):
        """Losses of two steps whose draws are given."""
        model, (z, epsilon), ops = self.model, noise, keras.ops
        model.sample_z = lambda x: ops.convert_to_tensor(z)[: ops.shape(x)[0]]
        if given := games.conditions_of_samples(self.case):
            model.sample_conditions = lambda x: [*map(ops.convert_to_tensor, given)]
        draws = keras.random.uniform, keras.random.normal
        fractions = {True: ops.convert_to_tensor(epsilon), False: 0.0}
        keras.random.uniform = lambda shape, *a, **k: fractions[len(shape) > 0]
        keras.random.normal = self.wave
        try:
            options = {"batch_size": self.case.pictures, "shuffle": False}
            options |= {"epochs": 2, "verbose": 0, "stage": self.stage}
            history = model.fit(*arrays, **options)
        finally:
            keras.random.uniform, keras.random.normal = draws
        with model.in_stage(self.stage):
            names = model.loss_names
        return [history.history[name][i] for i in range(2) for name in names]

    def wave(self, shape, **_):
        """In the place of normal numbers for some examples, as of `games.wave`."""
        count, *rest = shape
        whole = games.wave((self.case.batch, *rest))
        return keras.ops.convert_to_tensor(whole)[:count]

    def prepare(self, arrays):
        self.arrays = games.to_floats(arrays) if self.as_floats else arrays

    def run(self, steps, watch=pace.unwatched):
        count = steps * self.case.pictures
        arrays = (array[:count] for array in self.arrays)
        options = {"verbose": 0, "callbacks": [callback.EachStep(watch)]}
        options["stage"] = self.stage
        self.model.fit(*arrays, batch_size=self.case.pictures, **options)


class Data(Contender):
    """What feeds the steps, by itself: `fit` whose step does nothing."""

    def __init__(self, case):
        super().__init__(case)
        self.model.training_step = lambda data: self.model.get_metrics_result()


class Generate(Contender):
    """Pictures by `draw`, what `generate` is made of; a step is a chunk of them."""

    def run(self, steps):
        for chunk in self.model.draw(steps * CHUNK, seed=0):
            last = chunk[-1]
        assert last.dtype == "uint8"


class Predict(Contender):
    """As many pictures by the generator's own `predict`, in float32."""

    def run(self, steps):
        z = np.zeros((CHUNK, games.LATENTS), "float32")
        for _ in range(steps):
            self.players["generator"].predict(z, batch_size=128, verbose=0)


class Project(Contender):
    """A search for the latents of some images, one start each; a step is one of it."""

    images = 16

    def prepare(self, arrays):
        self.target = arrays[0][: self.images]
        self.z = np.zeros((self.images, self.model.latent_dim), "float32")

    def run(self, steps):
        self.model.project(self.target, start=self.z, steps=steps)


class Gradient(Project):
    """What a step of that cannot do without: the gradient of the distance."""

    def prepare(self, arrays):
        super().prepare(arrays)
        model, ops = self.model, keras.ops
        target = ops.convert_to_tensor(self.target.astype("float32") / 127.5 - 1)

        def distance(z):
            return ops.sum((model.generator(z, training=False) - target) ** 2)

        self.step = backend.traced(lambda z: model.gradient(distance, [z])[0], model)

    def run(self, steps):
        for _ in range(steps):
            last = self.step(self.z)
        assert np.isfinite(keras.ops.convert_to_numpy(last)).all()
