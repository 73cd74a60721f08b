"""IcGAN and GANCLS in plain PyTorch, eager, in their adversarial stage.

Their discriminators tell images with what belongs to them from images with what belongs
to others, and from samples. No encoder is trained in this stage.
"""

import numpy as np
import torch
from torch import nn

from benchmarks.peers import torch_game
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_networks import to_parameter
from benchmarks.peers.torch_networks import weights_of


class Matching(torch_game.Contender):
    """The loop of the game of images with vectors, as IcGAN plays it."""

    sides = (("discriminator",), ("generator",))

    def tell(self, y):
        """What the players are told: a vector for each image."""
        return y

    def discriminator_loss(self, x, y):
        others, y = next_other(y), self.tell(y)
        right, wrong = self.D([x, y]), self.D([x, y[others]])
        of_wrong = (loss_of_fake(wrong) + loss_of_fake(self.judge_samples(y))) / 2
        return loss_of_real(right) + of_wrong

    def generator_loss(self, x, y):
        return loss_of_real(self.judge_samples(self.tell(y)))

    def judge_samples(self, y):
        return self.D([self.G([self.latents(len(y)), y]), y])


def next_other(y):
    """For each row the place of the next one that differs, around the end."""
    places = torch.arange(len(y), device=y.device)
    ahead = (places - places[:, None]) % len(y)
    same = (y[:, None] == y).all(2)
    return ahead.masked_fill(same, len(y)).argmin(1)


class TextEncoder(nn.Module):
    """Texts to vectors: the output of a recurrent layer at the last word of each."""

    def __init__(self, model):
        super().__init__()
        embedding, recurrent = (layer for layer in model.layers if layer.weights)
        self.embed = nn.Embedding(*embedding.embeddings.shape)
        self.embed.weight = to_parameter(*weights_of(embedding))
        self.read = _recurrent(recurrent)

    def forward(self, tokens):
        outputs, _ = self.read(self.embed(tokens))
        last = (tokens > 0).sum(1) - 1
        return outputs[torch.arange(len(tokens), device=tokens.device), last]


def _recurrent(layer):
    kernel, recurrent, biases = map(_swap_gates, weights_of(layer))
    module = nn.GRU(len(kernel), layer.units, batch_first=True)
    module.weight_ih_l0 = to_parameter(kernel.T)
    module.weight_hh_l0 = to_parameter(recurrent.T)
    module.bias_ih_l0, module.bias_hh_l0 = map(to_parameter, biases)
    return module


def _swap_gates(weights):
    # Keras has the first two of three in the other order.
    update, reset, new = np.split(weights, 3, axis=-1)
    return np.concatenate([reset, update, new], axis=-1)


class GANCLS(Matching):
    """The loop of the game of texts, of which the generator is also told mixtures."""

    def __init__(self, case):
        super().__init__(case)
        self.players["text_encoder"].requires_grad_(False)

    def to_module(self, name, network):
        if name == "text_encoder":
            return TextEncoder(network)
        return super().to_module(name, network)

    def tell(self, y):
        return self.players["text_encoder"](y)

    def generator_loss(self, x, y):
        told = self.tell(y)
        mixed = (told + told[next_other(y)]) / 2
        return sum(loss_of_real(self.judge_samples(one)) for one in (told, mixed))
