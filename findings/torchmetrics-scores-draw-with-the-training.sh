#!/usr/bin/env bash
# torchmetrics' KID and Inception Score draw from the generator that training draws from.
#
# Versions:  torchmetrics 1.9.0, torch 2.13.0
# Behaviour: `compute` of both shuffles features by the global generator of torch; they
#            take no seed. What is drawn after it is other than without it, and the same
#            features have another score in each call. FID draws nothing.
# Output:    whether torch's next number is what it would have been without the score, and
#            how many values five calls give on the same features
#            FID: the same next number, 1 value
#            KID: another next number, 5 values
#            Inception Score: another next number, 5 values
# For GANs:  latents come from that generator. A training that is scored after each epoch
#            is another training than one that is not, or that is scored half as often,
#            with the same seed; and a run cannot be repeated without its scores.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torchmetrics==1.9.0 torch==2.13.0 scipy==1.17.1
cd "$folder"
cat > scores.py <<'PYTHON'
import torch
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.inception import InceptionScore
from torchmetrics.image.kid import KernelInceptionDistance


class Features(torch.nn.Module):
    """Stands for Inception: eight numbers of each image."""

    num_features = 8

    def forward(self, images):
        return images.flatten(1)[:, :8] / 255


real, fake = torch.randint(0, 256, (2, 64, 1, 4, 4), dtype=torch.uint8).float()
for name, score in {
    "FID": FrechetInceptionDistance(Features(), input_img_size=(1, 4, 4)),
    "KID": KernelInceptionDistance(Features(), subsets=4, subset_size=16),
    "Inception Score": InceptionScore(Features(), splits=4),
}.items():
    if name == "Inception Score":
        score.update(fake)
    else:
        score.update(real, real=True)
        score.update(fake, real=False)
    torch.manual_seed(0)
    wanted = torch.rand(())
    torch.manual_seed(0)
    score.compute()
    found = "the same" if torch.rand(()) == wanted else "another"
    values = set()
    for _ in range(5):
        score._computed = None  # what it keeps until the next update
        values.add(str(score.compute()))
    plural = "s" * (len(values) > 1)
    print(f"{name}: {found} next number, {len(values)} value{plural}")
PYTHON
venv/bin/python -W ignore scores.py | tee found.txt
diff found.txt - <<'WANTED'
FID: the same next number, 1 value
KID: another next number, 5 values
Inception Score: another next number, 5 values
WANTED
