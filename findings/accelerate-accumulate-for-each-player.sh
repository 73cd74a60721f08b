#!/usr/bin/env bash
# Accelerate's `accumulate`, entered for each player, never lets the discriminator learn.
#
# Versions:  accelerate 1.15.0, torch 2.13.0
# Behaviour: `with accelerator.accumulate(model)` counts how often it was entered, whatever
#            the model, and an optimizer steps where that count is a multiple of
#            gradient_accumulation_steps. Entered first for the discriminator and then for
#            the generator, it counts two a batch. If the number of steps is even, all
#            multiples are the generator's: it steps twice as often as it should, on half
#            the sum of gradients. The discriminator steps once, at the end of the epoch.
#            If it is odd, all is nearly right. One block for both, by `accumulate(D, G)`,
#            is right. The manual calls the arguments models whose gradients are not synced
#            in distributed training, and does not mention the count.
# Output:    24 batches: steps of the discriminator, and of the generator
#            2 to accumulate: two blocks 1 and 24, one block 12 and 12
#            3 to accumulate: two blocks 9 and 8, one block 8 and 8
#            4 to accumulate: two blocks 1 and 12, one block 6 and 6
# For GANs:  the example of one model, written once for each player, trains a generator
#            against a discriminator as it was initialised. There is no warning, the calls
#            of `step` do nothing, and both losses look alive. With 1 to accumulate, as in
#            a first test, it is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6 accelerate==1.15.0
cd "$folder"
cat > players.py <<'PYTHON'
import contextlib

import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader

BATCHES = 24


class Player(torch.nn.Linear):
    """A network of one weight that counts how often it has changed."""

    def __init__(self):
        super().__init__(1, 1, bias=False)
        self.steps, self.last = 0, self.weight.item()

    def count(self):
        now = self.weight.item()
        self.steps, self.last = self.steps + (now != self.last), now


def steps_of_an_epoch(blocks):
    """How often the discriminator, and the generator, change in an epoch."""
    D, G = Player(), Player()
    optimizers = [torch.optim.SGD(player.parameters(), 0.01) for player in (D, G)]
    loader = DataLoader(list(torch.ones(BATCHES, 1)), batch_size=1)
    D, G, d_optimizer, g_optimizer, loader = accelerator.prepare(D, G, *optimizers, loader)
    for x in loader:
        both = accelerator.accumulate(D, G) if blocks == 1 else contextlib.nullcontext()
        with both:
            with accelerator.accumulate(D) if blocks == 2 else contextlib.nullcontext():
                accelerator.backward((D(G(x).detach()) - D(x)).sum())
                d_optimizer.step()
                d_optimizer.zero_grad()
            D.requires_grad_(False)
            with accelerator.accumulate(G) if blocks == 2 else contextlib.nullcontext():
                accelerator.backward(-D(G(x)).sum())
                g_optimizer.step()
                g_optimizer.zero_grad()
            D.requires_grad_(True)
        D.count()
        G.count()
    return f"{D.steps} and {G.steps}"


accelerator = Accelerator(cpu=True)
torch.manual_seed(0)
print(f"{BATCHES} batches: steps of the discriminator, and of the generator")
for count in 2, 3, 4:
    accelerator.gradient_accumulation_steps = count
    two, one = steps_of_an_epoch(blocks=2), steps_of_an_epoch(blocks=1)
    print(f"{count} to accumulate: two blocks {two}, one block {one}")
PYTHON
venv/bin/python -W ignore players.py 2> errors.txt | tee found.txt || cat errors.txt
diff found.txt - <<'WANTED'
24 batches: steps of the discriminator, and of the generator
2 to accumulate: two blocks 1 and 24, one block 12 and 12
3 to accumulate: two blocks 9 and 8, one block 8 and 8
4 to accumulate: two blocks 1 and 12, one block 6 and 6
WANTED
