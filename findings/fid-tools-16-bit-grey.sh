#!/usr/bin/env bash
# Packages that compute FIDs see 16-bit grey images as nearly white.
#
# Versions:  pytorch-fid 0.3.0, torch-fidelity 0.4.0, clean-fid 0.1.35, Pillow 13.0.0
# Behaviour: All three read an image by Pillow's `convert("RGB")`, which cuts 16-bit grey
#            off at 255 where it should divide by 257. What is brighter than 255 of 65,535
#            becomes white. There is no warning.
# Output:    a ramp from 0 to 65,535, whose mean is 127.5 of 255
#            pytorch-fid: mean 254.5, 99.6% white
#            and nearly the same of torch-fidelity and clean-fid
# For GANs:  Medical and scanned sets are 16-bit grey. Two such sets are as good as equal
#            to these packages, and the FID between them is close to 0 whatever they show.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 torchvision==0.28.0 pillow==13.0.0 \
  pytorch-fid==0.3.0 torch-fidelity==0.4.0 clean-fid==0.1.35
cd "$folder"
cat > fitting.py <<'PYTHON'
"""Imports torchvision where its compiled operators are for another build of torch.

They are declared, which is enough to import it; reading images needs none of them.
"""

import re
import sys

import torch

library = torch.library.Library("torchvision", "FRAGMENT")
while "torchvision" not in sys.modules:
    try:
        import torchvision  # noqa: F401
    except RuntimeError as error:
        missing = re.search(r"operator torchvision::(\w+) does not exist", str(error))
        library.define(f"{missing[1]}() -> ()")
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
PYTHON
venv/bin/python -W ignore - <<'PYTHON'
import fitting  # noqa: F401, I001

import numpy as np
from cleanfid import utils as cleanfid_utils
from PIL import Image
from pytorch_fid import fid_score
from torch_fidelity import datasets
from torchvision import transforms


def read(file):
    """The pixels of an image file, as each package reads it."""
    fid = fid_score.ImagePathDataset([file], transforms.ToTensor())[0]
    clean = np.asarray(cleanfid_utils.ResizeDataset([file], mode="clean")[0])
    return {
        "pytorch-fid": (fid.numpy() * 255).round(),
        "torch-fidelity": datasets.ImagesPathDataset([file])[0].numpy(),
        "clean-fid": clean.round(),
    }


# A pixel of each value, so that the means are those of a ramp.
ramp = np.arange(2**16, dtype="uint16").reshape(256, 256)
Image.fromarray(ramp).save("ramp.png")
assert Image.open("ramp.png").mode == "I;16"
print(f"a ramp from 0 to 65,535, whose mean is {(ramp / 257).mean():.1f} of 255")
found = read("ramp.png")
for package, pixels in found.items():
    white = np.mean(pixels >= 255)
    print(f"{package}: mean {pixels.mean():.1f}, {white:.1%} white")
for pixels in found.values():
    assert pixels.mean() > 250, "16 bits are scaled"
PYTHON
