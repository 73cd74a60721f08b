#!/usr/bin/env bash
# Keras's EarlyStopping restores the best epoch's weights, and leaves the averages of
# the last epoch beside them.
#
# Versions:  keras 3.15.1, jax 0.10.2 (the same on TensorFlow and PyTorch)
# Behaviour: An optimizer with `use_ema=True` averages the weights, and `fit` ends with
#            the averages in their place. `EarlyStopping(restore_best_weights=True)` then
#            puts the plain weights of the best epoch there. The averages that the
#            optimizer holds are still those of the last epoch: setting them in once more,
#            by `finalize_variable_values`, undoes the restoring.
# Output:    best epoch 2: weight 1.900, average 1.450
#            last epoch 4: weight 3.439, average 2.760
#            after fit: weight 1.900; with the averages set in: 2.760
# For GANs:  Generators are drawn from by their averages. One that was stopped early
#            looks restored, and draws the images of its last epoch.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_HOME=$folder KERAS_BACKEND=jax "$folder/venv/bin/python" - <<'PYTHON'
import itertools

import keras
import numpy as np


class Watch(keras.callbacks.Callback):
    """Keeps the one weight of a model after each epoch, which is of one step."""

    weights = []

    def on_epoch_end(self, epoch, logs=None):
        self.weights.append(weight_of(self.model))


def weight_of(model):
    return model.get_weights()[0].item()


layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
model = keras.Sequential([keras.Input((1,)), layer])
model.compile(keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5), "mse")
stop = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
# The weight goes to 10, and passes the held-out 2 on its way.
x, target, held_out = np.ones((1, 1)), np.full((1, 1), 10.0), np.full((1, 1), 2.0)
watch = Watch()
model.fit(
    x,
    target,
    validation_data=(x, held_out),
    epochs=20,
    callbacks=[watch, stop],
    verbose=0,
)
restored = weight_of(model)
model.optimizer.finalize_variable_values(model.trainable_variables)
averaged = weight_of(model)

averages = list(itertools.accumulate(watch.weights, lambda a, w: 0.5 * a + 0.5 * w))
best, last = stop.best_epoch, len(averages) - 1
for name, epoch in ("best", best), ("last", last):
    weight, average = watch.weights[epoch], averages[epoch]
    print(f"{name} epoch {epoch + 1}: weight {weight:.3f}, average {average:.3f}")
print(f"after fit: weight {restored:.3f}; with the averages set in: {averaged:.3f}")
assert np.isclose(restored, watch.weights[best]), "the best weights are not restored"
assert np.isclose(averaged, averages[last]), "the averages are not the last epoch's"
PYTHON
