"""How many modes of the data each game covers: a ring, a grid and stacked digits.

python benchmarks/modes.py [ring grid digits search] [--games GAN ...] [--seeds 10]

The ring has 8 Gaussians on a circle of radius 1, with standard deviation 0.01. The grid
has 25 at -4, -2, 0, 2 and 4 in both directions, with standard deviation 0.05. Both are
those of PacGAN's code, scaled into [-1, 1]. All networks have two hidden layers of 64
units with ReLU and orthogonal weights; latents are 32 normal numbers. Each update of a
player sees 60 points, in packs or not, and all learning rates fall to 0 as a cosine.
The critics of WGAN and WGAN-GP have their papers' 5 updates for each of the generator.
The discriminator of ALI also sees 32 latents, and its encoder has the same two layers.
2,500 samples are judged as in PacGAN's code. A sample is good within 3 standard
deviations of its nearest mode. A mode is covered by one good sample, which is little:
a spread over the whole square nearly covers the grid, so look at the share of good
samples too. The reverse KL divergence is that of the good samples' shares of the modes
from equal shares.

The digits are Stacked MNIST: three digits as colors, so 1,000 modes, which the shipped
classifier of digits tells apart. The networks are those of Metz et al. (2017) with a
discriminator of half the filters, as in PacGAN's code, and so are the batches of 128
and the 25,600 samples that are judged at the end, and a tenth of them along the
training. For RpGAN the discriminator has no batch normalisation, which R1 and R2 do not
allow. That code has 500,000 steps, at rates of 0.0002 for the discriminator and 0.0001
for the generator. Here are 3,000 steps, at the rates that `search` found best for them,
0.004 and 0.001, the same for all games. Every sample of digits counts as good, as the
classifier gives it a class.

`search` tries other settings with a seed that the results do not use. A finished run is
a line of `results.jsonl` below `--out`, or of `search.jsonl`, and is not repeated.
`report.md` there shows all runs. They are fastest with `KERAS_BACKEND=jax`, and with
`JAX_COMPILATION_CACHE_DIR` set to a folder.
"""

import argparse
import os
import pathlib
import sys
import time
import typing

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

import ganzoo  # noqa: E402
from benchmarks import modes_report  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.features.classifier import StackedFeatures  # noqa: E402
from ganzoo.metrics.modes import mode_coverage  # noqa: E402
from ganzoo.networks import blocks  # noqa: E402
from ganzoo.system import errors  # noqa: E402

OUT = HERE / "results" / "modes"
LOOKS = 10  # how often the samples are judged, the last time at the end
# Steps of one call of Keras, which on PyTorch are single.
COMPILED = 1 if keras.backend.backend() == "torch" else 100
CURVES = ("modes", "good", "kl")  # what is kept along the training


# === The games ===


# Rates of the discriminator and of the generator. By the first the discriminator is ten
# times slower, as in the code of Metz et al. Games that bound its slope need it near
# its optimum, and so as fast.
SLOW_D, EQUAL, FASTEST = (2e-4, 2e-3), (2e-3, 2e-3), (5e-3, 5e-3)


class Game(typing.NamedTuple):
    """A game, and what it is played with.

    `layer` is what sets its discriminator apart: "minibatch", "spectral" or "".
    `rates` are those of the discriminator and of the generator at the beginning, and
    `decays` says whether they fall to 0 as a cosine does.
    """

    model: str
    options: dict = {}
    layer: str = ""
    optimizer: str = "Adam"
    settings: dict = {"beta_1": 0.5}
    rates: tuple = SLOW_D
    decays: bool = True

    def compile(self, gan, steps):
        """Compile a game for so many updates of the generator."""
        make = getattr(keras.optimizers, self.optimizer)
        optimizers = []
        for rate, updates in zip(self.rates, (gan.discriminator_steps * steps, steps)):
            if self.decays:
                rate = keras.optimizers.schedules.CosineDecay(rate, updates)
            optimizers.append(make(rate, **self.settings))
        gan.compile(*optimizers, steps_per_execution=COMPILED)

    @property
    def packing(self):
        return self.options.get("packing", 1)


