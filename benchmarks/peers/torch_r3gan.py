"""R3GAN in plain PyTorch, eager, in the way of its authors' code.

https://github.com/brownvc/R3GAN, of which nothing is copied: in an update of the
discriminator, both penalties are on the slopes of the very logits that are compared.
Resampling is that of `torch_stylegan2`.
"""

from torch import nn
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers import torch_networks
from benchmarks.peers import torch_stylegan2
from benchmarks.peers.torch_networks import to_parameter
from benchmarks.peers.torch_networks import weights_of


class Constant(nn.Module):
    """A learned image, for each example the same."""

    def __init__(self, layer):
        super().__init__()
        (constant,) = weights_of(layer)
        self.constant = to_parameter(constant.transpose(2, 0, 1))

    def forward(self, x):
        return self.constant[None].expand(len(x), -1, -1, -1)


class Resampling(nn.Module):
    """Twice or half the size."""

    def __init__(self, layer):
        super().__init__()
        self.up = layer.kind == "up"

    def forward(self, x):
        if self.up:
            return torch_stylegan2.resample(x, up=2, pads=(2, 1), gain=4)
        return torch_stylegan2.resample(x, down=2, pads=(1, 1))


def _convolution(layer):
    kernel, *bias = weights_of(layer)
    side, _, inputs, outputs = kernel.shape
    sizes = inputs * layer.groups, outputs, side, 1, side // 2
    module = nn.Conv2d(*sizes, groups=layer.groups, bias=bool(bias))
    module.weight = to_parameter(kernel.transpose(3, 2, 0, 1))
    if bias:
        module.bias = to_parameter(bias[0])
    return module


def _depthwise(layer):
    (kernel,) = weights_of(layer)
    *sides, channels, _ = kernel.shape
    module = nn.Conv2d(channels, channels, sides, groups=channels, bias=False)
    module.weight = to_parameter(kernel.transpose(2, 3, 0, 1))
    return module


CONVERTERS = torch_networks.CONVERTERS | {
    "Conv2D": _convolution,
    "GroupedConv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "LearnedConstant": Constant,
    "Resampling2D": Resampling,
    "Cast": lambda layer: nn.Identity(),
}


class Contender(torch_game.Contender):
    """The loop of the relativistic game with R1 and R2."""

    converters = CONVERTERS

    def discriminator_loss(self, x):
        (fakes,) = self.samples(len(x))
        real, on_data = torch_game.judge(self.D, x)
        fake, on_samples = torch_game.judge(self.D, fakes)
        penalty = games.SLOPES_WEIGHT / 2 * (on_data + on_samples)
        return F.softplus(fake - real).mean() + penalty

    def generator_loss(self, x):
        (fakes,) = self.samples(len(x))
        return F.softplus(self.D(x) - self.D(fakes)).mean()
