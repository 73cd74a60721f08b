#!/usr/bin/env bash
# torchgan's self-attention takes its softmax along one axis, and sums along the other.
#
# Versions:  torchgan 0.1.0, torch 2.13.0
# Behaviour: In SAGAN, what attention gives to a pixel is a weighted mean of all pixels'
#            values: its weights sum to 1. In SelfAttention2d the weights that sum to 1 are
#            those by which one pixel enters all outputs. What comes out is a sum with
#            weights of any total: values that are 1 everywhere come out as 0.07 at one
#            pixel, and as 8 at another. With scores near 0, as in most tests, both are the
#            same, and the shape is always right.
# Output:    values of 1 everywhere, after attention: the least and the largest
#            SelfAttention2d: 0.07 and 8.17
#            softmax along the axis that is summed: 1.00 and 1.00
#            the sum of an attention map along each axis, the largest
#            along the one that is summed: 8.17, along the other: 1.00
# For GANs:  a pixel that matches many others gets a multiple of what they have, and one
#            that matches none gets nothing, rather than what is most like it. The share of
#            attention grows by a learned gamma from 0, so that this comes in slowly, and
#            the more pixels there are the larger the totals may be.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/pip" install --quiet --no-deps torchgan==0.1.0
cd "$folder"
cat > attention.py <<'PYTHON'
import sys
import types

import torch

# It is imported for what is not used here.
sys.modules["torchvision"] = types.ModuleType("torchvision")
from torchgan.layers import SelfAttention2d  # noqa: E402


def show(name, x):
    print(f"{name}: {x.min():.2f} and {x.max():.2f}")


torch.manual_seed(0)
layer = SelfAttention2d(8, return_attn=True)
images = torch.randn(2, 8, 4, 4)
with torch.no_grad():
    layer.gamma.fill_(1.0)
    layer.value.weight.zero_()
    layer.value.bias.fill_(1.0)
    layer.query.weight.normal_()
    layer.key.weight.normal_()
    output, weights = layer(images)
    # The layer adds its input to what attention gives.
    print("values of 1 everywhere, after attention: the least and the largest")
    show("SelfAttention2d", output - images)
    keys, queries = layer.key(images).flatten(2), layer.query(images).flatten(2)
    right = torch.einsum("nci,ncj->nij", keys, queries).softmax(dim=1)
    values = layer.value(images).flatten(2)
    show("softmax along the axis that is summed", torch.einsum("nci,nij->ncj", values, right))
    print("the sum of an attention map along each axis, the largest")
    summed, other = weights.sum(1).max(), weights.sum(2).max()
    print(f"along the one that is summed: {summed:.2f}, along the other: {other:.2f}")
PYTHON
venv/bin/python -W ignore attention.py | tee found.txt
diff found.txt - <<'WANTED'
values of 1 everywhere, after attention: the least and the largest
SelfAttention2d: 0.07 and 8.17
softmax along the axis that is summed: 1.00 and 1.00
the sum of an attention map along each axis, the largest
along the one that is summed: 8.17, along the other: 1.00
WANTED