def unrolled(steps):
    """The unrolled game with so many steps ahead."""
    return Game("UnrolledGAN", {"unrolling_steps": steps, "unrolling_rate": 0.1})


PENALTY = 0.05
# Of the papers of WGAN-GP and of spectral normalisation, with no momentum.
STEADY = {"beta_1": 0.0, "beta_2": 0.9}
GAMES = {
    "GAN": Game("GAN"),
    "unrolled, 0 steps": unrolled(0),
    "unrolled, 1 step": unrolled(1),
    "unrolled, 5 steps": unrolled(5),
    "unrolled, 10 steps": unrolled(10),
    "minibatch discrimination": Game("GAN", layer="minibatch"),
    "PacGAN, 2": Game("GAN", {"packing": 2}),
    "PacGAN, 3": Game("GAN", {"packing": 3}),
    "WGAN": Game(
        "WGAN", {"clip_value": 0.1}, "", "RMSprop", {"rho": 0.99}, (1e-3, 1e-3)
    ),
    "WGAN-GP": Game("WGANGP", {"penalty_weight": 1.0}, settings=STEADY, rates=EQUAL),
    "hinge, spectral norm": Game(
        "HingeGAN", {}, "spectral", settings=STEADY, rates=EQUAL
    ),
    "RpGAN, R1 and R2": Game(
        "RpGAN", {"r1_weight": PENALTY, "r2_weight": PENALTY}, rates=FASTEST
    ),
    "ALI": Game("ALI", rates=EQUAL),
    "ALI, R1 and R2": Game(
        "ALI", {"r1_weight": PENALTY, "r2_weight": PENALTY}, rates=FASTEST
    ),
}


# === Points of a plane ===

BATCH = 60  # points of an update, which packs of 2 and of 3 divide
STEPS = {"ring": 6_000, "grid": 24_000}  # updates of the generator
JUDGED = 2_500
POINTS = 60_000  # to train on
SHOWN = 400  # kept of seed 0, to draw
LATENTS = 32
UNITS = 64


class Plane(typing.NamedTuple):
    """Gaussians of a plane: means, `(modes, 2)`, in [-1, 1], and their deviation."""

    means: np.ndarray
    deviation: float

    def draw(self, count, seed):
        """Points of the data, float32 `(count, 1, 1, 2)`: images of one pixel."""
        draws = np.random.default_rng(seed)
        means = self.means[draws.integers(len(self.means), size=count)]
        points = means + self.deviation * draws.normal(size=means.shape)
        return points.astype("float32").reshape(count, 1, 1, 2)

    def judge(self, points):
        """What points `(count, 2)` cover: see `summary`."""
        away = np.linalg.norm(points[:, None] - self.means, axis=-1)
        good = away.min(axis=1) <= 3 * self.deviation
        return summary(away.argmin(axis=1)[good], len(self.means), len(points))


def ring(modes=8, scale=0.8):
    """So many modes on a circle of radius 1, none of them twice, scaled."""
    angles = 2 * np.pi * np.arange(modes) / modes
    means = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Plane(scale * means, scale * 0.01)


def grid(scale=0.2):
    """The 25 modes of a grid from -4 to 4, scaled."""
    sides = np.arange(-4, 5, 2)
    means = np.stack(np.meshgrid(sides, sides), axis=-1).reshape(-1, 2)
    return Plane(scale * means, scale * 0.05)


PLANES = {"ring": ring(), "grid": grid()}


