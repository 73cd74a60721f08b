#!/usr/bin/env bash
# A Dense or Conv2D layer that is derived from saves none of the weights it adds.
#
# Versions:  keras 3.15.1, jax 0.10.2
# Behaviour: Keras's layers write a list of weights that each knows by name. A weight that
#            a derived layer adds by `add_weight` is in `layer.weights` and trains, but is
#            not in the file. `save` says nothing; `load_model` then refuses the file. A
#            layer derived from Layer itself, or from BatchNormalization, saves all.
# Output:    Dense: 3 weights, 2 in the file, cannot be loaded
#            Conv2D: 3 weights, 2 in the file, cannot be loaded
#            BatchNormalization: 5 weights, 5 in the file, loaded
# For GANs:  Spectral normalisation is usually written so: a Dense and a Conv2D that add
#            the vector of their power iteration. Hours of training end in a file that
#            nobody can load.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
cd "$folder"
KERAS_BACKEND=jax venv/bin/python -W ignore - <<'PYTHON'
import zipfile

import h5py
import keras
from keras import layers


def derived(base):
    """A layer of Keras with one weight more."""

    class Derived(base):
        def build(self, input_shape):
            super().build(input_shape)
            self.u = self.add_weight((4,), "zeros", trainable=False, name="u")

    Derived.__name__ = f"Derived{base.__name__}"
    return keras.saving.register_keras_serializable()(Derived)


def count_saved(path):
    """How many arrays the file of a model has."""
    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as file:
        arrays = []
        with h5py.File(file) as weights:
            weights.visititems(
                lambda _, item: arrays.append(item) if hasattr(item, "shape") else None
            )
        return len(arrays)


found = {}
for base, arguments in (
    (layers.Dense, (4,)),
    (layers.Conv2D, (4, 3)),
    (layers.BatchNormalization, ()),
):
    inputs = layers.Input((8, 8, 1))
    model = keras.Model(inputs, derived(base)(*arguments)(inputs))
    model.save("model.keras")
    try:
        keras.models.load_model("model.keras")
        loaded = "loaded"
    except ValueError:
        loaded = "cannot be loaded"
    counts = len(model.weights), count_saved("model.keras")
    found[base.__name__] = (*counts, loaded)
    print(f"{base.__name__}: {counts[0]} weights, {counts[1]} in the file, {loaded}")
assert found == {
    "Dense": (3, 2, "cannot be loaded"),
    "Conv2D": (3, 2, "cannot be loaded"),
    "BatchNormalization": (5, 5, "loaded"),
}
PYTHON
