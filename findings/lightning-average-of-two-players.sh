#!/usr/bin/env bash
# Lightning's averages, updated every second step, undo all that two players have learnt.
#
# Versions:  lightning 2.6.6, torch 2.13.0
# Behaviour: EMAWeightAveraging updates the average after a batch if the index of the last
#            step is a multiple of update_every_n_steps. Steps are those of all optimizers,
#            as the manual says of global_step. With two optimizers that step once a batch
#            each, the last index of a batch is odd, and no odd number is a multiple of an
#            even one: there is no update at all. The average is still the model as it was
#            before `fit`, and at the end of `fit`, and in each validation, it takes the
#            place of the trained weights. The same goes for any even number. An odd one
#            means so many batches, not steps.
# Output:    100 batches: updates of the average; the generator's weight before fit, before
#            the averages are set in, and after fit
#            update_every_n_steps=1: 100 updates; -0.007, 0.911, 0.810
#            update_every_n_steps=2: 0 updates; -0.007, 0.911, -0.007
#            update_every_n_steps=3: 33 updates; -0.007, 0.911, 0.615
#            update_every_n_steps=10: 0 updates; -0.007, 0.911, -0.007
# For GANs:  two optimizers, and averages of the generator, are what GANs have. Averages
#            every 10 steps cost less, and 10 is even: after hours the model is the one of
#            random weights, without a warning. The losses were those of the trained one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6 lightning==2.6.6
cd "$folder"
cat > averages.py <<'PYTHON'
import torch
from lightning.pytorch import LightningModule
from lightning.pytorch import Trainer
from lightning.pytorch.callbacks import EMAWeightAveraging
from torch.utils.data import DataLoader

BATCHES = 100


class GAN(LightningModule):
    """Two players of one weight each, which step once a batch."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
        self.G = torch.nn.Linear(1, 1, bias=False)
        self.D = torch.nn.Linear(1, 1, bias=False)

    def configure_optimizers(self):
        return [torch.optim.SGD(player.parameters(), 0.01) for player in (self.D, self.G)]

    def train_dataloader(self):
        return DataLoader(torch.ones(BATCHES, 1))

    def training_step(self, x, index):
        d_optimizer, g_optimizer = self.optimizers()
        d_optimizer.zero_grad()
        self.manual_backward((self.D(self.G(x).detach()) - self.D(x)).sum())
        d_optimizer.step()
        g_optimizer.zero_grad()
        self.manual_backward(-self.D(self.G(x)).sum())
        g_optimizer.step()
        self.trained = self.G.weight.item()


print(f"{BATCHES} batches: updates of the average; the generator's weight before fit, before")
print("the averages are set in, and after fit")
for every in 1, 2, 3, 10:
    torch.manual_seed(0)
    model = GAN()
    before = model.G.weight.item()
    callback = EMAWeightAveraging(decay=0.9, update_every_n_steps=every)
    Trainer(
        max_epochs=1,
        callbacks=[callback],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    ).fit(model)
    updates = callback._average_model.n_averaged.item()
    weights = before, model.trained, model.G.weight.item()
    shown = ", ".join(f"{x:.3f}" for x in weights)
    print(f"update_every_n_steps={every}: {updates} updates; {shown}")
PYTHON
venv/bin/python -W ignore averages.py 2> errors.txt | tee found.txt || cat errors.txt
diff found.txt - <<'WANTED'
100 batches: updates of the average; the generator's weight before fit, before
the averages are set in, and after fit
update_every_n_steps=1: 100 updates; -0.007, 0.911, 0.810
update_every_n_steps=2: 0 updates; -0.007, 0.911, -0.007
update_every_n_steps=3: 33 updates; -0.007, 0.911, 0.615
update_every_n_steps=10: 0 updates; -0.007, 0.911, -0.007
WANTED
