#!/usr/bin/env bash
# Packages that compute FIDs see the colours under a full transparency: images that look
# blank score as if they were not.
#
# Versions:  pytorch-fid 0.3.0, torch-fidelity 0.4.0, clean-fid 0.1.35, Pillow 13.0.0
# Behaviour: All three read an image by Pillow's `convert("RGB")`, which drops the alpha
#            and keeps the colour of each pixel, of RGBA, of LA, and of palettes with a
#            transparent colour. A viewer shows the background there instead.
# Output:    shown on white: [255, 255, 255]
#            pytorch-fid: [200, 30, 60] of RGBA, [60, 60, 60] of LA, [200, 30, 60] of P
#            and the same of torch-fidelity and clean-fid
# For GANs:  Sets of emoji, logos and sprites are transparent, and what lies under the
#            transparency is arbitrary. A generator that draws what people see is scored
#            against colours that nobody sees.
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


COLOUR, GREY, BLACK = (200, 30, 60), (60, 60, 60), (0, 0, 0)
Image.new("RGBA", (32, 32), (*COLOUR, 0)).save("RGBA.png")
Image.new("LA", (32, 32), (60, 0)).save("LA.png")
palette = Image.new("P", (32, 32), 1)
palette.putpalette([*BLACK, *COLOUR])
palette.save("P.png", transparency=1)

EXPECTED = {"RGBA": COLOUR, "LA": GREY, "P": COLOUR}
found = {}
for mode in EXPECTED:
    image = Image.open(f"{mode}.png").convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    shown = Image.alpha_composite(white, image).convert("RGB").getcolors()
    assert shown == [(32 * 32, (255, 255, 255))], "the image does not look blank"
    for package, pixels in read(f"{mode}.png").items():
        # Equal all over, whatever it was resized to.
        colour = [int(value) for value in pixels[:, 0, 0]]
        assert (pixels == np.reshape(colour, (3, 1, 1))).all()
        found.setdefault(package, {})[mode] = colour

print("shown on white: [255, 255, 255]")
for package, colours in found.items():
    print(f"{package}: {', '.join(f'{c} of {mode}' for mode, c in colours.items())}")
for colours in found.values():
    for mode, colour in colours.items():
        assert colour == list(EXPECTED[mode]), "the hidden colour is not what is read"
PYTHON