def summary(numbers, modes, judged):
    """What samples cover.

    Args:
        numbers: int array. The modes of the good samples.
        modes: int. How many there are.
        judged: int. How many samples there were, good or not.

    Returns:
        Dict of the modes covered, the share of good samples, the reverse divergence,
        None if no sample is good, and the counts of the modes.
    """
    covered, divergence = 0, None
    if len(numbers):
        covered, divergence = mode_coverage(numbers, modes)
        divergence = round(divergence, 4)
    return {
        "modes": covered,
        "good": len(numbers) / judged,
        "kl": divergence,
        "counts": np.bincount(numbers, minlength=modes).tolist(),
    }


def perceptron(inputs, outputs, dense=layers.Dense, minibatch=False):
    """Two hidden layers between such shapes, started as in the code of Metz et al.

    `inputs` may be a list of shapes.
    """
    several = isinstance(inputs, list)
    starts = [layers.Input(shape) for shape in (inputs if several else [inputs])]
    flat = [layers.Flatten()(x) for x in starts]
    x = layers.Concatenate()(flat) if several else flat[0]
    for _ in range(2):
        orthogonal = keras.initializers.Orthogonal(1.4)
        x = dense(UNITS, activation="relu", kernel_initializer=orthogonal)(x)
    if minibatch:
        x = ganzoo.layers.MinibatchDiscrimination(16, 3)(x)
    x = dense(int(np.prod(outputs)))(x)
    return keras.Model(starts if several else starts[0], layers.Reshape(outputs)(x))


def build_points(game, seed):
    """A game of points."""
    dense = ganzoo.layers.SpectralDense if game.layer == "spectral" else layers.Dense
    model, seen = getattr(ganzoo, game.model), (1, 1, 2 * game.packing)
    players = {}
    if "encoder" in model.network_names:
        players["encoder"] = perceptron((1, 1, 2), (2 * LATENTS,))
        seen = [seen, (LATENTS,)]
    return model(
        generator=perceptron((LATENTS,), (1, 1, 2)),
        discriminator=perceptron(seen, (1,), dense, game.layer == "minibatch"),
        seed=seed,
        **players,
        **game.options,
    )


