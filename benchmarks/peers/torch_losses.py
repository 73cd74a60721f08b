"""MinimaxGAN, HingeGAN, RpGAN, WGAN, DRAGAN and UnrolledGAN in plain PyTorch, eager.

Their networks are DCGAN's; what differs is the loss, or what bounds the discriminator.
"""

import torch
from torch.func import functional_call
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_tutorial import Math


class MinimaxGAN(torch_game.Contender):
    """The loop of the game whose players have one value."""

    def discriminator_loss(self, x):
        return loss_of_real(self.D(x)) + loss_of_fake(self.D(*self.samples(len(x))))

    def generator_loss(self, x):
        return -loss_of_fake(self.D(*self.samples(len(x))))


class HingeGAN(torch_game.Contender):
    """The loop of the hinge game."""

    def discriminator_loss(self, x):
        real, fake = self.D(x), self.D(*self.samples(len(x)))
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()

    def generator_loss(self, x):
        return -self.D(*self.samples(len(x))).mean()


class RpGAN(torch_game.Contender):
    """The loop of the game of pairs."""

    def discriminator_loss(self, x):
        return loss_of_real(self.D(x) - self.D(*self.samples(len(x))))

    def generator_loss(self, x):
        return loss_of_fake(self.D(x) - self.D(*self.samples(len(x))))


class WGAN(torch_game.Contender):
    """The loop of the game of clipped weights."""

    def minimize(self, loss_fn, share, i):
        loss = super().minimize(loss_fn, share, i)
        if i == 0:
            with torch.no_grad():
                for weight in self.D.parameters():
                    weight.clamp_(-games.CLIP, games.CLIP)
        return loss

    def discriminator_loss(self, x):
        return self.D(*self.samples(len(x))).mean() - self.D(x).mean()

    def generator_loss(self, x):
        return -self.D(*self.samples(len(x))).mean()


class DRAGAN(torch_game.Contender):
    """The loop of the game with a penalty on slopes around data."""

    def discriminator_loss(self, x):
        delta = x.std(correction=0) / 2 * self.fractions(*x.shape)
        around = x + self.fractions(len(x), 1, 1, 1) * delta
        penalty = (Math.slope(self.D, around) - 1).square().mean()
        real, fake = self.D(x), self.D(*self.samples(len(x)))
        return loss_of_real(real) + loss_of_fake(fake) + games.PENALTY * penalty

    def generator_loss(self, x):
        return loss_of_real(self.D(*self.samples(len(x))))


class UnrolledGAN(torch_game.Contender):
    """The loop of the game whose generator looks some steps of its opponent ahead."""

    def discriminator_loss(self, x):
        return self.loss(self.D, x, *self.samples(len(x)))

    def generator_loss(self, x):
        (fakes,) = self.samples(len(x))
        theta = dict(self.D.named_parameters())

        def judge(images):
            return functional_call(self.D, theta, (images,))

        for _ in range(games.UNROLLING_STEPS):
            loss = self.loss(judge, x, fakes)
            slopes = torch.autograd.grad(loss, theta.values(), create_graph=True)
            theta = {
                name: weight - games.UNROLLING_RATE * slope
                for (name, weight), slope in zip(theta.items(), slopes)
            }
        return -self.loss(judge, x, fakes)

    def loss(self, judge, x, fakes):
        return loss_of_real(judge(x)) + loss_of_fake(judge(fakes))

    def require_gradients(self, i):
        """Those of the discriminator in both updates, for the steps ahead."""
        self.G.requires_grad_(i == 1)
