"""StyleGAN3 in plain PyTorch, eager, by the operations of its authors' reference path.

https://github.com/NVlabs/stylegan3, of which nothing is copied, filters so where its
own kernels are not used: it stores zeros between samples, and convolves each channel by
the taps along one axis and then along the other. Images are channels first in memory.
"""

import math

import numpy as np
import torch
from scipy import signal
from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_stylegan2
from benchmarks.peers.torch_networks import named_weights
from benchmarks.peers.torch_networks import to_parameter
from benchmarks.peers.torch_stylegan2 import Modulated
from ganzoo.layers.style import filtered
from ganzoo.networks.stylegan3 import OUTPUT_SCALE


class Contender(torch_stylegan2.Contender):
    """The loop, with R1 in every n-th step."""

    def to_module(self, name, network):
        if name == "generator":
            return Generator(network)
        return super().to_module(name, network)

    def train_step(self, batch):
        x = [batch[0].contiguous()]
        d_loss = self.minimize(self.discriminator_loss, x, 0)
        if self.steps % games.R1_INTERVAL == 0:
            self.minimize(self.r1, x, 0)
        self.steps += 1
        return d_loss, self.minimize(self.generator_loss, x, 1)

    def require_gradients(self, i):
        """Magnitudes follow the samples of the discriminator's updates."""
        super().require_gradients(i)
        self.G.train(i == 0)

    def synthesize(self, styles):
        return self.G.synthesize(styles)


class Waves(nn.Module):
    """Fourier features that a style turns and moves, mixed by a matrix."""

    def __init__(self, layer):
        super().__init__()
        weights = named_weights(layer)
        for name in ("frequencies", "phases"):
            self.register_buffer(name, torch.from_numpy(weights[name]))
        for name in ("kernel", "to_movement", "movement"):
            setattr(self, name, to_parameter(weights[name]))
        places = (np.arange(layer.side) - (layer.side - 1) / 2) / layer.rate
        self.register_buffer("places", torch.from_numpy(places.astype("float32")))

    def forward(self, style):
        of_style = style @ self.to_movement / math.sqrt(style.shape[1])
        movement = of_style + self.movement
        movement = movement / movement[:, :2].norm(dim=1, keepdim=True)
        cosine, sine = movement[:, :2, None].unbind(1)
        across, down = self.frequencies.unbind(1)
        turned = torch.stack(
            [cosine * across + sine * down, cosine * down - sine * across]
        )
        shift = movement[:, 2:].T[:, :, None]
        phases = self.phases - (turned * shift).sum(0)
        across, down = turned[..., None, None]
        waves = across * self.places + down * self.places[:, None]
        waves = (2 * math.pi * (waves + phases[..., None, None])).sin()
        kernel = self.kernel.T / math.sqrt(len(self.kernel))
        return F.conv2d(waves, kernel[:, :, None, None])


class Magnitude(nn.Module):
    """Features divided by what their size has been in training."""

    def __init__(self, layer):
        super().__init__()
        self.half_life = layer.half_life
        self.register_buffer("square", torch.ones(()))

    def forward(self, x):
        if self.training:
            decay = 0.5 ** (len(x) / self.half_life)
            self.square = x.detach().square().mean().lerp(self.square, decay)
        return x * self.square.rsqrt()


class Activation(nn.Module):
    """The activation of a signal that is more finely sampled, between two filters."""

    def __init__(self, layer):
        super().__init__()
        rate = layer.upsampling * max(layer.before[0], layer.after[0])
        self.up, self.down = (rate // band[0] for band in (layer.before, layer.after))
        self.pads = layer.pads
        self.register_buffer("up_taps", self.up * lowpass(layer.before, rate))
        self.register_buffer("down_taps", lowpass(layer.after, rate))

    def forward(self, x):
        count, channels, height, width = x.shape
        x = x.reshape(count, channels, height, 1, width, 1)
        x = F.pad(x, (0, self.up - 1, 0, 0, 0, self.up - 1))
        x = x.reshape(count, channels, height * self.up, width * self.up)
        x = convolve_axes(F.pad(x, 2 * self.pads), self.up_taps)
        x = torch_stylegan2.activate(x).clamp(-filtered.LIMIT, filtered.LIMIT)
        return convolve_axes(x, self.down_taps, self.down)


def lowpass(band, rate):
    """The taps of a filter for a band of samples, cutoff, and half a transition."""
    own_rate, cutoff, half_width = band
    factor = rate // own_rate
    if factor == 1:
        return torch.ones(1)
    count = filtered.TAPS * factor
    taps = signal.firwin(count, cutoff, width=2 * half_width, fs=rate)
    return torch.from_numpy(taps.astype("float32"))


def convolve_axes(x, taps, stride=1):
    """Each channel along one axis and then the other, keeping each n-th sample."""
    channels = x.shape[1]
    taps = taps.expand(channels, 1, 1, -1)
    x = F.conv2d(x, taps, stride=(1, stride), groups=channels)
    return F.conv2d(x, taps.mT, stride=(stride, 1), groups=channels)


class Generator(nn.Module):
    """Mapping and synthesis, from waves to an image."""

    def __init__(self, model):
        super().__init__()
        mapping, synthesis = map(model.get_layer, ("mapping", "synthesis"))
        self.map = torch_stylegan2.Mapping(mapping)
        layers = {layer.name: layer for layer in synthesis.layers}
        (waves,) = (one for one in synthesis.layers if hasattr(one, "bandwidth"))
        self.waves, self.layers = Waves(waves), nn.ModuleList()
        for i in range(self.map.count - 2):
            name = f"layer{i}"
            parts = (
                Magnitude(layers[f"{name}_magnitude"]),
                Modulated(layers[name], margin=1),
                Activation(layers[f"{name}_activation"]),
            )
            self.layers.append(nn.ModuleList(parts))
        self.last_magnitude = Magnitude(layers["to_image_magnitude"])
        self.to_image = Modulated(layers["to_image"])

    def synthesize(self, styles):
        first, *inner, last = styles.unbind(1)
        x = self.waves(first)
        for (magnitude, convolution, activation), style in zip(self.layers, inner):
            x = activation(convolution(magnitude(x), style))
        return OUTPUT_SCALE * self.to_image(self.last_magnitude(x), last)
