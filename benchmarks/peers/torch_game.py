"""What peers in plain PyTorch share that play a game of their own, eager.

In an update of the generator they leave out the gradients of the discriminator's
weights, which the tutorial computes and throws away.
"""

import torch
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_tutorial
from benchmarks.peers.torch_tutorial import DEVICE


class Contender(torch_tutorial.Contender):
    """A loop whose losses are methods of what is in a share of the batch.

    These are `discriminator_loss` and `generator_loss`.
    """

    def __init__(self, case):
        super().__init__(case)
        self.G, self.D = self.players["generator"], self.players["discriminator"]

    def train_step(self, batch):
        steps = self.case.discriminator_steps
        d_loss = 0.0
        for i in range(steps):
            share = [part[i::steps] for part in batch]
            d_loss += self.minimize(self.discriminator_loss, share, 0) / steps
        return d_loss, self.minimize(self.generator_loss, share, 1)

    def minimize(self, loss_fn, share, i):
        return self.descend(lambda: loss_fn(*share), i)

    def require_gradients(self, i):
        super().require_gradients(i)
        for name in self.sides[0]:
            self.players[name].requires_grad_(i == 0)

    def samples(self, count):
        """Samples, and what the generator was told beside latents: a list."""
        conditions = self.conditions(count)
        return [self.G([self.latents(count), *conditions]), *conditions]

    # === Draws ===

    def latents(self, count):
        return self.normal(count, games.count_latents(self.case))

    def conditions(self, count):
        """What the generator is told beside latents: labels, where there are some."""
        labelled = self.case.variant in games.LABELLED
        return [self.labels(count)] if labelled else []

    def labels(self, count):
        return torch.randint(games.CLASSES, (count,), device=DEVICE)

    def normal(self, *shape):
        return torch.randn(shape, device=DEVICE)

    def fractions(self, *shape):
        """Draws of U[0, 1)."""
        return torch.rand(shape, device=DEVICE)

    def first_losses(self, arrays, noise):
        """Losses of two steps whose draws are given."""
        conditions = games.conditions_of_samples(self.case)
        z, epsilon, *conditions = map(to_tensor, (*noise, *conditions))
        self.latents = lambda count: z[:count]
        self.conditions = lambda count: conditions
        self.normal = lambda *shape: to_tensor(games.wave(shape))
        self.fractions = lambda *shape: epsilon
        batch = self.to_batch(games.to_floats(arrays))
        return [float(loss) for _ in range(2) for loss in self.train_step(batch)]


def to_tensor(array):
    """The same array where the networks are."""
    return torch.from_numpy(array).to(DEVICE)


def judge(D, x):
    """Logits of images, and the mean square of their slopes."""
    x = x.detach().requires_grad_()
    logits = D(x)
    (slope,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return logits, slope.square().sum((1, 2, 3)).mean()


def uniform(*shape):
    """Draws of U[-1, 1]."""
    return torch.rand(shape, device=DEVICE) * 2 - 1


def loss_of_real(logits):
    """−E[log D(x)]."""
    return F.softplus(-logits).mean()


def loss_of_fake(logits):
    """−E[log(1 − D(G(z)))]."""
    return F.softplus(logits).mean()
