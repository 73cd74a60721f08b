#!/usr/bin/env bash
# On TensorFlow, Keras's map_coordinates reflects other pixels to the left than to the right.
#
# Versions:  keras 3.15.1, tensorflow 2.21.0, jax 0.10.2
# Behaviour: With `fill_mode="reflect"` the first pixel beyond an edge repeats it, as in
#            SciPy. On TensorFlow that holds beyond the last pixel only: before the first
#            one the edge is not repeated. With "mirror", which never repeats an edge, the
#            second place beyond the last pixel reads that pixel, and not the one two
#            before it. On JAX both are SciPy's.
# Output:    pixels 0 to 4, read at places -6 to 9 by "reflect", and at 6 by "mirror"
#            tensorflow: 3 4 4 3 2 1 0 1 2 3 4 4 3 2 1 0, and 4
#            jax: 4 4 3 2 1 0 0 1 2 3 4 4 3 2 1 0, and 2
# For GANs:  `keras.layers.RandomElasticTransform` and deformations of one's own, as
#            augmentation before the discriminator, reflect by default. With the same model
#            and seed they show other borders on TensorFlow than elsewhere, and an image's
#            left edge is changed otherwise than the right one of its mirror image.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 tensorflow==2.21.0 jax==0.10.2
cd "$folder"
cat > borders.py <<'PYTHON'
import keras
import numpy as np
from keras import ops

pixels = np.arange(5, dtype="float32")


def read(places, mode):
    found = ops.image.map_coordinates(pixels, [places], order=1, fill_mode=mode)
    return ops.convert_to_numpy(found).astype(int)


reflected = read(np.arange(-6.0, 10.0, dtype="float32"), "reflect")
mirrored = read(np.array([6.0], "float32"), "mirror")
print(f"{keras.backend.backend()}:", *reflected, end="")
print(", and", *mirrored)
PYTHON
for backend in tensorflow jax; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore borders.py 2> /dev/null
done | tee found.txt
diff found.txt - <<'WANTED'
tensorflow: 3 4 4 3 2 1 0 1 2 3 4 4 3 2 1 0, and 4
jax: 4 4 3 2 1 0 0 1 2 3 4 4 3 2 1 0, and 2
WANTED
