"""A discriminator at 50 %: what converged looks like, and what comes after."""

import keras
import numpy as np

from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab.trainings import ring

PAUSES = 60


class WholeEpochs(keras.callbacks.Callback):
    """Lets one player wait while the other is trained, an epoch each."""

    def set_model(self, model):
        super().set_model(model)
        self.optimizers = model.discriminator_optimizer, model.generator_optimizer
        self.rates = [float(each.learning_rate) for each in self.optimizers]

    def on_epoch_begin(self, epoch, logs=None):
        trained = epoch % 2
        for i, optimizer in enumerate(self.optimizers):
            optimizer.learning_rate = self.rates[i] if i == trained else 0.0


def record(budget, say):
    """Accuracies on data and samples, and the points, of each game."""
    return ring.record("halves", train, PAUSES, budget, say)


def train(setting, steps, pauses):
    """What a game shows at each of its pauses, so many steps apart."""
    rng = games.begin()
    model = games.build(setting, points.generator(), points.discriminator())
    x = points.ring(games.BATCH * steps, rng)
    test = points.ring(ring.SAMPLES, rng)

    def look(model):
        drawn = points.draw(model, ring.SAMPLES)
        on_data = np.mean(points.logits(model, test) > 0)
        on_samples = np.mean(points.logits(model, drawn) < 0)
        return drawn, on_data, on_samples

    turns = [WholeEpochs()] if setting.get("by_epoch") else []
    seen = games.train(model, points.as_images(x), look, pauses, callbacks=turns)
    drawn, on_data, on_samples = map(np.array, zip(*seen))
    return {
        **ring.summary(setting, drawn),
        "on_data": on_data,
        "on_samples": on_samples,
    }
