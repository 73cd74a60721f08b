"""What layers networks may have, for what is asked of them."""

import contextlib
import contextvars

import keras
from keras import backend

from ganzoo.layers.batch_normalization import BatchNormalization

_loading = contextvars.ContextVar("loading", default=False)


@contextlib.contextmanager
def loading():
    """Let a model of a file draw, even where its networks could not train."""
    token = _loading.set(True)
    try:
        yield
    finally:
        _loading.reset(token)


def check_trains(name, network):
    """Raise unless a step can train `network`, and train it right.

    A model that is loaded may only draw: `fit` asks again.

    Raises:
        ValueError: If it is frozen, or has Keras's spectral normalisation.
    """
    if _loading.get():
        return
    if network.weights and not network.trainable_variables:
        raise ValueError(
            f"`{name}` must not be frozen: ganzoo trains both players itself, each in "
            f"its turn. Set `{name}.trainable = True` before the model is made and "
            f"compiled. Received: {name} with no trainable weight."
        )
    check_no_spectral_normalization(name, network)


def check_examples_apart(
    name,
    network,
    what="the gradient",
    why="the penalty is for each example alone (Gulrajani et al., 2017, Section 4)",
):
    """Raise if `network` mixes the examples of a batch, as by its slope's penalty.

    A layer that does says so by an attribute `mixes_examples = True`.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        what: str. What is to be that of one example.
        why: str. The reason.

    Raises:
        ValueError: If there is such a layer, or a batch normalisation, with its name.
    """
    for layer in network._flatten_layers():
        if getattr(layer, "mixes_examples", False):
            raise ValueError(
                f"`{name}` must not use a layer that mixes the examples of a batch: "
                f"{what} of one depends on the others, and {why}. "
                f"Received: {name} with the layer '{layer.name}'."
            )
    _check_no_layer(
        name,
        network,
        keras.layers.BatchNormalization,
        f"batch normalisation: it makes {what} of one example depend on the others, "
        f"and {why}. Use `ganzoo.layers.LayerNormalization` or none.",
    )


def check_second_derivative(name, network, fused=False):
    """Raise if `network`, whose slope is penalised, cannot be trained by that here.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        fused: bool. Whether a batch normalisation may be, of those whose second
            derivative is right: ganzoo's own, of images.

    Raises:
        ValueError: If it has one of Keras's normalisations that TensorFlow takes a
            wrong second derivative of, with its name.
    """
    if keras.backend.backend() == "tensorflow":
        _check_no_layer(
            name,
            network,
            (
                keras.layers.BatchNormalization,
                keras.layers.GroupNormalization,
                keras.layers.LayerNormalization,
            ),
            "Keras's batch, layer or group normalisation where its slope is penalised "
            "or a step is looked ahead: their second derivative is wrong on "
            "TensorFlow. Use `LayerNormalization` or `InstanceNormalization` of "
            "`ganzoo.layers`, or none.",
            _is_fused if fused else None,
        )


def _is_fused(layer):
    x, *_ = keras.tree.flatten(layer.input)
    return isinstance(layer, BatchNormalization) and len(x.shape) == 4


def check_classes(name, network, count, what="classes"):
    """Raise if `network` knows fewer classes than there are labels, or tokens.

    Beyond its classes a backend may take any row of a table, or 0.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        count: int. How many there are.
        what: str. What they are called.

    Raises:
        ValueError: If one of its layers or operations has a row for fewer of them.
    """
    for operation in _operations(network):
        known = _classes_of(operation)
        if known is not None and known < count:
            raise ValueError(
                f"`{name}` must know all {count} {what}. Received: {name} with "
                f"{operation.name!r}, of {known} {what}."
            )


def _operations(network):
    """Layers and other operations of a network, and of those in it."""
    for operation in getattr(network, "operations", ()):
        yield operation
        yield from _operations(operation)


def _classes_of(operation):
    """How many integers an operation has a row for; None if it takes no integers."""
    inputs = operation.input if getattr(operation, "_inbound_nodes", ()) else ()
    dtypes = {backend.standardize_dtype(x.dtype) for x in keras.tree.flatten(inputs)}
    if not any(dtype.startswith("int") for dtype in dtypes):
        return None
    if isinstance(operation, keras.layers.Embedding):
        return operation.input_dim
    if isinstance(operation, keras.layers.CategoryEncoding):
        return operation.num_tokens
    return getattr(operation, "num_classes", None)


def check_no_spectral_normalization(name, network):
    """Raise if `network` has Keras's spectral normalisation anywhere.

    Raises:
        ValueError: If there is one, with its name.
    """
    _check_no_layer(
        name,
        network,
        keras.layers.SpectralNormalization,
        "`keras.layers.SpectralNormalization`: it overwrites its kernel in every "
        f"training call, and a step calls the {name} on data and on samples. What it "
        "then trains is a projection, not the method of Miyato et al., 2018.",
    )


def _check_no_layer(name, network, kind, why, may_be=None):
    for layer in network._flatten_layers():
        if isinstance(layer, kind) and not (may_be and may_be(layer)):
            raise ValueError(
                f"`{name}` must not use {why} "
                f"Received: {name} with the layer '{layer.name}'."
            )


def check_penalties(name, network):
    """Raise if `network` has losses that depend on its activations.

    Raises:
        ValueError: If a layer has an `activity_regularizer`, or adds a loss.
    """
    for layer in network._flatten_layers():
        if getattr(layer, "activity_regularizer", None) or layer._losses:
            raise ValueError(
                f"`{name}` must not use activity regularizers or `add_loss`: a game "
                "would leave them out. Regularizers of weights, like "
                "`kernel_regularizer=keras.regularizers.L2(1e-4)`, are added to the "
                "player's loss; others belong into the loss of a variant of your own. "
                f"Received: {name} with the layer '{layer.name}'."
            )


def check_apart(players):
    """Raise unless each variable is in one network, and once.

    Two Keras models that share layers lose the sharing when they are saved; only a
    single one of one graph keeps it. An optimizer would take a variable twice.

    Args:
        players: dict. The networks by their names.

    Raises:
        ValueError: If two networks, or two models inside of one, share a variable.
    """
    _check_layers_apart(players)
    for name, network in players.items():
        for layer in network._flatten_layers():
            if isinstance(layer, keras.Model):
                _check_layers_apart({name: layer})


def _check_layers_apart(models):
    owners = {}
    for name, model in models.items():
        for layer in model.layers:
            for variable in layer.weights:
                owner = owners.setdefault(id(variable), (name, layer))
                if owner != (name, layer):
                    raise ValueError(
                        "Networks that share layers must be one `keras.Model` of one "
                        "graph with several outputs: several models would be saved "
                        f"with nothing in common. Received: '{owner[1].name}' of the "
                        f"{owner[0]} and '{layer.name}' of the {name} with the same "
                        f"variable '{variable.path}'."
                    )
