"""CycleGAN, SRGAN and PredictiveGAN in plain PyTorch, eager: from images to images.

Their generators draw nothing. Images are made once, for the updates of both players,
as in CycleGAN's authors' code. SRGAN and PredictiveGAN are in their adversarial stage.
"""

import keras
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers import torch_networks
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_networks import to_parameter
from benchmarks.peers.torch_networks import weights_of


class Translating(torch_game.Contender):
    """What the loops share."""

    def require_gradients(self, i):
        """Those of generators always: what the first update makes, the second uses."""
        for name in self.sides[0]:
            self.players[name].requires_grad_(i == 0)


class CycleGAN(Translating):
    """The loop of two games, there and back."""

    sides = (
        ("discriminator", "backward_discriminator"),
        ("generator", "backward_generator"),
    )
    converters = torch_networks.CONVERTERS | {
        "Pad": lambda operation: nn.ReflectionPad2d(
            (*operation.pad_width[2], *operation.pad_width[1])
        )
    }

    def __init__(self, case):
        super().__init__(case)
        self.F = self.players["backward_generator"]
        self.judges = self.players["backward_discriminator"], self.D

    def discriminator_loss(self, x, y):
        self.fakes = self.F(y), self.G(x)
        return sum(
            ((D(real) - 1).square().mean() + D(fake.detach()).square().mean()) / 2
            for D, real, fake in zip(self.judges, (x, y), self.fakes)
        )

    def generator_loss(self, x, y):
        x_hat, y_hat = self.fakes
        game = sum(
            (D(fake) - 1).square().mean() for D, fake in zip(self.judges, self.fakes)
        )
        cycle = F.l1_loss(self.F(y_hat), x) + F.l1_loss(self.G(x_hat), y)
        return game + games.CYCLE_WEIGHT * cycle


class SRGAN(Translating):
    """The loop of the game of large images, near in their pixels."""

    def discriminator_loss(self, x, y):
        self.fakes = self.G(x)
        return loss_of_real(self.D(y)) + loss_of_fake(self.D(self.fakes.detach()))

    def generator_loss(self, x, y):
        game = loss_of_real(self.D(self.fakes))
        return F.mse_loss(self.fakes, y) + games.ADVERSARIAL_WEIGHT * game


class ToImages(nn.Module):
    """Sequences of images, whose channels are last, as images."""

    def forward(self, x):
        return x.flatten(0, 1).permute(0, 3, 1, 2)


class ToSequences(nn.Module):
    """Maps of images as features of sequences."""

    def __init__(self, frames):
        super().__init__()
        self.frames = frames

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(-1, self.frames, x[0].numel())


def _reshape(operation):
    if isinstance(operation, keras.layers.Reshape):
        return torch_networks.CONVERTERS["Reshape"](operation)
    _, *shape = operation.newshape
    return ToImages() if len(shape) == 3 else ToSequences(shape[0])


class LSTM(nn.Module):
    """The last output of a recurrent layer, with one bias as Keras has it."""

    def __init__(self, layer):
        super().__init__()
        kernel, recurrent, bias = weights_of(layer)
        self.layer = nn.LSTM(*kernel.shape[:1], layer.units, batch_first=True)
        self.layer.weight_ih_l0 = to_parameter(kernel.T)
        self.layer.weight_hh_l0 = to_parameter(recurrent.T)
        self.layer.bias_ih_l0 = to_parameter(bias)
        nn.init.zeros_(self.layer.bias_hh_l0).register_hook(torch.zeros_like)

    def forward(self, x):
        outputs, _ = self.layer(x)
        return outputs[:, -1]


class PredictiveGAN(Translating):
    """The loop of the game of past images and the next one."""

    converters = torch_networks.CONVERTERS | {"Reshape": _reshape, "LSTM": LSTM}

    def discriminator_loss(self, sequences):
        past, x = split(sequences)
        self.fakes = self.G(past)
        real, fake = self.D([past, x]), self.D([past, self.fakes.detach()])
        return loss_of_real(real) + loss_of_fake(fake)

    def generator_loss(self, sequences):
        past, x = split(sequences)
        game = loss_of_real(self.D([past, self.fakes]))
        return F.mse_loss(self.fakes, x) + games.ADVERSARIAL_WEIGHT * game


def split(sequences):
    """Past images, whose channels are last, and the next one, whose are first."""
    return sequences[:, :-1], sequences[:, -1].permute(0, 3, 1, 2)
