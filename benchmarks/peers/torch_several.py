"""CoGAN and LAPGAN in plain PyTorch, eager.

Their players judge and make several images, of domains or of sizes, and the losses are
summed.
"""

from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_game import uniform
from ganzoo.networks import laplacian


class CoGAN(torch_game.Contender):
    """The loop of two games that share layers, with a decay of weights."""

    def latents(self, count):
        return uniform(count, games.LATENTS)

    def discriminator_loss(self, x, y):
        real, fake = self.D([x, y]), self.D(*self.samples(len(x)))
        game = sum(map(loss_of_real, real)) + sum(map(loss_of_fake, fake))
        return game + decay(self.D)

    def generator_loss(self, x, y):
        fake = self.D(*self.samples(len(x)))
        return sum(map(loss_of_real, fake)) + decay(self.G)


def decay(player):
    """The penalty on kernels, which are all weights of more than one axis."""
    kernels = (weight for weight in player.parameters() if weight.ndim > 1)
    return games.WEIGHT_DECAY / 2 * sum(w.square().sum() for w in kernels)


class LAPGAN(torch_game.Contender):
    """The loop of a game at each level of a pyramid, which knows the data's below."""

    def to_module(self, name, network):
        convert = super().to_module
        levels = laplacian.levels_of(network)
        return nn.ModuleList([convert(name, level) for level in levels])

    def latents(self, count):
        return uniform(count, games.count_latents(self.case))

    def discriminator_loss(self, x):
        levels = decompose(x)
        judged = zip(self.D, levels, self.sample_levels(levels))
        return sum(loss_of_real(D(r)) + loss_of_fake(D(f)) for D, r, f in judged)

    def generator_loss(self, x):
        judged = zip(self.D, self.sample_levels(decompose(x)))
        return sum(loss_of_real(D(fake)) for D, fake in judged)

    def sample_levels(self, levels):
        """Samples in the place of images and residuals, for the same conditions."""
        images, *others = levels
        sizes = [condition[0, 0].numel() for _, condition in others]
        z, *planes = self.latents(len(images)).split([games.LATENTS, *sizes], 1)
        base, *generators = self.G
        fakes = [base(z)]
        for G, plane, (_, condition) in zip(generators, planes, others):
            noise = plane.reshape(-1, 1, *condition.shape[2:])
            fakes.append([G([noise, condition]), condition])
        return fakes


def decompose(x):
    """The smallest images, and of each larger size its residuals and conditions."""
    levels = []
    for _ in range(games.LEVELS):
        smaller = F.avg_pool2d(x, 2)
        condition = F.interpolate(smaller, scale_factor=2, mode="bilinear")
        levels.insert(0, [x - condition, condition])
        x = smaller
    return [x, *levels]
