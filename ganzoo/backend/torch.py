"""Gradients on PyTorch, where every tensor carries its own graph."""

import contextlib

import keras
import numpy as np
import torch

from ganzoo.backend import torch_convolution
from ganzoo.backend.placement import Placement


def devices():
    """Names of what computes; the contract is in `ganzoo.backend`."""
    count = torch.cuda.device_count()
    return [torch.cuda.get_device_name(i) for i in range(count)] or ["cpu"]


@contextlib.contextmanager
def full_precision():
    """Products of float32 in float32; the contract is in `ganzoo.backend`."""
    switches = torch.backends.cudnn, torch.backends.cuda.matmul
    before = [switch.allow_tf32 for switch in switches]
    for switch in switches:
        switch.allow_tf32 = False
    try:
        yield
    finally:
        for switch, value in zip(switches, before):
            switch.allow_tf32 = value


def on_devices(devices, workers, worker):
    """Keras has no such means here; the contract is in `ganzoo.backend`."""
    raise ValueError(
        "Keras shares a batch between devices on TensorFlow and JAX: set KERAS_BACKEND "
        "to one of them, or leave the option out. "
        f"Received: devices={devices}, workers={workers} on PyTorch."
    )


def scope():
    """No context; the contract is in `ganzoo.backend`."""
    return contextlib.nullcontext()


def placement(model=None):
    """One device, as Keras has it; the contract is in `ganzoo.backend`."""
    return Placement()


def feed(data, model=None):
    """The data themselves; the contract is in `ganzoo.backend`."""
    return data


def independent_seed(seed):
    """Far from those of its neighbours, as Keras adds a seed and the number of a draw.

    The second draw of a seed would be the first of the next one.
    """
    return int(np.random.SeedSequence(seed).generate_state(1)[0] >> 1)


def per_example(draw, x):
    """All of them; the contract is in `ganzoo.backend`."""
    return draw(x.shape[0])


def synchronize(model):
    """Nothing to be done; the contract is in `ganzoo.backend`."""


def predict_on_batch(network, x):
    """As Keras does; the contract is in `ganzoo.backend`."""
    return network.predict_on_batch(x)


def batch_normalization(x, scale, offset, epsilon):
    """By one operation, not by a dozen; the contract is in `ganzoo.backend`.

    That is for float32, with one example or more for each channel.
    """
    if x.dtype != torch.float32:
        return None
    scale, offset = (keras.ops.convert_to_tensor(v) for v in (scale, offset))
    y, mean, deviation = torch.native_batch_norm(
        x.movedim(-1, 1), scale, offset, None, None, True, 0.0, epsilon
    )
    # It is the inverse of one, with epsilon.
    variance = deviation.detach().pow(-2) - epsilon
    return y.movedim(1, -1), mean.detach(), variance.clamp_min(0.0)


def hash_of(variable):
    """By integers that wrap around; the contract is in `ganzoo.backend`."""
    bits = variable.value.detach().float().reshape(-1).view(torch.int32)
    places = torch.arange(1, 2 * len(bits), 2, dtype=torch.int32, device=bits.device)
    return (bits * (bits >> 16) * places).sum(dtype=torch.int32)


@contextlib.contextmanager
def _watched_alone(model, variables):
    """Spare PyTorch what it would keep of the other player's passes."""
    watched = {id(v) for v in variables}
    others = [v.value for v in model.trainable_variables if id(v) not in watched]
    for value in others:
        value.requires_grad_(False)
    try:
        yield
    finally:
        for value in others:
            value.requires_grad_()


def traced(fn, model):
    """As it is written, without its graph; the contract is in `ganzoo.backend`."""

    def run(*args):
        with _watched_alone(model, ()):
            outputs = fn(*keras.tree.map_structure(keras.ops.convert_to_tensor, args))
        return keras.tree.map_structure(torch.Tensor.detach, outputs)

    return run


def _of_fixed_sizes(function):
    """Compile anew what Keras has compiled, for the sizes of each layer by themselves.

    PyTorch takes a size that was another in the last layer for unknown, and cannot
    compile the gradients of a convolution, channels last, of such sizes.
    """
    written = getattr(function, "_torchdynamo_orig_callable", None)
    return torch.compile(written, dynamic=False) if written else function


class AdversarialTrainer:
    """The steps of the game on PyTorch; the contract is in `ganzoo.backend`."""

    def make_train_function(self, force=False):
        torch_convolution.lay_out([*self.variables, *self.optimizer.variables])
        made = self.train_function
        super().make_train_function(force)
        if self.train_function is not made:
            self.train_function = _of_fixed_sizes(self.train_function)

    def train_step(self, data):
        return self.training_step(data)

    def test_step(self, data):
        return self.testing_step(data)

    def minimize(self, loss_fn, batch, variables, optimizer, partial=False):
        with _watched_alone(self, variables):
            outputs = loss_fn(batch)
            loss = outputs[0] if isinstance(outputs, tuple) else outputs
            gradients = torch.autograd.grad(
                optimizer.scale_loss(loss),
                [v.value for v in variables],
                allow_unused=True,
                materialize_grads=partial,
            )
        with torch.no_grad():
            optimizer.apply(gradients, variables)
        return keras.tree.map_structure(torch.Tensor.detach, outputs)

    def when(self, condition, fn):
        if condition:
            fn()

    def mean_over_replicas(self, value):
        return value

    def count_replicas(self):
        return 1

    def gradient_and_outputs(self, fn, values):
        # `evaluate()` switches gradients off, and the penalty is one.
        with torch.enable_grad():
            # Its own tensors alone, wherever else `fn` has the same. What depends on
            # weights goes on doing so.
            values = [v.view_as(v) for v in values]
            values = [v if v.requires_grad else v.requires_grad_() for v in values]
            total, outputs = fn(*values)
            gradients = torch.autograd.grad(
                total, values, create_graph=True, materialize_grads=True
            )
        return list(gradients), outputs
