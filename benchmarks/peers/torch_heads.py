"""ACGAN and InfoGAN in plain PyTorch, eager.

Their discriminators tell what the generator was told, by further outputs.
"""

import math

import torch
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_game import uniform


class ACGAN(torch_game.Contender):
    """The loop of the game in which classes are told."""

    def discriminator_loss(self, x, y):
        fakes, labels = self.samples(len(x))
        real, fake = self.D(x), self.D(fakes)
        source = loss_of_real(real["logit"]) + loss_of_fake(fake["logit"])
        return source + loss_of_classes(real, y) + loss_of_classes(fake, labels)

    def generator_loss(self, x, y):
        fakes, labels = self.samples(len(x))
        fake = self.D(fakes)
        return loss_of_real(fake["logit"]) + loss_of_classes(fake, labels)


def loss_of_classes(heads, labels):
    """−E[log P(y | x)]."""
    return F.cross_entropy(heads["classes"], labels.long())


class InfoGAN(torch_game.Contender):
    """The loop of the game in which codes are told."""

    def latents(self, count):
        return uniform(count, games.LATENTS)

    def conditions(self, count):
        """A categorical code, one-hot, and continuous ones."""
        categories = F.one_hot(self.labels(count), games.CLASSES).float()
        return [torch.cat([categories, uniform(count, games.CONTINUOUS)], 1)]

    def discriminator_loss(self, x):
        fakes, codes = self.samples(len(x))
        real, fake = self.D(x), self.D(fakes)
        source = loss_of_real(real["logit"]) + loss_of_fake(fake["logit"])
        return source - information(codes, fake)

    def generator_loss(self, x):
        fakes, codes = self.samples(len(x))
        fake = self.D(fakes)
        return loss_of_real(fake["logit"]) - information(codes, fake)


def information(codes, heads):
    """The bound L_I of ganzoo: with the entropy, and a deviation of 1."""
    categories, continuous = codes.split((games.CLASSES, games.CONTINUOUS), 1)
    of_categories = math.log(games.CLASSES) - F.cross_entropy(
        heads["categorical"], categories
    )
    squares = (continuous - heads["continuous"]).square().sum(1)
    return of_categories + games.CONTINUOUS / 6 - squares.mean() / 2
