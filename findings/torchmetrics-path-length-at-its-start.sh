#!/usr/bin/env bash
# torchmetrics' perceptual path length looks at the start of each path, and nowhere else.
#
# Versions:  torchmetrics 1.9.0, torch 2.13.0
# Behaviour: Its documentation defines the length as the mean over paths between two latents
#            of D(G(at t), G(at t + epsilon)) / epsilon², with t a parameter between 0 and 1.
#            In the code t is 0: the latents compared are those that were drawn, and those
#            one ten-thousandth of the way to another. What is between is never seen. The
#            paper of StyleGAN reports both, as "full" and "end".
# Output:    path length by torchmetrics, and by hand with t drawn from 0 to 1
#            changes evenly: 2.0, 2
#            jumps half-way: 0.0, 20
# For GANs:  the length is to find generators that jump from one image to another. One that
#            does so between what it was trained on is perfect by this, with a better score
#            than one that changes evenly.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 torchvision==0.28.0 numpy==2.4.6 \
  torchmetrics==1.9.0
cd "$folder"
cat > fitting.py <<'PYTHON'
"""Imports torchvision where its compiled operators are for another build of torch.

They are declared, which is enough to import it; this metric needs none of them.
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
cat > lengths.py <<'PYTHON'
import fitting  # noqa: F401, I001

import torch
from torchmetrics.functional.image import perceptual_path_length

EPSILON, COUNT = 1e-4, 20_000


class Generator(torch.nn.Module):
    """Grey images by a latent that is -1 or 1, black for one and white for the other."""

    def __init__(self, brightness):
        super().__init__()
        self.brightness = brightness

    def sample(self, count):
        return torch.randint(0, 2, (count, 1)).double() * 2 - 1

    def forward(self, z):
        return 255 * self.brightness(z)[:, :, None, None].expand(-1, 3, 2, 2)


class Distance(torch.nn.Module):
    """The mean squared difference of two images."""

    def forward(self, a, b):
        return (a - b).square().mean(dim=(1, 2, 3))


def by_hand(generator):
    z1, z2 = generator.sample(COUNT), generator.sample(COUNT)
    t = torch.rand(COUNT, 1, dtype=torch.float64)
    a, b = (2 * generator(torch.lerp(z1, z2, s)) / 255 - 1 for s in (t, t + EPSILON))
    return Distance()(a, b).mean() / EPSILON**2


torch.manual_seed(0)
print("path length by torchmetrics, and by hand with t drawn from 0 to 1")
for name, brightness in {
    "changes evenly": lambda z: (z + 1) / 2,
    "jumps half-way": lambda z: torch.sigmoid(30 * z),
}.items():
    generator = Generator(brightness)
    mean, _, _ = perceptual_path_length(
        generator,
        num_samples=COUNT,
        batch_size=1000,
        epsilon=EPSILON,
        lower_discard=None,
        upper_discard=None,
        sim_net=Distance(),
    )
    print(f"{name}: {mean:.1f}, {by_hand(generator):.0f}")
PYTHON
venv/bin/python -W ignore lengths.py 2> errors.txt | tee found.txt || cat errors.txt
diff found.txt - <<'WANTED'
path length by torchmetrics, and by hand with t drawn from 0 to 1
changes evenly: 2.0, 2
jumps half-way: 0.0, 20
WANTED
