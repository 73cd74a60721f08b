#!/usr/bin/env bash
# A convolution of images channels last, compiled by PyTorch, fails at its second size.
#
# Versions:  torch 2.13.0
# Behaviour: The second time that a compiled function meets other sizes, `torch.compile`
#            takes them for unknown. It then cannot compile a strided convolution whose
#            images come channels last and which has a gradient: its compiler asks which
#            of two unknown sizes is larger, and raises. Without a gradient, with images
#            channels first, or compiled with `dynamic=False`, the same function runs.
# Output:    channels last: InductorError
#            channels last, no gradient: runs
#            channels last, dynamic=False: runs
#            channels first: runs
# For GANs:  both players are stacks of one block at sizes that halve or double, and
#            Keras has images channels last, so a second layer is enough. A training step
#            that is compiled as a whole, as by `jit_compile=True`, fails likewise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 torch==2.13.0
cd "$folder"
cat > sizes.py <<'PYTHON'
import torch
from torch.nn import functional


def last(x, kernel):
    y = functional.conv2d(x.permute(0, 3, 1, 2), kernel, stride=2, padding=2)
    return functional.leaky_relu(y.permute(0, 2, 3, 1), 0.2)


def first(x, kernel):
    y = functional.conv2d(x, kernel, stride=2, padding=2)
    return functional.leaky_relu(y, 0.2)


def attempt(name, block, gradient=True, **options):
    torch._dynamo.reset()
    compiled = torch.compile(block, **options)
    try:
        for side, inputs, filters in (28, 1, 8), (14, 8, 16):
            is_last = block is last
            shape = (side, side, inputs) if is_last else (inputs, side, side)
            x = torch.ones(32, *shape, requires_grad=gradient)
            kernel = torch.ones(filters, inputs, 5, 5, requires_grad=gradient)
            compiled(x, kernel)
        print(f"{name}: runs")
    except Exception as error:
        print(f"{name}: {type(error).__name__}")


attempt("channels last", last)
attempt("channels last, no gradient", last, gradient=False)
attempt("channels last, dynamic=False", last, dynamic=False)
attempt("channels first", first)
PYTHON
venv/bin/python -W ignore sizes.py 2> errors.txt | tee found.txt || cat errors.txt
diff found.txt - <<'WANTED'
channels last: InductorError
channels last, no gradient: runs
channels last, dynamic=False: runs
channels first: runs
WANTED
