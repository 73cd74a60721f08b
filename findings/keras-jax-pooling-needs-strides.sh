#!/usr/bin/env bash
# On JAX, Keras's pooling functions fail with the default of their strides.
#
# Versions:  keras 3.15.1, jax 0.10.2, torch 2.13.0
# Behaviour: The strides of keras.ops.max_pool and average_pool are those of the window
#            unless they are given. On JAX the window, which has been completed by the
#            axes of the batch and of the channels, is completed a second time, and the
#            call raises an error that names neither function. With strides it works, and
#            so do the layers, which always give them.
# Output:    torch, no strides: shape (1, 2, 2, 3)
#            torch, strides=2: shape (1, 2, 2, 3)
#            jax, no strides: raises TypeError
#            jax, strides=2: shape (1, 2, 2, 3)
# For GANs:  the self-attention of SAGAN and BigGAN halves its keys and values by max_pool,
#            and residual discriminators halve features by average_pool. Written with
#            functions and tried on another backend, such a network does not build on JAX.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 torch==2.13.0
cd "$folder"
cat > pooling.py <<'PYTHON'
import keras

x = keras.ops.ones((1, 4, 4, 3))
for name, strides in (("no strides", None), ("strides=2", 2)):
    found = set()
    for pool in keras.ops.max_pool, keras.ops.average_pool:
        try:
            found.add(f"shape {tuple(pool(x, 2, strides).shape)}")
        except Exception as error:
            found.add(f"raises {type(error).__name__}")
    print(f"{keras.backend.backend()}, {name}: {', '.join(sorted(found))}")
PYTHON
for backend in torch jax; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore pooling.py
done | tee found.txt
diff found.txt - <<'WANTED'
torch, no strides: shape (1, 2, 2, 3)
torch, strides=2: shape (1, 2, 2, 3)
jax, no strides: raises TypeError
jax, strides=2: shape (1, 2, 2, 3)
WANTED
