"""A loop by hand: `tf.function`, a tape for each player, batches of `tf.data`.

As https://www.tensorflow.org/tutorials/generative/dcgan writes it, but for the fakes:
here as in the papers each update draws its own, so that the losses are the same.
"""

import tensorflow as tf

from benchmarks.peers import arithmetic
from benchmarks.peers import games
from benchmarks.peers import pace


class Contender:
    """The loop; what each method does is in `benchmarks.peers.worker`."""

    def __init__(self, case, tuned=False):
        self.case = case
        self.tuned = tuned
        self.players = games.build(case)
        self.optimizers = [games.keras_optimizer(case) for _ in range(2)]
        self.functions = {
            name: lambda inputs, network=network: network(inputs, training=True)
            for name, network in self.players.items()
        }
        self.draw = self.draw_noise
        self.step = tf.function(self.train_step)

    def draw_noise(self, count):
        z, epsilon = games.noise_shapes(self.case, count)
        return tf.random.normal(z), tf.random.uniform(epsilon)

    def train_step(self, *batch):
        steps = self.case.discriminator_steps
        d_loss = 0.0
        for i in range(steps):
            share = tuple(part[i::steps] for part in batch)
            loss = self.update(games.discriminator_loss, share, ["discriminator"], 0)
            d_loss += loss / steps
        others = [name for name in self.players if name != "discriminator"]
        g_loss = self.update(games.generator_loss, share, others, 1)
        return d_loss, g_loss

    def update(self, loss_fn, batch, names, i):
        variables = [
            v for name in names for v in self.players[name].trainable_variables
        ]
        noise = self.draw(tf.shape(batch[0])[0])
        # As if fakes were drawn outside: nothing goes back through who does not learn.
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            loss = loss_fn(self.case.variant, self.functions, batch, noise, Math)
        gradients = tape.gradient(loss, variables)
        self.optimizers[i].apply_gradients(zip(gradients, variables))
        return loss

    def first_losses(self, arrays, noise):
        """Losses of two steps whose draws are given."""
        self.draw = lambda count: [tf.convert_to_tensor(n) for n in noise]
        batch = tuple(map(tf.convert_to_tensor, games.to_floats(arrays)))
        return [float(loss) for _ in range(2) for loss in self.step(*batch)]

    def prepare(self, arrays):
        self.floats = games.to_floats(arrays)

    def dataset(self, steps):
        """Batches for so many steps, in a new order.

        Unless `tuned`, iterators are left untuned, as nobody does: a tuned one may end
        long after its last batch, for which every turn would wait.
        """
        count = steps * self.case.pictures
        arrays = tuple(array[:count] for array in self.floats)
        options = tf.data.Options()
        options.autotune.enabled = self.tuned
        return (
            tf.data.Dataset.from_tensor_slices(arrays)
            .shuffle(1024)
            .batch(self.case.pictures, drop_remainder=True)
            .prefetch(tf.data.AUTOTUNE if self.tuned else 2)
            .with_options(options)
        )

    def run(self, steps, watch=pace.unwatched):
        for i, batch in enumerate(self.dataset(steps)):
            losses = self.step(*batch)
            watch(i, losses)
        losses[0].numpy()


class Math(arithmetic.Arithmetic):
    """The arithmetic of the losses."""

    @staticmethod
    def slope(fn, x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = fn(x)
        return Math.norm(tape.gradient(y, x))
