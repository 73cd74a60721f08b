#!/usr/bin/env bash
# On PyTorch, Keras's RandomBrightness changes the images that it is given.
#
# Versions:  keras 3.15.1, torch 2.13.0, jax 0.10.2
# Behaviour: The layer adds to its input by `+=`, which is a new array on JAX (and
#            TensorFlow), and on PyTorch the same one. What it returns is clipped; the
#            tensor that was passed is left brighter or darker, and beyond the range. Each
#            call adds to it again. RandomColorJitter does the same, RandomContrast does
#            not, and NumPy arrays are copied first.
# Output:    images in [0, 1] after ten calls of a layer on them
#            jax, RandomContrast: as they were
#            jax, RandomBrightness: as they were
#            jax, RandomColorJitter: as they were
#            torch, RandomContrast: as they were
#            torch, RandomBrightness: changed, from -0.70 to 1.43
#            torch, RandomColorJitter: changed, from -0.53 to 1.35
# For GANs:  a batch is augmented for the discriminator and used again: for each of several
#            critic steps, for an L1 loss beside it, for a consistency loss of images and
#            augmented images. All of these then see images that drift out of range, and
#            the consistency loss is of two images of one brightness.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 torch==2.13.0
cd "$folder"
cat > brightness.py <<'PYTHON'
import keras
import numpy as np
from keras import layers
from keras import ops

images = np.random.default_rng(0).random((4, 8, 8, 3)).astype("float32")
RANGE = {"value_range": (0, 1), "seed": 1}
for layer in (
    layers.RandomContrast(0.5, **RANGE),
    layers.RandomBrightness(0.3, **RANGE),
    layers.RandomColorJitter((0, 1), 0.2, 0.2, 0.2, 0.2, seed=1),
):
    batch = ops.convert_to_tensor(images.copy())
    for _ in range(10):
        augmented = ops.convert_to_numpy(layer(batch, training=True))
        assert augmented.min() >= 0 and augmented.max() <= 1
    after = ops.convert_to_numpy(batch)
    same = np.array_equal(after, images)
    shown = "as they were" if same else f"changed, from {after.min():.2f} to {after.max():.2f}"
    print(f"{keras.backend.backend()}, {type(layer).__name__}: {shown}")
PYTHON
for backend in jax torch; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore brightness.py 2> errors.txt || cat errors.txt
done | tee found.txt
diff <(sed 's/, from.*//' found.txt) - <<'WANTED'
jax, RandomContrast: as they were
jax, RandomBrightness: as they were
jax, RandomColorJitter: as they were
torch, RandomContrast: as they were
torch, RandomBrightness: changed
torch, RandomColorJitter: changed
WANTED
