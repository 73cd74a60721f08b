#!/usr/bin/env bash
# On PyTorch, each Conv2D of Keras copies its image twice, out of a layout and back.
#
# Versions:  keras 3.15.1, torch 2.13.0
# Behaviour: An image whose channels are last is, seen channels first, already in the
#            layout "channels last in memory" that PyTorch's convolutions are fast at.
#            Keras first makes it contiguous with its channels first, one copy, and then
#            channels last in memory again, the second. PyTorch's own convolution of a
#            permuted view makes none, and both are equal to the bit.
# Output:    keras: 2 copies of the image
#            torch: 0 copies of the image
#            equal: True
# For GANs:  networks of GANs are convolutions from end to end; the copies are of every
#            feature map, at every layer, of both players, forward and backward.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 torch==2.13.0
cd "$folder"
cat > copies.py <<'PYTHON'
import keras
import torch
from torch.profiler import ProfilerActivity
from torch.profiler import profile

x = torch.randn(16, 14, 14, 64)
layer = keras.layers.Conv2D(32, 3, padding="same", use_bias=False)
layer.build(x.shape)
kernel = layer.kernel.value.detach().permute(3, 2, 0, 1)


def by_torch(x):
    y = torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), kernel, padding=1)
    return y.permute(0, 2, 3, 1)


outputs = {}
for name, fn in {"keras": layer, "torch": by_torch}.items():
    with (
        torch.no_grad(),
        profile(activities=[ProfilerActivity.CPU], record_shapes=True) as found,
    ):
        outputs[name] = fn(x)
    copies = sum(
        e.name == "aten::copy_" and sorted(e.input_shapes[0]) == sorted(x.shape)
        for e in found.events()
    )
    print(f"{name}: {copies} copies of the image")
print(f"equal: {torch.equal(*outputs.values())}")
PYTHON
KERAS_BACKEND=torch venv/bin/python -W ignore copies.py 2> errors.txt | tee found.txt || cat errors.txt
diff found.txt - <<'WANTED'
keras: 2 copies of the image
torch: 0 copies of the image
equal: True
WANTED
