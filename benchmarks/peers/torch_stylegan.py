"""StyleGAN in plain PyTorch, eager, with the operations of `torch_stylegan2`.

The networks do not grow. In each update of the discriminator R1 is on the slope of the
very logits of its loss.
"""

import random

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers import torch_stylegan2
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_networks import to_parameter
from benchmarks.peers.torch_networks import weights_of
from benchmarks.peers.torch_r3gan import Constant
from benchmarks.peers.torch_stylegan2 import Convolution
from benchmarks.peers.torch_stylegan2 import Dense


class Contender(torch_stylegan2.Contender):
    """The loop, with R1 in every step and styles of two latents in most batches."""

    def to_module(self, name, network):
        if name == "generator":
            return Generator(network)
        return super().to_module(name, network)

    def train_step(self, batch):
        x = [batch[0].contiguous()]
        d_loss = self.minimize(self.discriminator_loss, x, 0)
        return d_loss, self.minimize(self.generator_loss, x, 1)

    def samples(self, count):
        styles, others = (self.G.map(self.latents(count)) for _ in range(2))
        if random.random() < games.STYLE_MIXING:
            place = random.randrange(1, self.G.map.count)
            styles = torch.cat([styles[:, :place], others[:, place:]], 1)
        return self.synthesize(styles), styles

    def discriminator_loss(self, x):
        fakes, _ = self.samples(len(x))
        real, square = torch_game.judge(self.D, x)
        penalty = games.R1_WEIGHT / 2 * square
        return loss_of_real(real) + loss_of_fake(self.D(fakes)) + penalty


class Styled(nn.Module):
    """Noise, the activation, and the mean and deviation that a style says."""

    def __init__(self, synthesis, name):
        super().__init__()
        noise, style = (synthesis.get_layer(f"{name}_{n}") for n in ("noise", "style"))
        self.start = noise.start
        self.strength = to_parameter(weights_of(noise)[0][:, None, None])
        self.to_statistics = Dense(style.to_statistics)

    def forward(self, x, style, noise):
        part = torch_stylegan2.part_of(noise, self.start, x)
        x = torch_stylegan2.activate(x + self.strength * part)
        scale, bias = self.to_statistics(style)[:, :, None, None].chunk(2, 1)
        return (scale + 1) * F.instance_norm(x, eps=1e-8) + bias


class Generator(nn.Module):
    """Mapping and synthesis, from a learned constant by plain convolutions."""

    def __init__(self, model):
        super().__init__()
        mapping, synthesis = map(model.get_layer, ("mapping", "synthesis"))
        self.map = torch_stylegan2.Mapping(mapping)
        self.noise_size = synthesis.input_shape[1][1]
        self.constant = Constant(synthesis.get_layer("constant"))
        names = [f"block{i // 2}_conv{i % 2}" for i in range(1, self.map.count)]
        convolutions = [Convolution(synthesis.get_layer(name)) for name in names]
        self.convolutions = nn.ModuleList([nn.Identity(), *convolutions])
        self.styled = nn.ModuleList(
            [Styled(synthesis, name) for name in ("constant", *names)]
        )
        self.to_image = Convolution(synthesis.get_layer("to_image"))

    def synthesize(self, styles, noise):
        x = self.constant(noise)
        layers = zip(self.convolutions, self.styled, styles.unbind(1))
        for convolution, styled, style in layers:
            x = styled(convolution(x), style, noise)
        return self.to_image(x)
