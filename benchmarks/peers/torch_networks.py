"""A network of Keras as one of PyTorch's own modules, channels last in memory."""

import collections

import keras
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Network(nn.Module):
    """The layers of a functional Keras model, by PyTorch's kernels.

    Args:
        model: `keras.Model`, whose weights it starts with.
        converters: dict. By the name of a layer's class a function of the layer that
            returns a module, such as `CONVERTERS`.
    """

    def __init__(self, model, converters):
        super().__init__()
        # Where in `forward` each tensor stands, and each layer's inputs.
        numbers = {id(tensor): i for i, tensor in enumerate(model.inputs)}
        self.layers_in_order, self.sources, modules = nn.ModuleList(), [], {}
        for node in calls(model):
            if node.operation not in modules:
                modules[node.operation] = convert(node.operation, converters)
            self.layers_in_order.append(modules[node.operation])
            self.sources.append([numbers[id(t)] for t in node.arguments.keras_tensors])
            for tensor in node.outputs:
                numbers[id(tensor)] = len(numbers)
        # A number, or numbers of several outputs, by their names or in a list.
        self.last = keras.tree.map_structure(lambda t: numbers[id(t)], model.output)
        # As the tutorial has them, where nobody else reads what they overwrite.
        readers = collections.Counter(i for read in self.sources for i in read)
        for module, sources in zip(self.layers_in_order, self.sources):
            if isinstance(module, (nn.ReLU, nn.LeakyReLU)):
                module.inplace = readers[sources[0]] == 1

    def forward(self, inputs):
        values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        for module, sources in zip(self.layers_in_order, self.sources):
            found = module(*(values[i] for i in sources))
            values += found if isinstance(found, tuple) else [found]
        if isinstance(self.last, dict):
            return {name: values[i] for name, i in self.last.items()}
        if isinstance(self.last, list):
            return [values[i] for i in self.last]
        return values[self.last]


def calls(model):
    """The calls of a model's layers in an order in which they can be made.

    A layer that is shared is called more than once.
    """
    by_depth = model._nodes_by_depth
    nodes = [node for depth in sorted(by_depth)[::-1] for node in by_depth[depth]]
    return [node for node in nodes if not node.is_input]


def convert(layer, converters):
    """The module of a layer."""
    name = type(layer).__name__
    if name not in converters:
        raise ValueError(f"There is no module for a layer {name}.")
    return converters[name](layer)


def to_parameter(array):
    """A weight of PyTorch from an array."""
    return nn.Parameter(torch.from_numpy(np.ascontiguousarray(array)))


def weights_of(layer):
    """The weights of a layer of Keras, a list of arrays."""
    return [np.array(keras.ops.convert_to_numpy(w)) for w in layer.weights]


def named_weights(layer):
    """The same by their names."""
    return dict(zip([weight.name for weight in layer.weights], weights_of(layer)))


def _dense(layer):
    kernel, *bias = weights_of(layer)
    module = nn.Linear(*kernel.shape, bias=bool(bias))
    module.weight = to_parameter(kernel.T)
    if bias:
        module.bias = to_parameter(bias[0])
    return activated(module, layer)


def _convolution(layer):
    kernel, *bias = weights_of(layer)
    size, stride = layer.kernel_size[0], layer.strides[0]
    transposed = isinstance(layer, keras.layers.Conv2DTranspose)
    cls = nn.ConvTranspose2d if transposed else nn.Conv2d
    # Keras pads as TensorFlow does, more behind than before where it is odd.
    missing = 0
    if layer.padding == "same":
        over = 0 if transposed else layer.input.shape[1] % stride
        missing = max(size - (over or stride), 0)
    before, behind = missing // 2, missing - missing // 2
    channels = (kernel.shape[3], kernel.shape[2])[:: 1 if transposed else -1]
    padding = before if transposed or before == behind else 0
    module = cls(*channels, size, stride, padding, bias=bool(bias))
    module.weight = to_parameter(kernel.transpose(3, 2, 0, 1))
    if bias:
        module.bias = to_parameter(bias[0])
    if before == behind:
        return activated(module, layer)
    if transposed:
        # Which leaves them channels last in memory, as slices are not.
        cut = nn.ZeroPad2d((0, before - behind, 0, before - behind))
        return activated(nn.Sequential(module, cut), layer)
    pad = nn.ZeroPad2d((before, behind, before, behind))
    return activated(nn.Sequential(pad, module), layer)


ACTIVATIONS = {
    "relu": lambda: nn.ReLU(inplace=True),
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "tanh": nn.Tanh,
}


