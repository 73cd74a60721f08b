"""A `train_step` in the manner of Keras's guides, trained by `fit` on `tf.data`.

As https://keras.io/guides/custom_train_step_in_tensorflow and its examples of a DCGAN
and a WGAN-GP write it: tapes round the losses, metrics of means.
"""

import keras
import tensorflow as tf

from benchmarks.peers import callback
from benchmarks.peers import games
from benchmarks.peers import pace
from benchmarks.peers import tensorflow_loop


class Contender(tensorflow_loop.Contender):
    """The guide's model; what each method does is in `benchmarks.peers.worker`."""

    def __init__(self, case, jit_compile="auto", tuned=False):
        super().__init__(case, tuned)
        self.model = GuideGAN(self)
        self.model.compile(jit_compile=jit_compile)

    def first_losses(self, arrays, noise):
        """Losses of two steps whose draws are given."""
        self.draw = lambda count: [tf.convert_to_tensor(n) for n in noise]
        batch = tf.data.Dataset.from_tensors(games.to_floats(arrays))
        found = self.model.fit(batch, epochs=2, verbose=0).history
        return [found[name][i] for i in range(2) for name in ("d_loss", "g_loss")]

    def run(self, steps, watch=pace.unwatched):
        callbacks = [callback.EachStep(watch)]
        self.model.fit(self.dataset(steps), verbose=0, callbacks=callbacks)


class GuideGAN(keras.Model):
    """The model whose `train_step` plays the game."""

    def __init__(self, game):
        super().__init__()
        self.game = game
        for name, network in game.players.items():
            setattr(self, name, network)
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")
        self.built = True

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def train_step(self, batch):
        d_loss, g_loss = self.game.train_step(*batch)
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {
            "d_loss": self.d_loss_metric.result(),
            "g_loss": self.g_loss_metric.result(),
        }
