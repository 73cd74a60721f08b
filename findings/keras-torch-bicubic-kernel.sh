#!/usr/bin/env bash
# On PyTorch, Keras's bicubic enlargement is another function; with antialias=True it is not.
#
# Versions:  keras 3.15.1, torch 2.13.0, jax 0.10.2
# Behaviour: Cubic interpolation has a free number a. keras.ops.image.resize has a = -0.5 on
#            JAX (and TensorFlow), as Pillow and the paper of Keys (1981), and -0.75 on
#            PyTorch. With antialias=True, which does nothing to an enlargement elsewhere, it
#            is -0.5 on PyTorch as well.
# Output:    a line of one bright pixel, enlarged twice: its brightest, its darkest pixel
#            jax, antialias=False: 0.867, -0.070
#            jax, antialias=True: 0.867, -0.070
#            torch, antialias=False: 0.879, -0.105
#            torch, antialias=True: 0.867, -0.070
# For GANs:  bicubic enlargement is what super-resolution is compared with, and the first
#            step of many such networks. The baseline, its PSNR, and the images of a saved
#            network change with the backend, and nothing says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 torch==2.13.0
cd "$folder"
cat > bicubic.py <<'PYTHON'
import keras
import numpy as np

line = np.zeros((1, 8, 8, 1), "float32")
line[:, :, 3] = 1
for antialias in False, True:
    larger = keras.ops.image.resize(
        line,
        (16, 16),
        interpolation="bicubic",
        antialias=antialias,
        data_format="channels_last",
    )
    larger = keras.ops.convert_to_numpy(larger)
    extremes = f"{larger.max():.3f}, {larger.min():.3f}"
    print(f"{keras.backend.backend()}, antialias={antialias}: {extremes}")
PYTHON
for backend in jax torch; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore bicubic.py 2> /dev/null
done | tee found.txt
diff found.txt - <<'WANTED'
jax, antialias=False: 0.867, -0.070
jax, antialias=True: 0.867, -0.070
torch, antialias=False: 0.879, -0.105
torch, antialias=True: 0.867, -0.070
WANTED
