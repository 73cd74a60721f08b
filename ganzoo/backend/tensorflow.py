"""Gradients on TensorFlow, where a tape records what runs inside it."""

import tensorflow as tf


class AdversarialTrainer:
    """The steps of the game on TensorFlow; the contract is in `ganzoo.backend`."""

    def train_step(self, data):
        return self.adversarial_step(data)

    def test_step(self, data):
        return self.evaluation_step(data)

    def minimize(self, loss_fn, batch, variables, optimizer):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            loss = loss_fn(batch)
            scaled_loss = optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled_loss, [v.value for v in variables])
        optimizer.apply(gradients, variables)
        return loss

    def input_gradient(self, fn, x):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            y = fn(x)
        return tape.gradient(y, x)
