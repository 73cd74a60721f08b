"""EBGAN and BEGAN in plain PyTorch, eager.

Their discriminators are autoencoders, through which real images and samples go
together, as an energy is that of one image.
"""

import torch
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game


class Energies(torch_game.Contender):
    """What both loops share; each has a `distance` of images."""

    def energies(self, x):
        """How far reconstructions of data and of samples are from them, two tensors."""
        both = torch.cat([x, *self.samples(len(x))])
        distances = self.distance(both, self.D(both)["reconstruction"])
        return distances.chunk(2)


class EBGAN(Energies):
    """The loop of the game with a margin."""

    def distance(self, x, reconstruction):
        return (reconstruction - x).square().mean((1, 2, 3))

    def discriminator_loss(self, x):
        real, fake = self.energies(x)
        return real.mean() + F.relu(games.MARGIN - fake).mean()

    def generator_loss(self, x):
        (fakes,) = self.samples(len(x))
        heads = self.D(fakes)
        energy = self.distance(fakes, heads["reconstruction"]).mean()
        return energy + games.PULLING_WEIGHT * pulling_away(heads["code"])


def pulling_away(codes):
    """The mean of cos² over pairs of different codes."""
    directions = F.normalize(codes)
    squares = (directions @ directions.T).square()
    count = len(codes)
    return (squares.sum() - squares.trace()) / (count * (count - 1))


class BEGAN(Energies):
    """The loop of the game that keeps a balance."""

    def __init__(self, case):
        super().__init__(case)
        self.k = torch.zeros((), device=torch_game.DEVICE)

    def latents(self, count):
        return torch_game.uniform(count, games.LATENTS)

    def distance(self, x, reconstruction):
        return (reconstruction - x).abs().mean((1, 2, 3))

    def train_step(self, batch):
        d_loss, g_loss = super().train_step(batch)
        missing = games.DIVERSITY * self.energy_of_data - g_loss
        self.k = (self.k + games.BALANCE_RATE * missing).clamp(0, 1)
        return d_loss, g_loss

    def discriminator_loss(self, x):
        real, fake = (energies.mean() for energies in self.energies(x))
        self.energy_of_data = real.detach()
        return real - self.k * fake

    def generator_loss(self, x):
        (fakes,) = self.samples(len(x))
        return self.distance(fakes, self.D(fakes)["reconstruction"]).mean()
