#!/usr/bin/env bash
# `fit` on arrays with fewer `steps_per_epoch` than there are batches runs epochs of
# unequal length.
#
# Versions:  keras 3.15.1, jax 0.10.2 (the same on TensorFlow and PyTorch)
# Behaviour: Of 4 batches with `steps_per_epoch=3`, the first epoch runs 3 steps. The
#            second goes on where the first stopped, runs the one batch that is left, and
#            ends with the warning "Your input ran out of data". The third begins anew.
# Output:    steps of each epoch: [3, 1, 3, 1]
# For GANs:  Training is counted in generator updates, and epochs stand for them in
#            learning-rate schedules and on the axes of curves. Here every second epoch
#            has a third of the updates.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_HOME=$folder KERAS_BACKEND=jax "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import keras
import numpy as np


class Count(keras.callbacks.Callback):
    steps = []

    def on_epoch_begin(self, epoch, logs=None):
        self.steps.append(0)

    def on_train_batch_end(self, batch, logs=None):
        self.steps[-1] += 1


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x, count = np.ones((64, 1)), Count()
model.fit(
    x, x, batch_size=16, steps_per_epoch=3, epochs=4, callbacks=[count], verbose=0
)
print(f"steps of each epoch: {count.steps}")
assert count.steps == [3, 1, 3, 1], "the epochs are of other lengths"
PYTHON