def activated(module, layer):
    """A module, and after it the activation of its layer."""
    name = layer.activation.__name__
    return module if name == "linear" else nn.Sequential(module, ACTIVATIONS[name]())


def _prelu(layer):
    (slopes,) = weights_of(layer)
    module = nn.PReLU(slopes.size)
    module.weight = to_parameter(slopes.reshape(-1))
    return module


def _batch_normalization(layer):
    # With the running statistics that Keras keeps too.
    cls = nn.BatchNorm1d if len(layer.input.shape) == 2 else nn.BatchNorm2d
    options = {"eps": layer.epsilon, "momentum": 1 - layer.momentum}
    return cls(layer.moving_mean.shape[0], affine=layer.scale, **options)


def _layer_normalization(layer):
    return nn.GroupNorm(1, layer.gamma.shape[0], 1e-5)


class Reshape(nn.Module):
    """Features `(batch, n)` as maps, whose channels Keras has last."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.view(-1, *self.shape).permute(0, 3, 1, 2)


class Flatten(nn.Module):
    """Maps as features `(batch, n)` in Keras's order."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Concatenate(nn.Module):
    """Maps or features of several, side by side."""

    def forward(self, *inputs):
        return torch.cat(inputs, 1)


class Sum(nn.Module):
    """Of two tensors."""

    def forward(self, a, b):
        return a + b


class Product(nn.Module):
    """Of two tensors."""

    def forward(self, a, b):
        return a * b


class DepthToSpace(nn.Module):
    """Channels as blocks of pixels, in Keras's order."""

    def __init__(self, side):
        super().__init__()
        self.side = side

    def forward(self, x):
        count, channels, height, width = x.shape
        x = x.view(count, self.side, self.side, -1, height, width)
        x = x.permute(0, 4, 1, 5, 2, 3)
        x = x.reshape(count, height * self.side, width * self.side, -1)
        return x.permute(0, 3, 1, 2)


class OneHot(nn.Module):
    """Labels as floats."""

    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def forward(self, y):
        return F.one_hot(y.long(), self.classes).float()


class Repeat(nn.Module):
    """Features `(batch, n)` as `count` rows of them."""

    def __init__(self, count):
        super().__init__()
        self.count = count

    def forward(self, x):
        return x[:, None].expand(-1, self.count, -1).reshape(len(x), -1)


class Rescale(nn.Module):
    """A multiple of what comes in, and an offset."""

    def __init__(self, layer):
        super().__init__()
        self.scale, self.offset = layer.scale, layer.offset

    def forward(self, x):
        return x * self.scale + self.offset


class GaussianNoise(nn.Module):
    """Noise on what comes in, in training."""

    def __init__(self, layer):
        super().__init__()
        self.stddev = layer.stddev

    def forward(self, x):
        return x + self.stddev * torch.randn_like(x) if self.training else x


class Crop(nn.Module):
    """Maps without a margin."""

    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def forward(self, x):
        (top, bottom), (left, right) = self.margin
        return x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]


def _instance_normalization(layer):
    return nn.InstanceNorm2d(layer.gamma.shape[0], affine=True)


def _zero_padding(layer):
    (top, bottom), (left, right) = layer.padding
    return nn.ZeroPad2d((left, right, top, bottom))


CONVERTERS = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "Conv2DTranspose": _convolution,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "InstanceNormalization": _instance_normalization,
    "ReLU": lambda layer: nn.ReLU(),
    "LeakyReLU": lambda layer: nn.LeakyReLU(layer.negative_slope),
    "PReLU": _prelu,
    "Activation": lambda layer: ACTIVATIONS[layer.activation.__name__](),
    "Dropout": lambda layer: nn.Dropout(layer.rate),
    "GaussianNoise": GaussianNoise,
    "Rescaling": Rescale,
    "MaxPooling2D": lambda layer: nn.MaxPool2d(layer.pool_size, layer.strides),
    "Concatenate": lambda layer: Concatenate(),
    "Flatten": lambda layer: Flatten(),
    "Reshape": lambda layer: Reshape(layer.output.shape[1:]),
    "RepeatVector": lambda layer: Repeat(layer.n),
    "DepthToSpace": lambda layer: DepthToSpace(layer.block_size),
    "Add": lambda layer: Sum(),
    "Multiply": lambda layer: Product(),
    "OneHot": lambda layer: OneHot(layer.num_classes),
    "ZeroPadding2D": _zero_padding,
    "Cropping2D": lambda layer: Crop(layer.cropping),
}
