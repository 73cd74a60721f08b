"""CoGAN in plain PyTorch, eager: a game of several domains, whose losses are summed."""

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_game import uniform


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
