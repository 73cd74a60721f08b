#!/usr/bin/env bash
# fastai's higher learning rate for the critic goes to the generator as well, or to nobody.
#
# Versions:  fastai 2.8.12, fastcore 2.2.41, fastprogress 1.1.6, torch 2.13.0
# Behaviour: GANDiscriminativeLR multiplies the rate before each batch of the critic, and
#            divides it after. Given to `fit`, or by `add_cb`, it is called after the
#            switcher, which by then has turned to the generator: nothing is divided, the
#            generator's step has the multiplied rate, and that is divided after it. From
#            the second epoch on, which begins with the generator, the division comes
#            first, and the critic has the plain rate, too. Given to the constructor of
#            GANLearner, it is called before the switcher, and all is right.
# Output:    wgan of rate 0.01, mult_lr=5: rates of the critic, and of the generator
#            GANLearner(cbs=...), epoch 1: critic 0.05, generator 0.01
#            GANLearner(cbs=...), epoch 2: critic 0.05, generator 0.01
#            fit(cbs=...), epoch 1: critic 0.05, generator 0.05
#            fit(cbs=...), epoch 2: critic 0.01, generator 0.01
#            add_cb, epoch 1: critic 0.05, generator 0.05
#            add_cb, epoch 2: critic 0.01, generator 0.01
# For GANs:  two rates are what this callback is for. For an epoch the generator has five
#            times its own, and after it the critic has a fifth of what was asked for, and
#            nothing says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 torchvision==0.28.0 numpy==2.4.6 \
  fastai==2.8.12 fastcore==2.2.41 fastprogress==1.1.6
cd "$folder"
cat > fitting.py <<'PYTHON'
"""Imports torchvision where its compiled operators are for another build of torch.

They are declared, which is enough to import it; GANs without images need none of them.
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
cat > rates.py <<'PYTHON'
import fitting  # noqa: F401, I001

import torch
from fastai.callback.core import Callback
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.optimizer import SGD
from fastai.vision.gan import GANDiscriminativeLR, GANLearner

RATE = 0.01


class Watch(Callback):
    """Notes the learning rate of each step, after all other callbacks."""

    order = 100

    def before_fit(self):
        self.seen = {}

    def before_step(self):
        name = "generator" if self.gan_trainer.gen_mode else "critic"
        rates = self.seen.setdefault(self.epoch, {"critic": set(), "generator": set()})
        rates[name].add(round(self.opt.hypers[0]["lr"], 6))


torch.manual_seed(0)
# Twelve batches: twice five for the critic, and one for the generator.
pairs = [(torch.randn(2), torch.randn(1)) for _ in range(24)]
print(f"wgan of rate {RATE}, mult_lr=5: rates of the critic, and of the generator")
for how in "GANLearner(cbs=...)", "fit(cbs=...)", "add_cb":
    callback, watch = GANDiscriminativeLR(mult_lr=5.0), Watch()
    learner = GANLearner.wgan(
        DataLoaders(DataLoader(pairs, bs=2), DataLoader(pairs[:2], bs=2)),
        torch.nn.Linear(2, 1),
        torch.nn.Linear(1, 1),
        opt_func=SGD,
        cbs=[callback, watch] if how.startswith("GANLearner") else [watch],
    )
    if how == "add_cb":
        learner.add_cb(callback)
    with learner.no_bar(), learner.no_logging():
        learner.fit(2, RATE, cbs=callback if how.startswith("fit") else None)
    for epoch, rates in watch.seen.items():
        shown = ", ".join(f"{x} {'/'.join(map(str, sorted(y)))}" for x, y in rates.items())
        print(f"{how}, epoch {epoch + 1}: {shown}")
PYTHON
venv/bin/python -W ignore rates.py | tee found.txt
diff found.txt - <<'WANTED'
wgan of rate 0.01, mult_lr=5: rates of the critic, and of the generator
GANLearner(cbs=...), epoch 1: critic 0.05, generator 0.01
GANLearner(cbs=...), epoch 2: critic 0.05, generator 0.01
fit(cbs=...), epoch 1: critic 0.05, generator 0.05
fit(cbs=...), epoch 2: critic 0.01, generator 0.01
add_cb, epoch 1: critic 0.05, generator 0.05
add_cb, epoch 2: critic 0.01, generator 0.01
WANTED
