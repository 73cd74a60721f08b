#!/usr/bin/env bash
# On JAX a callback that keeps its own reference to the model finds it without weights
# after a batch; through `self.model` it finds them.
#
# Versions:  keras 3.15.1, jax 0.10.2; torch 2.13.0 beside it, where both work
# Behaviour: While `fit` runs on JAX, the values of the model's variables are in the state
#            of the loop, and the variables are empty. Reading the property
#            `Callback.model` puts them back. A callback that has stored the model in an
#            attribute of its own does not read it, and its call of the model fails.
# Output:    jax: self.model draws; self.own raises 'NoneType' object is not callable
#            torch: self.model draws; self.own draws
# For GANs:  Callbacks that draw samples often hold the generator, not the model that is
#            trained. They work on TensorFlow and PyTorch, and fail on JAX.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 torch==2.13.0
cat > "$folder/callbacks.py" <<'PYTHON'
import sys

import keras
import numpy as np

LOST = "'NoneType' object is not callable"


class Draw(keras.callbacks.Callback):
    """Calls a model after each batch, by an attribute of the callback."""

    def __init__(self, attribute, model):
        super().__init__()
        self.attribute, self.own = attribute, model

    def on_train_batch_end(self, batch, logs=None):
        getattr(self, self.attribute)(np.ones((1, 1)))


def outcome(attribute):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((4, 1))
    try:
        model.fit(x, x, batch_size=2, callbacks=[Draw(attribute, model)], verbose=0)
    except TypeError as error:
        return f"raises {LOST}" if LOST in str(error) else f"raises {error}"
    return "draws"


by_keras, own = outcome("model"), outcome("own")
name = keras.backend.backend()
print(f"{name}: self.model {by_keras}; self.own {own}")
expected = f"raises {LOST}" if name == "jax" else "draws"
sys.exit(f"Expected: {expected}" if (by_keras, own) != ("draws", expected) else 0)
PYTHON
for backend in jax torch; do
  KERAS_HOME=$folder KERAS_BACKEND=$backend "$folder/venv/bin/python" "$folder/callbacks.py"
done
