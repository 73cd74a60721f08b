"""The games of the laboratory: a table of settings, and training with pauses."""

import pathlib
import tomllib

import keras
import numpy as np

from ganzoo.training import recipes

TABLE = pathlib.Path(__file__).with_name("games.toml")
SEED = 0
BATCH = 128  # images of an update


def settings(panel):
    """The games of a panel, a list of dicts."""
    return tomllib.loads(TABLE.read_text("utf-8"))[panel]


def build(setting, generator, discriminator):
    """A compiled game.

    Args:
        setting: dict. "class", "options", "rates" of discriminator and generator, and
            whether the generator "descends" by steps as long as its gradient.
        generator: `keras.Model`.
        discriminator: `keras.Model`.

    Returns:
        `AdversarialModel`.
    """
    model = recipes.find_class(setting["class"])(
        generator=generator,
        discriminator=discriminator,
        seed=SEED,
        **setting.get("options", {}),
    )
    rate, rate_of_generator = setting["rates"]
    if setting.get("descends"):
        optimizer = keras.optimizers.SGD(rate_of_generator)
    else:
        optimizer = keras.optimizers.Adam(rate_of_generator, beta_1=0.5)
    model.compile(keras.optimizers.Adam(rate, beta_1=0.5), optimizer)
    return model


def begin():
    """Make the networks that are built next start from the laboratory's seed.

    Returns:
        `numpy.random.Generator` for the data.
    """
    keras.utils.set_random_seed(SEED)
    return np.random.default_rng(SEED)


class Pauses(keras.callbacks.Callback):
    """Looks at a model before training and after every epoch.

    Args:
        look: function of the model. What it returns is kept in `seen`.
    """

    def __init__(self, look):
        super().__init__()
        self.look = look
        self.seen = []

    def on_train_begin(self, logs=None):
        self.seen.append(self.look(self.model))

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(self.look(self.model))


def train(model, x, look, pauses, batch_size=BATCH, callbacks=()):
    """Train on data, of which each is seen once between two pauses.

    Args:
        model: `AdversarialModel`.
        x: float32 images.
        look: function of the model.
        pauses: int. How often to look after the start.
        batch_size: int. Images of an update of `D`.
        callbacks: sequence of callbacks, called before the look.

    Returns:
        List of what `look` returned, `pauses + 1` long.
    """
    watch = Pauses(look)
    model.fit(
        x,
        batch_size=batch_size * model.discriminator_steps,
        epochs=pauses,
        verbose=0,
        callbacks=[*callbacks, watch],
    )
    return watch.seen


def steps(count, budget):
    """Steps between two pauses, of a shorter training too."""
    return max(1, round(count * budget))


def stand_still(model):
    """Let the generator stay as it is, while the discriminator is trained."""
    model.generator_optimizer.learning_rate = 0.0
