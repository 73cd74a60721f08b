#!/usr/bin/env bash
# torchgan's pulling-away term hardly sees a batch of 64 equal codes, and charges for others.
#
# Versions:  torchgan 0.1.0, torch 2.13.0
# Behaviour: EBGAN's term is the mean of the squared cosines of all pairs of codes: 0 where
#            they are at right angles, and 1 where they are equal. torchgan divides each
#            number of the codes by its norm over the batch, and not each code by its own
#            norm, and it counts the pairs of a code with itself. N equal codes of size d
#            are charged (d / N)^2 N / (N - 1), and codes at right angles 1 / (N - 1).
# Output:    the term of codes of eight numbers by torchgan, and by the paper
#            4 codes at right angles: 0.3333, 0.0000
#            4 equal codes: 5.3333, 1.0000
#            64 equal codes: 0.0159, 1.0000
# For GANs:  the term is what keeps EBGAN from collapse. In a batch of 64 images that are all
#            alike it is next to nothing, and in a small one it is many times too large, so
#            that the paper's weight of 0.1 means another thing for each size.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/pip" install --quiet --no-deps torchgan==0.1.0
cd "$folder"
cat > pulling.py <<'PYTHON'
import sys
import types

import torch

# It is imported for what is not used here.
sys.modules["torchvision"] = types.ModuleType("torchvision")
from torchgan.losses.functional import energy_based_pulling_away_term  # noqa: E402


def by_the_paper(codes):
    cosines = torch.cosine_similarity(codes[:, None], codes[None], dim=-1)
    count = len(codes)
    return (cosines.square().sum() - count) / (count * (count - 1))


print("the term of codes of eight numbers by torchgan, and by the paper")
for name, codes in {
    "4 codes at right angles": torch.eye(8)[:4],
    "4 equal codes": torch.ones(4, 8),
    "64 equal codes": torch.ones(64, 8),
}.items():
    found = energy_based_pulling_away_term(codes), by_the_paper(codes)
    print(f"{name}: {', '.join(f'{abs(x):.4f}' for x in found)}")
PYTHON
venv/bin/python -W ignore pulling.py | tee found.txt
diff found.txt - <<'WANTED'
the term of codes of eight numbers by torchgan, and by the paper
4 codes at right angles: 0.3333, 0.0000
4 equal codes: 5.3333, 1.0000
64 equal codes: 0.0159, 1.0000
WANTED
