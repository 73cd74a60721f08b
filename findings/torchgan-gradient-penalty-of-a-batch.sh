#!/usr/bin/env bash
# torchgan's gradient penalties take one norm of the whole batch, not one of each image.
#
# Versions:  torchgan 0.1.0, torch 2.13.0
# Behaviour: WGAN-GP and DRAGAN ask for a slope of 1 at each image: the mean over images of
#            (norm - 1)^2. torchgan's WassersteinGradientPenalty and DraganGradientPenalty
#            take the norm over all gradients of the batch at once. A critic of slope 1 at
#            all N images, for which the penalty is 0, is charged (sqrt(N) - 1)^2. What
#            costs nothing is a slope of 1 / sqrt(N).
# Output:    the penalty of a critic of slope 1, and by hand from the norm of each image
#            batch of 1: WGAN-GP 0.00, DRAGAN 0.00, by hand 0.00
#            batch of 4: WGAN-GP 1.00, DRAGAN 1.00, by hand 0.00
#            batch of 64: WGAN-GP 49.00, DRAGAN 49.00, by hand 0.00
#            the same of a critic of slope 1/8
#            batch of 64: WGAN-GP 0.00, DRAGAN 0.00, by hand 0.77
# For GANs:  with batches of 64 and lambda = 10, the critic is held at an eighth of the
#            slope that the papers ask for, and the loss shows no sign of it. Another batch
#            size is another loss, and a lambda from a paper means nothing here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/pip" install --quiet --no-deps torchgan==0.1.0
cd "$folder"
cat > penalties.py <<'PYTHON'
import sys
import types

import torch

# It is imported for what is not used here.
sys.modules["torchvision"] = types.ModuleType("torchvision")
from torchgan.losses import DraganGradientPenalty, WassersteinGradientPenalty  # noqa: E402

SHAPE = (3, 8, 8)
torch.manual_seed(0)
direction = torch.nn.functional.normalize(torch.randn(3 * 8 * 8), dim=0)


def show(slope, count):
    def critic(x):
        return slope * x.flatten(1) @ direction

    def penalty(loss):
        images = torch.randn(count, *SHAPE).requires_grad_()
        return loss(images, critic(images)).item()

    def by_hand(images, logits):
        (gradients,) = torch.autograd.grad(logits.sum(), images)
        return (gradients.flatten(1).norm(dim=1) - 1).square().mean()

    found = [penalty(x) for x in (WassersteinGradientPenalty(), DraganGradientPenalty(), by_hand)]
    wgan, dragan, right = (f"{x:.2f}" for x in found)
    print(f"batch of {count}: WGAN-GP {wgan}, DRAGAN {dragan}, by hand {right}")


print("the penalty of a critic of slope 1, and by hand from the norm of each image")
for count in 1, 4, 64:
    show(1.0, count)
print("the same of a critic of slope 1/8")
show(1 / 8, 64)
PYTHON
venv/bin/python -W ignore penalties.py | tee found.txt
diff found.txt - <<'WANTED'
the penalty of a critic of slope 1, and by hand from the norm of each image
batch of 1: WGAN-GP 0.00, DRAGAN 0.00, by hand 0.00
batch of 4: WGAN-GP 1.00, DRAGAN 1.00, by hand 0.00
batch of 64: WGAN-GP 49.00, DRAGAN 49.00, by hand 0.00
the same of a critic of slope 1/8
batch of 64: WGAN-GP 0.00, DRAGAN 0.00, by hand 0.77
WANTED
