#!/usr/bin/env bash
# PyTorch exports movedim(-1, 1) to an ONNX file that ONNX Runtime does not load.
#
# Versions:  torch 2.13.0, onnx 1.23.2, onnxruntime 1.32.0
# Behaviour: The exporter by TorchScript, which needs no further package, writes the
#            negative axis as it is into the permutation of a Transpose, {0, -1, 1, 2},
#            which the format does not allow. It exports without an error, and onnx's
#            own checker, as it is by default, finds nothing. `movedim(3, 1)` and `permute(0, 3, 1, 2)`, which
#            are the same, are right.
# Output:    movedim(-1, 1): the checker says nothing, loading is refused: perm {0, -1, 1, 2}
#            movedim(3, 1): the checker says nothing, loads
#            permute(0, 3, 1, 2): the checker says nothing, loads
# For GANs:  generators of Keras have their channels last, and what brings them first for
#            PyTorch's convolutions is in every exported generator. A test of the export
#            alone does not see it; the file fails where it is to be used.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 onnx==1.23.2 onnxruntime==1.32.0
cd "$folder"
cat > export.py <<'PYTHON'
import re

import onnx
import onnxruntime
import torch

FORMS = {
    "movedim(-1, 1)": lambda x: x.movedim(-1, 1),
    "movedim(3, 1)": lambda x: x.movedim(3, 1),
    "permute(0, 3, 1, 2)": lambda x: x.permute(0, 3, 1, 2),
}


class ChannelsFirst(torch.nn.Module):
    def __init__(self, form):
        super().__init__()
        self.form = form

    def forward(self, x):
        return self.form(x) + 1


for name, form in FORMS.items():
    args = (torch.zeros(1, 4, 5, 3),)
    torch.onnx.export(ChannelsFirst(form), args, "form.onnx", dynamo=False)
    onnx.checker.check_model("form.onnx")
    try:
        onnxruntime.InferenceSession("form.onnx")
        end = "loads"
    except Exception as e:
        end = "loading is refused: " + re.search(r"perm {.*?}", str(e))[0]
    print(f"{name}: the checker says nothing, {end}")
PYTHON
venv/bin/python -W ignore export.py 2> errors.txt | tee found.txt || cat errors.txt
diff found.txt - <<'WANTED'
movedim(-1, 1): the checker says nothing, loading is refused: perm {0, -1, 1, 2}
movedim(3, 1): the checker says nothing, loads
permute(0, 3, 1, 2): the checker says nothing, loads
WANTED