def train_points(plane, game, seed, steps, judged=JUDGED):
    """Train a game on a plane with one seed.

    Returns:
        Dict of the final `summary`, those along the training as "curve", and some
        points for the first seed.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    gan = build_points(game, seed)
    game.compile(gan, steps)

    def samples():
        return gan.generate(judged, seed=seed, as_float=True).reshape(-1, 2)

    data = plane.draw(POINTS, seed)
    found = fit(gan, data, BATCH, steps, lambda: plane.judge(samples()))
    if seed == 0:
        found["points"] = samples()[:SHOWN].astype("float64").round(3).tolist()
    return found


def fit(gan, x, batch, steps, judge):
    """Train a game, and judge its samples as it goes.

    Args:
        gan: the game, compiled.
        x: array of data.
        batch: int. Examples of an update.
        steps: int. Updates of the generator.
        judge: function that returns a `summary`.

    Returns:
        Dict of the last summary, the "curve" of all, and the "seconds".
    """
    each, found = steps // LOOKS, []
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: found.append(judge())
    )
    start = time.perf_counter()
    try:
        gan.fit(
            x,
            batch_size=batch * gan.discriminator_steps,
            steps_per_epoch=each,
            epochs=LOOKS,
            callbacks=[look],
            verbose=0,
        )
    except errors.DivergedError:
        # Its samples stay what they are now.
        found += [judge()] * (LOOKS - len(found))
    seconds = round(time.perf_counter() - start, 1)
    curve = [
        {"step": (i + 1) * each, **{name: seen[name] for name in CURVES}}
        for i, seen in enumerate(found)
    ]
    return {**found[-1], "curve": curve, "seconds": seconds}


# === Stacked digits ===

DIGITS_BATCH = 128
DIGITS_STEPS = 3_000
DIGITS_JUDGED = 25_600
DIGITS_RATES = (4e-3, 1e-3)  # D and G
DIGITS_ADAM = {"beta_1": 0.5, "beta_2": 0.99}


def of_digits(model, options, normalization="batch"):
    """A game of digits; its `layer` is the normalisation of the discriminator."""
    return Game(
        model, options, normalization, "Adam", DIGITS_ADAM, DIGITS_RATES, decays=False
    )


DIGITS = {
    "DCGAN": of_digits("DCGAN", {}),
    "PacGAN, 2": of_digits("DCGAN", {"packing": 2}),
    "unrolled, 5 steps": of_digits(
        "UnrolledGAN", {"unrolling_steps": 5, "unrolling_rate": 0.1}
    ),
    "RpGAN, R1": of_digits("RpGAN", {"r1_weight": 1.0}, ""),
    "RpGAN, R1 and R2": of_digits("RpGAN", {"r1_weight": 1.0, "r2_weight": 1.0}, ""),
}


def digits_generator(latents=256):
    """The generator of Metz et al. for stacked digits, as the code of PacGAN has it."""
    x = z = layers.Input((latents,))
    x = layers.Reshape((4, 4, 64))(layers.Dense(4 * 4 * 64)(x))
    x = layers.ReLU()(blocks.normalize(x, "batch"))
    for filters, padding in ((32, 0), (16, None), (8, None)):
        x = layers.Conv2DTranspose(filters, 3, 2, "same", output_padding=padding)(x)
        x = layers.ReLU()(blocks.normalize(x, "batch"))
    return keras.Model(z, layers.Conv2D(3, 3, padding="same", activation="tanh")(x))


def digits_discriminator(channels, normalization):
    """Its opponent of half the filters."""
    x = images = layers.Input((28, 28, channels))
    for filters in (4, 8, 16):
        x = layers.Conv2D(filters, 3, 2, "same")(x)
        x = blocks.normalize(x, normalization) if normalization else x
        x = layers.LeakyReLU(0.3)(x)
    return keras.Model(images, layers.Dense(1)(layers.Flatten()(x)))


def build_digits(game, seed):
    """A game of digits."""
    return getattr(ganzoo, game.model)(
        generator=digits_generator(),
        discriminator=digits_discriminator(3 * game.packing, game.layer),
        seed=seed,
        **game.options,
    )


def train_digits(game, seed, steps=DIGITS_STEPS, judged=DIGITS_JUDGED, images=None):
    """Train a game on stacked digits with one seed; as `train_points`.

    `images` are those to train on, uint8 `(count, 28, 28, 3)`, by default all.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    if images is None:
        images = ganzoo.data.load("stacked_mnist").images
    gan = build_digits(game, seed)
    game.compile(gan, steps)
    judge = StackedFeatures()

    def look(count):
        shown = judge.classify(judge(gan.generate(count, seed=seed)))
        return {**summary(shown, judge.classes, count), "judged": count}

    # All samples would take longer to judge than the game to train.
    found = fit(gan, images, DIGITS_BATCH, steps, lambda: look(judged // 10))
    return {**found, **look(judged)}


# === Runs ===

# The seed of the search, which the results do not use.
SEARCH_SEED = 100
SLOWER = (1e-4, 1e-3)
SEARCH_STEPS = {**STEPS, "digits": 2_000}
DIGITS_CANDIDATES = [{}, {"rates": (8e-3, 2e-3)}]
# What to try, by data and game, beside the settings above.
CANDIDATES = {
    ("ring", "unrolled, 0 steps"): [{}, {"rates": SLOWER}],
    ("ring", "unrolled, 10 steps"): [
        {},
        {"unrolling_rate": 0.3},
        {"rates": SLOWER, "unrolling_rate": 0.02},
        {"rates": SLOWER, "unrolling_rate": 0.05},
        {"rates": SLOWER},
    ],
    ("ring", "RpGAN, R1 and R2"): [
        {},
        {"rates": (1e-3, 1e-3)},
        {"rates": (2e-3, 4e-3)},
        {"r1_weight": 1.0, "r2_weight": 1.0},
    ],
    ("grid", "RpGAN, R1 and R2"): [
        {},
        {"rates": (1e-3, 1e-3)},
        {"r1_weight": 1.0, "r2_weight": 1.0},
    ],
    ("digits", "DCGAN"): [{"rates": (2e-4, 1e-4)}, *DIGITS_CANDIDATES],
    ("digits", "RpGAN, R1 and R2"): [{"rates": (1e-3, 1e-3)}, *DIGITS_CANDIDATES],
}


def train(data, game, seed, steps):
    """Train a game on data of that name."""
    if data == "digits":
        return train_digits(game, seed, steps)
    return train_points(PLANES[data], game, seed, steps)


def changed(game, changes):
    """A game with other options, or with what else is told of it."""
    options = {name: changes[name] for name in changes.keys() & game.options.keys()}
    others = {name: changes[name] for name in changes.keys() - options.keys()}
    return game._replace(options={**game.options, **options}, **others)


def run_missing(kept, data, name, game, seed, steps):
    """Train and record a run, unless its record is there."""
    run = {"data": data, "game": name, "seed": seed, "steps": steps}
    run |= {**game._asdict(), "rates": list(game.rates)}
    if any(run.items() <= line.items() for line in kept.read()):
        return
    print(f"{data}, {name}, seed {seed}", file=sys.stderr, flush=True)
    found = train(data, game, seed, steps)
    kept.append({**run, **found, **environment.environment()})


def main(argv=None):
    """Read the command line, and train what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [*PLANES, "digits", "search"]
    # Of no arguments argparse asks whether they are a choice.
    parser.add_argument(
        "data",
        nargs="*",
        choices=[[], *names],
        metavar="DATA",
        help=f"{', '.join(names)}; default: {' and '.join(PLANES)}",
    )
    known = dict.fromkeys([*GAMES, *DIGITS])
    parser.add_argument(
        "--games", nargs="+", choices=known, default=known, metavar="GAME"
    )
    parser.add_argument("--seeds", type=int, help="default: 10, and 3 of digits")
    parser.add_argument("--steps", type=int, help="updates of each generator")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    args = parser.parse_args(argv)
    if args.steps is not None and (args.steps < 1 or args.steps % LOOKS):
        parser.error(f"--steps must be a multiple of {LOOKS}: {args.steps}")
    kept = records.Records(args.out / "results.jsonl")
    tried = records.Records(args.out / "search.jsonl")
    for data in args.data or PLANES:
        if data == "search":
            search(tried)
            continue
        games, seeds, steps = GAMES, 10, STEPS.get(data)
        if data == "digits":
            games, seeds, steps = DIGITS, 3, DIGITS_STEPS
        for seed in range(args.seeds or seeds):
            for name in filter(games.__contains__, args.games):
                game = games[name]
                run_missing(kept, data, name, game, seed, args.steps or steps)
    lines = sorted(kept.read(), key=place)
    modes_report.write(args.out, about(), lines, tried.read(), PLANES)


def place(line):
    """Where a record stands in the report."""
    names = list(GAMES if line["data"] in PLANES else DIGITS)
    data = [*PLANES, "digits"].index(line["data"])
    return data, names.index(line["game"]), -line["steps"], line["seed"]


def about():
    """The head of the report: what is above, and the protocol."""
    title, usage, what = __doc__.split("\n\n", 2)
    usage = "`, `".join(usage.splitlines())
    return f"# {title}\n\n`{usage}`. {what.strip()}"


def search(tried):
    """Try the candidates that have not been tried."""
    for (data, name), settings in CANDIDATES.items():
        for changes in settings:
            game = changed((DIGITS if data == "digits" else GAMES)[name], changes)
            run_missing(tried, data, name, game, SEARCH_SEED, SEARCH_STEPS[data])


if __name__ == "__main__":
    main()
