#!/usr/bin/env bash
# Packages that compute FIDs score different files of one folder, and do not say which
# they leave out.
#
# Versions:  pytorch-fid 0.3.0, torch-fidelity 0.4.0, clean-fid 0.1.35
# Behaviour: pytorch-fid reads one folder without sub-folders, of endings in small letters.
#            torch-fidelity reads PNG and JPEG files only, and no sub-folders by default.
#            clean-fid reads sub-folders, and of endings in capitals some. None reads GIF.
#            On a file system that knows no capitals, A.PNG is read by all.
# Output:    files: a.png A.PNG b.jpg c.webp d.gif more/e.png
#            pytorch-fid: a.png b.jpg c.webp
#            torch-fidelity: A.PNG a.png b.jpg
#            clean-fid: A.PNG a.png b.jpg c.webp more/e.png
# For GANs:  A set sorted into folders by class has no images for two of the three, and a
#            set of mixed endings is another set for each. Their FIDs are then of other
#            images, and of other counts, which moves an FID by itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 torchvision==0.28.0 \
  pytorch-fid==0.3.0 torch-fidelity==0.4.0 clean-fid==0.1.35
cd "$folder"
cat > fitting.py <<'PYTHON'
"""Imports torchvision where its compiled operators are for another build of torch.

They are declared, which is enough to import it; reading images needs none of them.
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
venv/bin/python -W ignore - <<'PYTHON'
import fitting  # noqa: F401, I001

import pathlib

from cleanfid import fid as clean_fid
from PIL import Image
from pytorch_fid import fid_score
from torch_fidelity import utils
from torch_fidelity.defaults import DEFAULTS

FILES = ["a.png", "A.PNG", "b.jpg", "c.webp", "d.gif", "more/e.png"]
root = pathlib.Path("images").resolve()
for name in FILES:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 32)).save(path)


class Seen(Exception):
    """Ends a package's work with the files that it would score."""


def see(files, *args, **kwargs):
    raise Seen(files)


def files_of(function, *args):
    try:
        function(*args)
    except Seen as seen:
        return seen.args[0]


fid_score.get_activations = clean_fid.get_files_features = see
deep, endings = (DEFAULTS[f"samples_find_{key}"] for key in ("deep", "ext"))
found = {
    "pytorch-fid": files_of(
        fid_score.compute_statistics_of_path, str(root), None, 1, 2048, "cpu"
    ),
    "torch-fidelity": utils.glob_samples_paths(str(root), deep, endings, verbose=False),
    "clean-fid": files_of(clean_fid.get_folder_features, str(root)),
}
found = {
    package: sorted(pathlib.Path(file).relative_to(root).as_posix() for file in files)
    for package, files in found.items()
}
print("files:", *FILES)
for package, files in found.items():
    print(f"{package}:", *files)
# Some file systems take A.PNG for a.png.
found = {p: [f for f in files if f != "A.PNG"] for p, files in found.items()}
assert found == {
    "pytorch-fid": ["a.png", "b.jpg", "c.webp"],
    "torch-fidelity": ["a.png", "b.jpg"],
    "clean-fid": ["a.png", "b.jpg", "c.webp", "more/e.png"],
}, "other files are read"
PYTHON
