"""PyTorch, eager, channels last in memory, as its DCGAN tutorial writes the loop.

https://docs.pytorch.org/tutorials/beginner/dcgan_faces_tutorial, but for the fakes:
here as in the papers each update draws its own, so that the losses are the same.
"""

import torch
from torch.nn import functional as F

from benchmarks.peers import games
from benchmarks.peers import pace
from benchmarks.peers import torch_networks

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Contender:
    """The loop; what each method does is in `benchmarks.peers.worker`."""

    converters = torch_networks.CONVERTERS
    # Networks that minimise the one loss, and those of the other, where there are such.
    sides = (("discriminator",), ("generator", "encoder"))

    def __init__(self, case, compiled=False):
        self.case = case
        self.players = {
            name: self.to_module(name, network).to(DEVICE)
            for name, network in games.build(case).items()
        }
        self.sides = [[n for n in side if n in self.players] for side in self.sides]
        self.optimizers = [
            self.optimizer([p for n in side for p in self.players[n].parameters()])
            for side in self.sides
        ]
        self.draw = self.draw_noise
        if compiled:
            for network in self.players.values():
                network.compile()

    def to_module(self, name, network):
        module = torch_networks.Network(network, self.converters)
        return module.to(memory_format=torch.channels_last)

    def optimizer(self, parameters):
        if self.case.optimizer == "SGD":
            return torch.optim.SGD(parameters, self.case.sgd_rate)
        betas = (games.BETA_1, 0.999)
        return torch.optim.Adam(parameters, games.LEARNING_RATE, betas, eps=1e-7)

    def draw_noise(self, count):
        z, epsilon = games.noise_shapes(self.case, count)
        return torch.randn(z, device=DEVICE), torch.rand(epsilon, device=DEVICE)

    def train_step(self, batch):
        steps = self.case.discriminator_steps
        d_loss = 0.0
        for i in range(steps):
            share = tuple(part[i::steps] for part in batch)
            d_loss += self.update(games.discriminator_loss, share, 0) / steps
        return d_loss, self.update(games.generator_loss, share, 1)

    def update(self, loss_fn, batch, i):
        def loss():
            noise = self.draw(len(batch[0]))
            return loss_fn(self.case.variant, self.players, batch, noise, Math)

        return self.descend(loss, i)

    def descend(self, loss_fn, i):
        """Minimise a function of nothing by the weights of one side."""
        half = self.case.precision == "mixed_bfloat16"
        self.require_gradients(i)
        for network in self.players.values():
            network.zero_grad(set_to_none=True)
        with torch.autocast(DEVICE, torch.bfloat16, enabled=half):
            loss = loss_fn()
        self.backward(loss)
        self.optimizers[i].step()
        return loss.detach()

    def require_gradients(self, i):
        """As by `detach`: what the discriminator learns from goes no further back.

        Those of the discriminator are computed in both updates, as in the tutorial.
        """
        for name in self.sides[1]:
            self.players[name].requires_grad_(i == 1)

    def backward(self, loss):
        loss.backward()

    def to_batch(self, arrays):
        parts = [torch.from_numpy(array).to(DEVICE) for array in arrays]
        return tuple(
            part.permute(0, 3, 1, 2) if part.ndim == 4 else part for part in parts
        )

    def first_losses(self, arrays, noise):
        """Losses of two steps whose draws are given."""
        self.draw = lambda count: [torch.from_numpy(n).to(DEVICE) for n in noise]
        batch = self.to_batch(games.to_floats(arrays))
        return [float(loss) for _ in range(2) for loss in self.train_step(batch)]

    def prepare(self, arrays):
        self.floats = games.to_floats(arrays)

    def run(self, steps, watch=pace.unwatched):
        pictures = self.case.pictures
        order = torch.randperm(steps * pictures).reshape(steps, pictures).numpy()
        for i, rows in enumerate(order):
            batch = self.to_batch([part[rows] for part in self.floats])
            losses = self.train_step(batch)
            watch(i, losses)
        losses[0].item()


class Math:
    """The arithmetic of the losses."""

    mean = torch.mean
    square = torch.square
    log_sigmoid = F.logsigmoid

    @staticmethod
    def slope(fn, x):
        x = x.detach().requires_grad_()
        gradient = torch.autograd.grad(fn(x).sum(), x, create_graph=True)[0]
        return gradient.square().sum((1, 2, 3)).sqrt()
