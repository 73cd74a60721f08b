#!/usr/bin/env bash
# MONAI's adversarial losses bend the logits first: below 0 the generator hardly learns.
#
# Versions:  monai 1.6.1, torch 2.13.0
# Behaviour: PatchAdversarialLoss passes the discriminator's logits through an activation
#            before any of its formulas. Least squares, the default, gets a LeakyReLU of
#            slope 0.05, hinge a tanh. Where the discriminator is sure that an image is
#            fake, the generator's gradient is a hundredth of LSGAN's, or none where the
#            hinge loss has -1. No logit reaches the margins of the hinge. The manual says
#            that there is an activation, but not which one, nor why these two have one.
#            With `no_activation_leastsq=True` least squares is that of the paper.
# Output:    the generator's gradient at logits of -5, -2, 0 and 2, and that of the paper
#            least_squares: -0.1250, -0.1100, -0.1000, 2.0000
#                    LSGAN: -12.0000, -6.0000, -2.0000, 2.0000
#                    hinge: -0.0002, -0.0707, -1.0000, -0.0707
#                    hinge of the paper: -1.0000, -1.0000, -1.0000, -1.0000
#            no_activation_leastsq: -12.0000, -6.0000, -2.0000, 2.0000
# For GANs:  these two losses were made so that gradients do not vanish for images that are
#            told apart with ease, as all are in the first steps. Here they vanish just
#            there. MONAI has no other adversarial loss.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6 monai==1.6.1
cd "$folder"
cat > losses.py <<'PYTHON'
import torch
from monai.losses import PatchAdversarialLoss

LOGITS = -5.0, -2.0, 0.0, 2.0


def show(name, loss):
    found = []
    for value in LOGITS:
        logits = torch.full((2, 1, 4, 4), value, requires_grad=True)
        loss(logits).backward()
        found.append(f"{logits.grad.sum():.4f}")
    print(f"{name}: {', '.join(found)}")


def monai(**options):
    loss = PatchAdversarialLoss(**options)
    return lambda logits: loss(logits, target_is_real=True, for_discriminator=False)


print("the generator's gradient at logits of -5, -2, 0 and 2, and that of the paper")
show("least_squares", monai())
show("        LSGAN", lambda logits: (logits - 1).square().mean())
show("        hinge", monai(criterion="hinge"))
show("        hinge of the paper", lambda logits: -logits.mean())
show("no_activation_leastsq", monai(no_activation_leastsq=True))
PYTHON
venv/bin/python -W ignore losses.py | tee found.txt
diff found.txt - <<'WANTED'
the generator's gradient at logits of -5, -2, 0 and 2, and that of the paper
least_squares: -0.1250, -0.1100, -0.1000, 2.0000
        LSGAN: -12.0000, -6.0000, -2.0000, 2.0000
        hinge: -0.0002, -0.0707, -1.0000, -0.0707
        hinge of the paper: -1.0000, -1.0000, -1.0000, -1.0000
no_activation_leastsq: -12.0000, -6.0000, -2.0000, 2.0000
WANTED
