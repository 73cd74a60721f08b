"""ALI, VAEGAN, BigBiGAN and FAnoGAN in plain PyTorch, eager: games with an encoder.

The first three have a stochastic one. FAnoGAN is in the stage of its encoder.
"""

import keras
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers import torch_hinge
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_networks import Sum


class Encoding(torch_game.Contender):
    """What both loops share."""

    def moments(self, x):
        """Means and logarithms of the deviations of latents."""
        return self.players["encoder"](x).chunk(2, 1)

    def draw_codes(self, mu, log_sigma):
        return mu + log_sigma.exp() * self.normal(*mu.shape)

    def encode(self, x):
        return self.draw_codes(*self.moments(x))


class ALI(Encoding):
    """The loop of the game of pairs of an image and a latent."""

    def logits(self, x):
        """Of encoded pairs, and of generated ones."""
        z = self.latents(len(x))
        return self.D([x, self.encode(x)]), self.D([self.G(z), z])

    def discriminator_loss(self, x):
        encoded, generated = self.logits(x)
        return loss_of_real(encoded) + loss_of_fake(generated)

    def generator_loss(self, x):
        encoded, generated = self.logits(x)
        return loss_of_fake(encoded) + loss_of_real(generated)


class VAEGAN(Encoding):
    """The loop of three players: as in the paper, two of them share a pass."""

    def train_step(self, batch):
        d_loss, losses = super().train_step(batch)
        return d_loss, losses.sum()

    def discriminator_loss(self, x):
        fakes = self.G(self.encode(x)), self.G(self.latents(len(x)))
        of_fakes = sum(loss_of_fake(self.D(fake)["logit"]) for fake in fakes)
        return loss_of_real(self.D(x)["logit"]) + of_fakes

    def generator_loss(self, x):
        """The encoder's and the decoder's, `(2,)`."""
        mu, log_sigma = self.moments(x)
        prior = (mu.square() + (2 * log_sigma).exp() - 1) / 2 - log_sigma
        told = self.D(self.G(self.draw_codes(mu, log_sigma)))
        apart = told["features"] - self.D(x)["features"]
        likeness = apart.square().sum(1).mean() / 2
        of_samples = self.D(self.G(self.latents(len(x))))["logit"]
        game = -loss_of_fake(told["logit"]) - loss_of_fake(of_samples)
        return torch.stack(
            [
                prior.sum(1).mean() + likeness,
                games.RECONSTRUCTION_WEIGHT * likeness + game,
            ]
        )

    def backward(self, losses):
        """Of two losses, each goes to the weights of its own network."""
        if not losses.ndim:
            return super().backward(losses)
        for name, loss in zip(("encoder", "generator"), losses):
            weights = [*self.players[name].parameters()]
            loss.backward(inputs=weights, retain_graph=True)


class Parts(nn.Module):
    """So many equal parts of features."""

    def __init__(self, operation):
        super().__init__()
        self.count = operation.indices_or_sections

    def forward(self, x):
        return x.chunk(self.count, 1)


class Mean(nn.Module):
    """The mean of each map."""

    def forward(self, x):
        return x.mean((2, 3))


class OneMore(nn.Module):
    """What comes in, and 1."""

    def forward(self, x):
        return x + 1


def _add(operation):
    node = operation._inbound_nodes[0]
    return OneMore() if len(node.arguments.keras_tensors) == 1 else Sum()


class BigBiGAN(Encoding, torch_hinge.Contender):
    """The loop of three hinge games, whose pairs the discriminator sees together."""

    converters = torch_hinge.CONVERTERS | {
        "Split": Parts,
        "Add": _add,
        "GlobalAveragePooling2D": lambda layer: Mean(),
    }

    def to_module(self, name, network):
        if name == "encoder":
            *_, dense = (layer for layer in network.layers if layer.weights)
            network = keras.Model(network.inputs, dense.output)
        return super().to_module(name, network)

    def moments(self, x):
        mu, rho = super().moments(x)
        return mu, F.softplus(rho.clamp(min=-20)).log()

    def scores(self, x):
        """Of encoded pairs, and of generated ones."""
        z = self.latents(len(x))
        pairs = torch.cat([x, self.G(z)]), torch.cat([self.encode(x), z])
        return self.D(pairs).chunk(2)

    def discriminator_loss(self, x):
        encoded, generated = self.scores(x)
        return (F.relu(1 - encoded) + F.relu(1 + generated)).sum(1).mean()

    def generator_loss(self, x):
        encoded, generated = self.scores(x)
        return (encoded - generated).sum(1).mean()


class FAnoGAN(torch_game.Contender):
    """The loop of an encoder whose images are near, also in the critic's features."""

    sides = (("discriminator",), ("encoder",))

    def __init__(self, case):
        super().__init__(case)
        for network in (self.G, self.D):
            network.eval().requires_grad_(False)

    def to_module(self, name, network):
        module = super().to_module(name, network)
        if name == "discriminator":
            module.layers_in_order[-1] = nn.Identity()
        return module

    def train_step(self, batch):
        return [self.minimize(self.encoder_loss, batch, 1)]

    def encoder_loss(self, x):
        x_hat = self.G(self.players["encoder"](x))
        return F.mse_loss(x_hat, x) + F.mse_loss(self.D(x_hat), self.D(x))
