"""JAX by hand: a pure step, jitted, with Optax's Adam."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks.peers import arithmetic
from benchmarks.peers import games
from benchmarks.peers import pace


class Contender:
    """The step and its loop; what each method does is in `benchmarks.peers.worker`."""

    def __init__(self, case, of_the_zoo=False):
        self.case = case
        self.players = games.build(case, of_the_zoo)
        self.weights = {
            name: [v.value for v in network.trainable_variables]
            for name, network in self.players.items()
        }
        self.others = {
            name: [v.value for v in network.non_trainable_variables]
            for name, network in self.players.items()
        }
        self.optimizer = optax.adam(games.LEARNING_RATE, b1=games.BETA_1, eps=1e-7)
        if case.optimizer == "SGD":
            self.optimizer = optax.sgd(case.sgd_rate)
        self.sides = (
            ["discriminator"],
            [n for n in self.players if n != "discriminator"],
        )
        self.states = [
            self.optimizer.init({name: self.weights[name] for name in side})
            for side in self.sides
        ]
        self.key = jax.random.key(0)
        self.draw = self.draw_noise
        self.step = jax.jit(self.train_step, donate_argnums=0)

    @property
    def state(self):
        return self.weights, self.others, self.states, self.key

    @state.setter
    def state(self, state):
        self.weights, self.others, self.states, self.key = state

    def draw_noise(self, key, count):
        z, epsilon = games.noise_shapes(self.case, count)
        keys = jax.random.split(key)
        return jax.random.normal(keys[0], z), jax.random.uniform(keys[1], epsilon)

    def train_step(self, state, batch):
        steps = self.case.discriminator_steps
        d_loss = 0.0
        for i in range(steps):
            share = tuple(part[i::steps] for part in batch)
            state, loss = self.update(state, games.discriminator_loss, share, 0)
            d_loss += loss / steps
        state, g_loss = self.update(state, games.generator_loss, share, 1)
        return state, (d_loss, g_loss)

    def update(self, state, loss_fn, batch, i):
        weights, others, states, key = state
        key, own = jax.random.split(key)
        noise = self.draw(own, len(batch[0]))

        def compute(trained):
            played = Functions(self.players, {**weights, **trained}, others)
            loss = loss_fn(self.case.variant, played.functions, batch, noise, Math)
            return loss, played.others

        trained = {name: weights[name] for name in self.sides[i]}
        compute_both = jax.value_and_grad(compute, has_aux=True)
        (loss, others), gradients = compute_both(trained)
        updates, own_state = self.optimizer.update(gradients, states[i], trained)
        weights = {**weights, **optax.apply_updates(trained, updates)}
        states = [own_state if j == i else old for j, old in enumerate(states)]
        return (weights, others, states, key), loss

    def first_losses(self, arrays, noise):
        """Losses of two steps whose draws are given."""
        self.draw = lambda key, count: tuple(map(jnp.asarray, noise))
        batch = tuple(map(jnp.asarray, games.to_floats(arrays)))
        found = []
        for _ in range(2):
            self.state, losses = self.step(self.state, batch)
            found += map(float, losses)
        return found

    def prepare(self, arrays):
        self.floats = games.to_floats(arrays)

    def run(self, steps, watch=pace.unwatched):
        pictures = self.case.pictures
        order = np.random.permutation(steps * pictures).reshape(steps, pictures)
        for i, rows in enumerate(order):
            batch = tuple(part[rows] for part in self.floats)
            self.state, losses = self.step(self.state, batch)
            watch(i, losses)
        jax.block_until_ready(losses)

    def count_flops(self):
        """Floating-point operations of a step as written, before any is saved."""
        batch = tuple(part[: self.case.pictures] for part in self.floats)
        return self.step.lower(self.state, batch).cost_analysis()["flops"]


class Functions:
    """Networks as functions of their weights, which keep what they came to."""

    def __init__(self, networks, weights, others):
        self.networks, self.weights, self.others = networks, weights, dict(others)
        self.functions = {
            name: lambda inputs, name=name: self.play(name, inputs) for name in networks
        }

    def play(self, name, inputs):
        outputs, self.others[name] = self.networks[name].stateless_call(
            self.weights[name], self.others[name], inputs, training=True
        )
        return outputs


class Math(arithmetic.Arithmetic):
    """The arithmetic of the losses."""

    @staticmethod
    def slope(fn, x):
        return Math.norm(jax.grad(lambda x: fn(x).sum())(x))
