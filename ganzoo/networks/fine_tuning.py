"""Networks that begin with trained weights, and whose lower layers may stay so."""

import math

# Of a network's weights, at least so many must be taken over.
LEAST_SHARE = 0.5


def copy_weights(name, source, network):
    """Begin a network with the weights of a trained one, layer by layer.

    A layer whose weights have another shape keeps its own: the first and the last,
    where images have other channels, or those that see labels.

    Args:
        name: str. The network's name, for messages.
        source: `keras.Model`, trained.
        network: `keras.Model`.

    Returns:
        List of str: the layers that keep their own weights.

    Raises:
        ValueError: If they are not the same networks, but for such layers.
    """
    theirs, ours = _layers(source), _layers(network)
    # What they are called depends on the backend.
    counts = [[len(layer.weights) for layer in layers] for layers in (theirs, ours)]
    if counts[0] != counts[1]:
        raise ValueError(
            f"Train with the networks of the trained model: its {name} has other "
            f"layers. Received: {name} with {len(ours)} layers with weights, "
            f"{[layer.name for layer in ours]}, and trained with {len(theirs)}, "
            f"{[layer.name for layer in theirs]}."
        )
    same = [_shapes(a) == _shapes(b) for a, b in zip(theirs, ours)]
    taken = sum(_size(layer) for layer, copied in zip(ours, same) if copied)
    share = taken / max(1, sum(map(_size, ours)))
    if share < LEAST_SHARE:
        raise ValueError(
            "Train with networks as wide as those of the trained model, for images of "
            f"its size: only {share:.0%} of the weights of the {name} would be taken "
            f"over. Received: {name} with input {network.input_shape}, and trained "
            f"with {source.input_shape}."
        )
    for layer, trained in zip(ours, theirs):
        if _shapes(layer) == _shapes(trained):
            layer.set_weights(trained.get_weights())
    return [layer.name for layer, copied in zip(ours, same) if not copied]


def freeze(network, count):
    """Keep the lower layers of a network as they are, as FreezeD does.

    Reference:
        [Mo et al., 2020](https://arxiv.org/abs/2002.10964)

    Args:
        network: `keras.Model`. The discriminator, not yet compiled.
        count: int. Layers with kernels, from the images on, with what normalises them.

    Raises:
        ValueError: If that would leave none to train.
    """
    if not count:
        return
    kernels = [layer for layer in _layers(network) if hasattr(layer, "kernel")]
    if not 0 <= count < len(kernels):
        raise ValueError(
            f"`freeze` must leave a layer to train: the discriminator has "
            f"{len(kernels)} of them. Received: freeze={count}."
        )
    for layer in network.layers:
        if layer is kernels[count]:
            return
        layer.trainable = False


def check_frozen(name, network, own):
    """Raise a ValueError if a frozen layer has weights that no one has trained.

    Args:
        name: str. The network's name, for the message.
        network: `keras.Model`, some of whose layers are frozen.
        own: list of str. Names of its layers that keep their own weights.
    """
    frozen = [n for n in own if not network.get_layer(n).trainable]
    if frozen:
        raise ValueError(
            "Freeze no layer, or train on images with the channels of the trained "
            f"model: a frozen layer of the {name} would keep random weights, as the "
            f"trained one has another shape. Received: {', '.join(frozen)}."
        )


def _layers(network):
    return [layer for layer in network.layers if layer.weights]


def _shapes(layer):
    return [tuple(weight.shape) for weight in layer.weights]


def _size(layer):
    return sum(map(math.prod, _shapes(layer)))
