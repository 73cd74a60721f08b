"""StyleGAN2 in plain PyTorch, eager, by the operations of its authors' reference path.

https://github.com/NVlabs/stylegan2-ada-pytorch, of which nothing is copied, computes so
where its own kernels are not used: resampling stores zeros between pixels, filters each
channel by a kernel of 4 x 4, and throws away what is not kept; in training, a modulated
convolution scales its inputs and outputs. Images are channels first in memory.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real
from benchmarks.peers.torch_networks import to_parameter
from benchmarks.peers.torch_networks import weights_of

TAPS = np.array([1.0, 3.0, 3.0, 1.0], "float32") / 8
FILTER = torch.from_numpy(np.outer(TAPS, TAPS))[None, None].to(torch_game.DEVICE)


class Contender(torch_game.Contender):
    """The loop, with both penalties in every n-th step."""

    def __init__(self, case):
        super().__init__(case)
        self.mean_length = torch.zeros((), device=torch_game.DEVICE)
        self.steps = 0

    def to_module(self, name, network):
        return {"generator": Generator, "discriminator": Discriminator}[name](network)

    def train_step(self, batch):
        x = [batch[0].contiguous()]
        d_loss = self.minimize(self.discriminator_loss, x, 0)
        if self.steps % games.R1_INTERVAL == 0:
            self.minimize(self.r1, x, 0)
        g_loss = self.minimize(self.generator_loss, x, 1)
        if self.steps % games.PATH_INTERVAL == 0:
            self.minimize(self.path_length, x, 1)
        self.steps += 1
        return d_loss, g_loss

    def samples(self, count):
        styles = self.G.map(self.latents(count))
        return self.synthesize(styles), styles

    def synthesize(self, styles):
        noise = self.normal(len(styles), self.G.noise_size)
        return self.G.synthesize(styles, noise)

    def discriminator_loss(self, x):
        fakes, _ = self.samples(len(x))
        return loss_of_real(self.D(x)) + loss_of_fake(self.D(fakes))

    def generator_loss(self, x):
        fakes, _ = self.samples(len(x))
        return loss_of_real(self.D(fakes))

    def r1(self, x):
        _, square = torch_game.judge(self.D, x)
        return games.R1_INTERVAL * games.R1_WEIGHT / 2 * square

    def path_length(self, x):
        count = (len(x) + 1) // 2
        fakes, styles = self.samples(count)
        y = self.normal(count, *self.case.image_shape).permute(0, 3, 1, 2)
        weighed = (fakes * y).sum() / math.sqrt(math.prod(fakes.shape[2:]))
        (slope,) = torch.autograd.grad(weighed, styles, create_graph=True)
        lengths = slope.square().sum(2).mean(1).sqrt()
        mean = self.mean_length.lerp(lengths.mean(), 0.01)
        self.mean_length = mean.detach()
        penalty = (lengths - mean).square().mean()
        return games.PATH_INTERVAL * games.PATH_WEIGHT * penalty


# === Operations ===


def resample(x, up=1, down=1, pads=(0, 0), gain=1.0):
    """Zeros after each pixel, a margin, the filter, and each `down`-th pixel."""
    count, channels, height, width = x.shape
    if up > 1:
        x = x.reshape(count, channels, height, 1, width, 1)
        x = F.pad(x, (0, up - 1, 0, 0, 0, up - 1))
        x = x.reshape(count, channels, height * up, width * up)
    x = F.pad(x, (*pads, *pads))
    kernel = (FILTER * gain).expand(channels, 1, 4, 4)
    return F.conv2d(x, kernel, groups=channels)[:, :, ::down, ::down]


def convolve(x, kernel, sampling, margin=0):
    """A convolution, and the filter before or after it; without one, with a margin."""
    is_point = kernel.shape[2] == 1
    if sampling == "up":
        if is_point:
            return resample(F.conv2d(x, kernel), up=2, pads=(2, 1), gain=4)
        x = F.conv_transpose2d(x, kernel.transpose(0, 1), stride=2)
        return resample(x, pads=(1, 1), gain=4)
    if sampling == "down":
        if is_point:
            return F.conv2d(resample(x, down=2, pads=(1, 1)), kernel)
        return F.conv2d(resample(x, pads=(2, 2)), kernel, stride=2)
    return F.conv2d(x, kernel, padding=kernel.shape[2] // 2 + margin)


def activate(x):
    """LeakyReLU that keeps the size of N(0, 1), about."""
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


# === Layers ===


class Dense(nn.Module):
    """A layer whose weights are scaled where they are used."""

    def __init__(self, layer):
        super().__init__()
        kernel, bias = weights_of(layer)
        self.weight, self.bias = to_parameter(kernel.T), to_parameter(bias)
        self.gain = layer.multiplier
        self.activate = activate if layer.activation.__name__ != "linear" else None

    def forward(self, x):
        weight = self.weight * (self.gain / math.sqrt(self.weight.shape[1]))
        x = F.linear(x, weight, self.bias * self.gain)
        return self.activate(x) if self.activate else x


class Convolution(nn.Module):
    """The same of a convolution."""

    def __init__(self, layer):
        super().__init__()
        kernel, *bias = weights_of(layer)
        self.weight = to_parameter(kernel.transpose(3, 2, 0, 1))
        self.bias = to_parameter(bias[0]) if bias else None
        self.sampling = layer.sampling
        self.activate = activate if layer.activation.__name__ != "linear" else None

    def forward(self, x):
        weight = self.weight / math.sqrt(self.weight[0].numel())
        x = convolve(x, weight, self.sampling)
        x = x if self.bias is None else x + self.bias[:, None, None]
        return self.activate(x) if self.activate else x


class Modulated(nn.Module):
    """A modulated convolution; with noise and the activation, or of colours."""

    def __init__(self, layer, noise=None, margin=0):
        super().__init__()
        kernel, bias, *_ = weights_of(layer)
        self.weight = to_parameter(kernel.transpose(3, 2, 0, 1))
        self.bias = to_parameter(bias)
        self.to_scales = Dense(layer.to_scales)
        self.sampling, self.demodulate = layer.sampling, layer.demodulate
        self.margin = margin
        self.has_noise = noise is not None
        if self.has_noise:
            self.start = noise.start
            self.strength = to_parameter(weights_of(noise)[0])

    def forward(self, x, style, noise=None):
        scales = self.to_scales(style)
        weight = self.weight / math.sqrt(self.weight[0].numel())
        x = x * scales[:, :, None, None]
        x = convolve(x, weight, self.sampling, self.margin)
        if self.demodulate:
            squares = (weight[None] * scales[:, None, :, None, None]).square()
            d = (squares.sum((2, 3, 4)) + 1e-8).rsqrt()
            x = x * d[:, :, None, None]
        if self.has_noise:
            x = x + self.strength * part_of(noise, self.start, x)
        x = x + self.bias[:, None, None]
        return activate(x) if self.has_noise else x


def part_of(noise, start, x):
    """A map of noise for each of some features."""
    height, width = x.shape[2:]
    return noise[:, start : start + height * width].view(-1, 1, height, width)


# === Networks ===


class Mapping(nn.Module):
    """Latents to a style for each layer."""

    def __init__(self, model):
        super().__init__()
        dense = [one for one in model.layers if one.name.startswith("dense")]
        self.layers = nn.Sequential(*map(Dense, dense))
        *_, self.count, _ = model.output_shape

    def forward(self, z):
        z = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        return self.layers(z)[:, None].repeat(1, self.count, 1)


class Generator(nn.Module):
    """Mapping and synthesis, whose image is the sum of one of each size."""

    def __init__(self, model):
        super().__init__()
        mapping, synthesis = map(model.get_layer, ("mapping", "synthesis"))
        self.map = Mapping(mapping)
        self.noise_size = synthesis.input_shape[1][1]
        (constant,) = weights_of(synthesis.get_layer("constant"))
        self.constant = to_parameter(constant.transpose(2, 0, 1))

        def styled(name):
            noise = synthesis.get_layer(f"{name}_noise")
            return Modulated(synthesis.get_layer(name), noise)

        self.first, self.convolutions = styled("block0_conv1"), nn.ModuleList()
        self.to_image = nn.ModuleList()
        for i in range(self.map.count // 2):
            if i:
                pair = styled(f"block{i}_conv0"), styled(f"block{i}_conv1")
                self.convolutions.append(nn.ModuleList(pair))
            to_image = synthesis.get_layer(f"block{i}_to_image")
            self.to_image.append(Modulated(to_image))

    def synthesize(self, styles, noise):
        styles = styles.unbind(1)
        x = self.constant[None].expand(len(noise), -1, -1, -1)
        x = self.first(x, styles[0], noise)
        image = self.to_image[0](x, styles[1])
        for i, (up, plain) in enumerate(self.convolutions, 1):
            x = plain(up(x, styles[2 * i - 1], noise), styles[2 * i], noise)
            image = resample(image, up=2, pads=(2, 1), gain=4)
            image = image + self.to_image[i](x, styles[2 * i + 1])
        return image


class Discriminator(nn.Module):
    """Blocks, residual or plain, the deviation in groups, and the logit."""

    def __init__(self, model):
        super().__init__()
        self.from_image = Convolution(model.get_layer("block0_from_image"))
        self.blocks = nn.ModuleList()
        names = {layer.name for layer in model.layers}
        while f"block{len(self.blocks)}_conv0" in names:
            block = f"block{len(self.blocks)}"
            parts = [f"{block}_{part}" for part in ("conv0", "conv1", "shortcut")]
            layers = [Convolution(model.get_layer(p)) for p in parts if p in names]
            self.blocks.append(nn.ModuleList(layers))
        self.last_conv = Convolution(model.get_layer("last_conv"))
        self.last_dense = Dense(model.get_layer("last_dense"))
        self.logit = Dense(model.get_layer("logit"))
        (self.group_size,) = (
            layer.group_size for layer in model.layers if hasattr(layer, "group_size")
        )

    def forward(self, x):
        x = self.from_image(x)
        for plain, down, *shortcuts in self.blocks:
            y = down(plain(x))
            for shortcut in shortcuts:
                y = (y + shortcut(x)) * math.sqrt(0.5)
            x = y
        x = self.last_conv(self.with_deviation(x))
        x = x.permute(0, 2, 3, 1).flatten(1)
        return self.logit(self.last_dense(x))

    def with_deviation(self, x):
        group = min(self.group_size, len(x))
        y = x.reshape(group, -1, *x.shape[1:])
        deviation = (y.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
        shape = -1, 1, *x.shape[2:]
        maps = deviation.repeat(group)[:, None, None, None].expand(shape)
        return torch.cat([x, maps], 1)
