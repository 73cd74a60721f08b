#!/usr/bin/env bash
# On PyTorch, Keras's SeedGenerator(1) draws what SeedGenerator(0) draws one draw later.
#
# Versions:  keras 3.15.1, torch 2.13.0, jax 0.10.2
# Behaviour: The state of a SeedGenerator is its seed and the number of the draw. For
#            PyTorch both are added to seed the draw, so that draw i of seed s is draw
#            i - 1 of seed s + 1, to the bit. On JAX they are two words of a key, and
#            streams of two seeds have nothing in common.
# Output:    torch: draws 1 to 9 of seed 0 are draws 0 to 8 of seed 1: True
#            jax: draws 1 to 9 of seed 0 are draws 0 to 8 of seed 1: False
# For GANs:  runs with seeds 0, 1 and 2, by which a spread over seeds is told, have the
#            same latents, one step apart; the second of two starts of a search in
#            latents is the first of the next seed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 torch==2.13.0 jax==0.10.2
cd "$folder"
cat > seeds.py <<'PYTHON'
import keras
import numpy as np


def draws(seed):
    generator = keras.random.SeedGenerator(seed)
    each = [keras.random.normal((64,), seed=generator) for _ in range(10)]
    return np.stack([keras.ops.convert_to_numpy(x) for x in each])


same = bool((draws(0)[1:] == draws(1)[:-1]).all())
name = keras.backend.backend()
print(f"{name}: draws 1 to 9 of seed 0 are draws 0 to 8 of seed 1: {same}")
PYTHON
for backend in torch jax; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore seeds.py 2> /dev/null
done | tee found.txt
diff found.txt - <<'WANTED'
torch: draws 1 to 9 of seed 0 are draws 0 to 8 of seed 1: True
jax: draws 1 to 9 of seed 0 are draws 0 to 8 of seed 1: False
WANTED
