"""ACGAN, InfoGAN and SemiSupervisedGAN in plain PyTorch, eager.

Their discriminators have further outputs: what the generator was told, or the class.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers import torch_networks
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_game import uniform
from benchmarks.peers.torch_networks import named_weights
from benchmarks.peers.torch_networks import to_parameter


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


class Dense(nn.Module):
    """A layer whose weights have a norm of their own, which is trained or not."""

    def __init__(self, layer):
        super().__init__()
        weights = named_weights(layer)
        self.v, self.bias = to_parameter(weights["v"].T), to_parameter(weights["bias"])
        if layer.train_gain:
            self.g = to_parameter(weights["g"])
        else:
            self.register_buffer("g", torch.from_numpy(weights["g"]))

    def forward(self, x):
        return F.linear(x, self.g[:, None] * F.normalize(self.v), self.bias)


class SemiSupervisedGAN(torch_game.Contender):
    """The loop of the game in which some images of data have a label.

    As many of these as of all images are in a batch.
    """

    converters = torch_networks.CONVERTERS | {
        "WeightNormalizedDense": lambda layer: torch_networks.activated(
            Dense(layer), layer
        )
    }

    def to_batch(self, arrays):
        x, y = arrays
        labelled = np.resize(np.flatnonzero(y >= 0), len(y))
        return super().to_batch((x, x[labelled], y[labelled]))

    def latents(self, count):
        return self.fractions(count, games.LATENTS)

    def conditions(self, count):
        """None, as the generator is told no labels."""
        return []

    def discriminator_loss(self, x, labelled, y):
        supervised = loss_of_classes(self.D(labelled), y)
        real, fake = self.logits(x), self.logits(*self.samples(len(x)))
        return supervised + (loss_of_real(real) + loss_of_fake(fake)) / 2

    def generator_loss(self, x, labelled, y):
        (fakes,) = self.samples(len(x))
        real, fake = (self.D(images)["features"].mean(0) for images in (x, fakes))
        return (real - fake).square().sum()

    def logits(self, x):
        """The sum of classes, log Z, as the logit of samples is 0."""
        return self.D(x)["classes"].logsumexp(1)
