#!/usr/bin/env bash
# Keras's callbacks take a NaN in the first epoch for the best value for good.
#
# Versions:  keras 3.15.1, jax 0.10.2
# Behaviour: EarlyStopping, ModelCheckpoint(save_best_only) and ReduceLROnPlateau take the
#            first value that they see for the best. If that is NaN, no later number is
#            less or greater: training stops as if nothing had improved, and no better
#            model is saved. Without the key in that epoch all three wait for the first
#            number, with a warning. A NaN in a later epoch does no harm.
# Output:    EarlyStopping stopped after epoch 3 of 6 with best=nan, ModelCheckpoint saved
#            epochs [1]: the value had been nan, and fell from 5 on in each epoch since.
# For GANs:  A FID is too slow for every epoch. Logs have a number in some and, for the
#            column of a CSV file, NaN in the others, of which the first epoch is one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
cd "$folder"
KERAS_HOME=$folder KERAS_BACKEND=jax "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np

VALUES = [float("nan"), 5.0, 4.0, 3.0, 2.0, 1.0]
saved = []


class Value(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["val_fid"] = VALUES[epoch]


class Keep(keras.callbacks.ModelCheckpoint):
    def _save_model(self, epoch, batch, logs):
        before = self.best
        super()._save_model(epoch, batch, logs)
        if self.best is not before:
            saved.append(epoch + 1)


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
stop = keras.callbacks.EarlyStopping("val_fid", mode="min", patience=2)
keep = Keep("best.keras", monitor="val_fid", mode="min", save_best_only=True)
x = np.ones((4, 1))
history = model.fit(x, x, epochs=6, verbose=0, callbacks=[Value(), stop, keep])
print(
    f"EarlyStopping stopped after epoch {len(history.epoch)} of 6 with "
    f"best={stop.best}, ModelCheckpoint saved epochs {saved}."
)
assert len(history.epoch) == 3 and np.isnan(stop.best) and saved == [1], "changed"
PYTHON
