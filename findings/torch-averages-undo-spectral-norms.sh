#!/usr/bin/env bash
# Averages of a spectrally normalised generator draw samples that are many times too large.
#
# Versions:  torch 2.13.0, timm 1.0.31, ema-pytorch 0.8.3, torch-ema 0.3
# Behaviour: PyTorch's spectral_norm holds two unit vectors as buffers, and in eval mode it
#            divides a weight by what these two make of it. As training turns them, an
#            average of them gets shorter, and does not fit the averaged weight: what is
#            divided by is many times too small, in each layer anew. timm's ModelEmaV3 and
#            ema-pytorch average all buffers by default, AveragedModel if use_buffers=True.
#            Buffers of the plain model beside averaged weights, which AveragedModel has by
#            default and torch-ema always, are nearly right. A few calls of the averaged
#            model in train mode, in which the power iteration goes on, put all right.
# Output:    largest singular values of three layers, and the size of samples (data: 1)
#            the generator: 1.04, 1.01, 1.01, samples 1.0
#            AveragedModel: 1.12, 1.28, 1.04, samples 0.7
#            AveragedModel(use_buffers=True): 7.21, 6.66, 4.07, samples 72
#            ModelEmaV3: 7.22, 6.68, 4.07, samples 73
#            ema-pytorch: 138.47, 50.31, 49.26, samples 177308
#            torch-ema: 1.00, 1.01, 1.00, samples 0.9
#            use_buffers=True, after 20 calls in train mode: 1.00, 1.00, 1.02, samples 0.5
#            It is of 1,000 steps, so that figures vary; that three are above 2 does not.
# For GANs:  SAGAN and BigGAN normalise the generator, too, and BigGAN draws by its average.
#            That has lost the norm, and its samples saturate, while the generator itself
#            draws well. Batch normalisation is a reason to average buffers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 torchvision==0.28.0 numpy==2.4.6 \
  timm==1.0.31 ema-pytorch==0.8.3 torch-ema==0.3
cd "$folder"
cat > fitting.py <<'PYTHON'
"""Imports torchvision where its compiled operators are for another build of torch.

They are declared, which is enough to import it; averaging needs none of them.
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
cat > averages.py <<'PYTHON'
import fitting  # noqa: F401, I001

import copy
import sys

import torch
from ema_pytorch import EMA
from timm.utils import ModelEmaV3
from torch.nn.functional import relu
from torch.nn.utils.parametrizations import spectral_norm
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch_ema import ExponentialMovingAverage

DECAY, STEPS = 0.999, 1000


def network(*widths):
    layers = []
    for pair in zip(widths, widths[1:]):
        layers += [spectral_norm(torch.nn.Linear(*pair)), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def circle(count):
    """Points near the circle of radius 1."""
    angle = 2 * torch.pi * torch.rand(count)
    return torch.stack((angle.cos(), angle.sin()), 1) + 0.05 * torch.randn(count, 2)


def latents(count=64):
    return torch.randn(count, 16)


torch.manual_seed(1)
G, D = network(16, 64, 64, 2), network(2, 64, 64, 1)
average = get_ema_multi_avg_fn(DECAY)
plain = AveragedModel(G, multi_avg_fn=average)
buffers = AveragedModel(G, multi_avg_fn=average, use_buffers=True)
timm_average = ModelEmaV3(G, decay=DECAY)
ema_pytorch = EMA(G, beta=DECAY)
torch_ema = ExponentialMovingAverage(G.parameters(), decay=DECAY)
g_optimizer, d_optimizer = (
    torch.optim.Adam(player.parameters(), 2e-4, betas=(0.0, 0.9)) for player in (G, D)
)
# The hinge loss of SAGAN and BigGAN.
for _ in range(STEPS):
    d_optimizer.zero_grad()
    real, fake = D(circle(64)), D(G(latents()).detach())
    (relu(1 - real).mean() + relu(1 + fake).mean()).backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    (-D(G(latents())).mean()).backward()
    g_optimizer.step()
    plain.update_parameters(G)
    buffers.update_parameters(G)
    timm_average.update(G)
    ema_pytorch.update()
    torch_ema.update()

by_torch_ema = copy.deepcopy(G)
torch_ema.copy_to(by_torch_ema.parameters())
repaired = copy.deepcopy(buffers.module).train()
for _ in range(20):
    repaired(latents())

z, large = latents(500), {}
print("largest singular values of three layers, and the size of samples (data: 1)")
for name, model in {
    "the generator": G,
    "AveragedModel": plain.module,
    "AveragedModel(use_buffers=True)": buffers.module,
    "ModelEmaV3": timm_average.module,
    "ema-pytorch": ema_pytorch.ema_model,
    "torch-ema": by_torch_ema,
    "use_buffers=True, after 20 calls in train mode": repaired,
}.items():
    model.eval()
    with torch.no_grad():
        norms = [torch.linalg.matrix_norm(model[i].weight, 2) for i in (0, 2, 4)]
        size = model(z).norm(dim=1).mean()
    shown = f"{size:.0f}" if size > 10 else f"{size:.1f}"
    print(f"{name}: {', '.join(f'{x:.2f}' for x in norms)}, samples {shown}")
    large[name] = all(x > 2 for x in norms) and size > 10
    assert large[name] or max(norms) < 2, "neither normalised nor far from it"
expected = {"AveragedModel(use_buffers=True)", "ModelEmaV3", "ema-pytorch"}
found = {name for name, is_large in large.items() if is_large}
sys.exit(f"Other averages are too large: {found}" if found != expected else 0)
PYTHON
venv/bin/python -W ignore averages.py
