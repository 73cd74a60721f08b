"""Callbacks that reach the model by a reference of their own, as users write them."""

import keras
import numpy as np
import pytest
import toys


class Calls(keras.callbacks.Callback):
    """Calls a function between steps, and never reads `self.model`."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.results = []

    def on_train_batch_end(self, batch, logs=None):
        self.results.append(self.function())


WAYS = {
    "generate": lambda gan, x: gan.generate(2, seed=0),
    "weights of a player": lambda gan, x: gan.generator.get_weights()[0],
    "a network's call": lambda gan, x: gan.generator(np.zeros((1, 3), "float32")),
    "a network's predict": lambda gan, x: gan.generator.predict(
        np.zeros((1, 3), "float32"), verbose=0
    ),
    "evaluate": lambda gan, x: gan.evaluate(x, verbose=0),
    "predict": lambda gan, x: gan.predict(np.zeros((1, 3), "float32"), verbose=0),
    "steps so far": lambda gan, x: int(gan.generator_optimizer.iterations.numpy()),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_callback_finds_the_weights_of_the_last_step(way):
    gan, (x,) = toys.untraced("GAN"), toys.data("GAN")
    calls = Calls(lambda: keras.ops.convert_to_numpy(WAYS[way](gan, x)))
    gan.fit(x, batch_size=8, epochs=2, verbose=0, callbacks=[calls])
    assert len(calls.results) == 6
    assert len({result.tobytes() for result in calls.results}) == 6


def test_to_look_changes_nothing():
    looked, left = toys.untraced("GAN"), toys.untraced("GAN")
    x = toys.pictures()
    calls = Calls(lambda: looked.generate(2, seed=0))
    looked.fit(x, batch_size=8, epochs=2, verbose=0, callbacks=[calls])
    left.fit(x, batch_size=8, epochs=2, verbose=0)
    assert toys.same(looked.get_weights(), left.get_weights())


def test_a_model_is_saved_between_steps(tmp_path):
    gan, (x,) = toys.untraced("GAN"), toys.data("GAN")
    calls = Calls(lambda: gan.save(tmp_path / "model.keras"))
    gan.fit(x, batch_size=24, verbose=0, callbacks=[calls])
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert toys.same(loaded.get_weights(), gan.get_weights())
    assert int(loaded.generator_optimizer.iterations.numpy()) == 1
