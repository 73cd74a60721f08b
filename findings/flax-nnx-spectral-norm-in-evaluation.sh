#!/usr/bin/env bash
# Flax's nnx.SpectralNorm changes the weights of its layer when it is only evaluated.
#
# Versions:  flax 0.12.8, jax 0.10.2
# Behaviour: A call divides the parameters in their place, and what is written stays.
#            `update_stats=False` keeps the vector u and the norm as they were; the
#            parameters are divided all the same.
# Output:    norm of the kernel before and after one call with update_stats=False
#            8.0, then 1.0
# For GANs:  this is the layer of spectrally normalised discriminators. A score, a plot of
#            logits or a gradient between two steps of training changes the player that it
#            looks at, and files saved before and after it differ. Weights of the paper's
#            form, in which the kernel that is trained is not normalised, are lost in the
#            first call.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet flax==0.12.8 jax==0.10.2
cd "$folder"
cat > spectral.py <<'PYTHON'
import jax.numpy as jnp
from flax import nnx

x, kernel = jnp.ones((1, 3)), 8 * jnp.eye(3)  # of norm 8, whatever u is


def norm(matrix):
    return float(jnp.linalg.norm(matrix, 2))


layer = nnx.SpectralNorm(nnx.Linear(3, 3, rngs=nnx.Rngs(0)), rngs=nnx.Rngs(1))
layer.layer_instance.kernel[...] = kernel
before = norm(layer.layer_instance.kernel[...])
layer(x, update_stats=False)
print(f"{before:.1f}, then {norm(layer.layer_instance.kernel[...]):.1f}")
PYTHON
venv/bin/python -W ignore spectral.py 2> error.txt | tee found.txt || cat error.txt
diff found.txt - <<'WANTED'
8.0, then 1.0
WANTED
