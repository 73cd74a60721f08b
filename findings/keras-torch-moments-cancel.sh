#!/usr/bin/env bash
# On PyTorch, Keras's group normalisation returns NaN for features that hardly vary.
#
# Versions:  keras 3.15.1, torch 2.13.0
# Behaviour: Keras's moments on PyTorch are E[x²] − E[x]², whose rounding is a part in ten
#            million of the mean squared, and may be less than 0. Where a channel hardly
#            varies around a mean that is not near 0, the variance is wrong by far, and
#            where it comes out below -epsilon, `GroupNormalization` returns NaN.
#            PyTorch's own normalisation of the same features is right, as are the moments
#            that Keras takes on its other backends.
# Output:    keras: NaN in some channels: True; worst standard deviation over 2: True
#            torch: NaN in some channels: False; worst standard deviation over 2: False
# For GANs:  instance normalisation is that of pix2pix, CycleGAN and, as AdaIN, of
#            StyleGAN. Flat backgrounds, and a learned constant in its first steps, are
#            such features; their statistics are wrong without a word, or a training is
#            lost to NaN, on one backend of three.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 torch==2.13.0
cd "$folder"
cat > moments.py <<'PYTHON'
import keras
import numpy as np
import torch

random = np.random.default_rng(0)
levels = random.uniform(10, 30, 256)
x = torch.tensor(levels + 0.01 * random.normal(size=(1, 8, 8, 256)))
x = x.float()
layer = keras.layers.GroupNormalization(-1, epsilon=1e-5)
by_torch = torch.nn.functional.instance_norm(x.permute(0, 3, 1, 2), eps=1e-5)
outputs = {"keras": layer(x).detach(), "torch": by_torch.permute(0, 2, 3, 1)}
for name, y in outputs.items():
    lost = y.isnan().any(dim=(0, 1, 2))
    worst = y[..., ~lost].std(dim=(0, 1, 2), correction=0).max()
    print(
        f"{name}: NaN in some channels: {bool(lost.any())}; "
        f"worst standard deviation over 2: {bool(worst > 2)}"
    )
PYTHON
KERAS_BACKEND=torch venv/bin/python -W ignore moments.py 2> errors.txt | tee found.txt || cat errors.txt
diff found.txt - <<'WANTED'
keras: NaN in some channels: True; worst standard deviation over 2: True
torch: NaN in some channels: False; worst standard deviation over 2: False
WANTED
