"""BigGAN, SNGAN and ProjectionGAN in plain PyTorch, eager, as BigGAN's authors do it.

https://github.com/ajbrock/BigGAN-PyTorch, of which nothing is copied: real images and
samples go through the discriminator together, and modules divide their weights by
singular values. As in ganzoo these are estimated once before each update.
"""

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.peers import torch_game
from benchmarks.peers import torch_networks
from benchmarks.peers.torch_networks import to_parameter
from benchmarks.peers.torch_networks import weights_of


class Spectral(nn.Module):
    """Weights divided by their largest singular value, `(outputs, ...)`."""

    def __init__(self, weight, u):
        super().__init__()
        self.weight = to_parameter(weight)
        self.register_buffer("u", torch.from_numpy(u))
        self.register_buffer("v", self.matrix().detach().T @ self.u)
        self.v = F.normalize(self.v, dim=0)

    def matrix(self):
        return self.weight.flatten(1)

    @torch.no_grad()
    def refresh(self):
        self.v = F.normalize(self.matrix().T @ self.u, dim=0)
        self.u = F.normalize(self.matrix() @ self.v, dim=0)

    def normalized(self):
        return self.weight / (self.u @ (self.matrix() @ self.v))


class Convolution(Spectral):
    """A spectrally normalised convolution that keeps the size."""

    def __init__(self, layer):
        kernel, bias, u, _ = weights_of(layer)
        super().__init__(kernel.transpose(3, 2, 0, 1), u)
        self.bias = to_parameter(bias)
        self.is_last = layer.activation.__name__ == "tanh"

    def forward(self, x):
        weight = self.normalized()
        x = F.conv2d(x, weight, self.bias, padding=weight.shape[2] // 2)
        return x.tanh() if self.is_last else x


class Dense(Spectral):
    """A spectrally normalised layer."""

    def __init__(self, layer):
        kernel, *bias, u, _ = weights_of(layer)
        super().__init__(kernel.T, u)
        self.bias = to_parameter(bias[0]) if bias else None

    def forward(self, x):
        return F.linear(x, self.normalized(), self.bias)


class Embedding(Spectral):
    """A vector for each class."""

    def __init__(self, layer):
        embeddings, u, _ = weights_of(layer)
        super().__init__(embeddings, u)

    def forward(self, y):
        return F.embedding(y, self.normalized())


class ConditionalNormalization(nn.Module):
    """Batch normalisation with a gain and an offset of each class."""

    def __init__(self, layer):
        super().__init__()
        gammas, betas, *_ = weights_of(layer)
        self.gammas, self.betas = to_parameter(gammas), to_parameter(betas)
        options = {"eps": layer.epsilon, "momentum": 1 - layer.momentum}
        self.normalize = nn.BatchNorm2d(gammas.shape[1], affine=False, **options)

    def forward(self, x, y):
        gains = F.embedding(y, self.gammas)[:, :, None, None]
        return gains * self.normalize(x) + F.embedding(y, self.betas)[:, :, None, None]


class Total(nn.Module):
    """The sum of each map."""

    def forward(self, x):
        return x.sum((2, 3))


class Dot(nn.Module):
    """Products of vectors, `(batch, 1)`."""

    def forward(self, a, b):
        return (a * b).sum(1, keepdim=True)


CONVERTERS = torch_networks.CONVERTERS | {
    "SpectralConv2D": Convolution,
    "SpectralDense": Dense,
    "SpectralEmbedding": Embedding,
    "ConditionalBatchNormalization": ConditionalNormalization,
    "UpSampling2D": lambda layer: nn.Upsample(scale_factor=2),
    "AveragePooling2D": lambda layer: nn.AvgPool2d(2),
    "Cast": lambda layer: nn.Identity(),
    "Sum": lambda layer: Total(),
    "Dot": lambda layer: Dot(),
}


class Contender(torch_game.Contender):
    """The loop of the hinge game, with labels or without."""

    converters = CONVERTERS

    def minimize(self, loss_fn, share, i):
        for player in self.players.values():
            for module in player.modules():
                if isinstance(module, Spectral):
                    module.refresh()
        return super().minimize(loss_fn, share, i)

    def discriminator_loss(self, *data):
        inputs = [*map(torch.cat, zip(data, self.samples(len(data[0]))))]
        real, fake = self.D(inputs).chunk(2)
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()

    def generator_loss(self, *data):
        return -self.D(self.samples(len(data[0]))).mean()
