#!/usr/bin/env bash
# On PyTorch, Keras's dropout without a seed ignores the state of its seed generator.
#
# Versions:  keras 3.15.1, torch 2.13.0, jax 0.10.2
# Behaviour: A Dropout layer has a seed generator, whose state is a variable of the model.
#            On JAX each call draws from it and moves it on. On PyTorch that is so only if
#            the layer has a seed. Without one, the mask comes from PyTorch's own
#            generator, and the variable stands still.
# Output:    jax, no seed: state moves, same state gives the same mask
#            jax, seed=1: state moves, same state gives the same mask
#            torch, no seed: state stands still, same state gives another mask
#            torch, seed=1: state moves, same state gives the same mask
# For GANs:  pix2pix's noise is the dropout of its generator, and many discriminators have
#            dropout. A checkpoint with all variables, seeds included, resumes with other
#            masks on PyTorch and with the same on JAX; an evaluation in between changes
#            them too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 torch==2.13.0
cd "$folder"
cat > masks.py <<'PYTHON'
import keras
import numpy as np

for seed in (None, 1):
    layer = keras.layers.Dropout(0.5, seed=seed)
    x = keras.ops.ones((1, 1000))
    state = layer.seed_generator.state
    before = keras.ops.convert_to_numpy(state).copy()
    first = keras.ops.convert_to_numpy(layer(x, training=True))
    moves = (keras.ops.convert_to_numpy(state) != before).any()
    state.assign(before)
    again = keras.ops.convert_to_numpy(layer(x, training=True))
    name = "no seed" if seed is None else f"seed={seed}"
    moved = "state moves" if moves else "state stands still"
    mask = "the same mask" if np.array_equal(first, again) else "another mask"
    print(f"{keras.backend.backend()}, {name}: {moved}, same state gives {mask}")
PYTHON
for backend in jax torch; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore masks.py
done | tee found.txt
diff found.txt - <<'WANTED'
jax, no seed: state moves, same state gives the same mask
jax, seed=1: state moves, same state gives the same mask
torch, no seed: state stands still, same state gives another mask
torch, seed=1: state moves, same state gives the same mask
WANTED
