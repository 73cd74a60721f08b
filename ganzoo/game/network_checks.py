"""What the networks of a game must be, said before hours of training."""

import contextlib
import contextvars
import warnings

import keras

from ganzoo.layers.batch_normalization import BatchNormalization

SIGMOIDS = ("sigmoid", "hard_sigmoid", "hardsigmoid")

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


def check_network(name, network):
    """Raise unless `network` is a built `keras.Model` whose shapes are known.

    Raises:
        ValueError: If the network is missing, no Keras model, or not built.
    """
    if network is None:
        raise ValueError(
            f"Pass `image_shape` for the paper's networks, or your own `{name}`. "
            f"Received: {name}=None."
        )
    if not isinstance(network, keras.Model):
        raise ValueError(f"`{name}` must be a `keras.Model`. Received: {network!r}.")
    try:
        network.input_shape, network.output_shape  # noqa: B018
    except AttributeError:
        raise ValueError(
            f"`{name}` must have known shapes: start a Sequential model with a "
            "`keras.Input`, and wrap a subclassed one as "
            f"`keras.Model(inputs, {name}(inputs))`. Received: {name}={network!r}."
        ) from None


def input_shapes(network):
    """Shapes of the inputs of `network` in order, without the batch, as tuples."""
    shape = network.input_shape
    shapes = shape if isinstance(shape, list) else [shape]
    return [tuple(s[1:]) for s in shapes]


def output_shape(network):
    """Shape of the output of `network`, without the batch, as a tuple."""
    return tuple(network.output_shape[1:])


def output_shapes(network):
    """Shapes of the outputs of `network` in order, without the batch, as tuples."""
    return [tuple(output.shape[1:]) for output in network.outputs]


def outputs(network):
    """The outputs of `network` by name, as Keras tensors; "logit" if there is one.

    Keras lists those of a dict in the order of their names.
    """
    found = getattr(network, "output", None)
    if isinstance(found, dict):
        return found
    return {"logit": network.outputs[0]} if len(network.outputs) == 1 else {}


def check_one_output(name, network):
    """Raise unless `network` returns one tensor.

    Raises:
        ValueError: If it returns a list or a dict.
    """
    if not isinstance(network.output_shape, tuple):
        raise ValueError(
            f"`{name}` must return one tensor. "
            f"Received: {name} with outputs of shapes {network.output_shape}."
        )


def check_outputs(name, network, count, what):
    """Raise unless `network` returns a list of so many outputs.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        count: int.
        what: str. What they are.

    Raises:
        ValueError: If it returns one tensor, a dict, or another number of outputs.
    """
    is_list = isinstance(getattr(network, "output", None), (list, tuple))
    if not is_list or len(network.outputs) != count:
        raise ValueError(
            f"`{name}` must be one `keras.Model` of one graph that returns a list of "
            f"{count} outputs, {what}: separate networks would share nothing once "
            f"they are saved. Received: {name} with outputs of shapes "
            f"{network.output_shape}."
        )


def check_own_ends(name, network):
    """Raise if outputs of `network` are computed by the same last layer.

    Raises:
        ValueError: If there is such a layer, with its name.
    """
    ends = [_last_computation(output) for output in network.outputs]
    if len({id(end) for end in ends}) < len(ends):
        raise ValueError(
            f"Each output of `{name}` must come from a last layer of its own: with a "
            "shared one its images of all domains have the same pixels or the same "
            f"statistics. Received: {name} ending in {ends[0]!r} twice."
        )


def check_inputs(name, network, wanted):
    """Raise unless the inputs of `network` are those of `wanted`.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        wanted: dict. For each input, what it is and its shape without the batch, in
            which `None` stands for any size.

    Raises:
        ValueError: If the number of inputs or one of their shapes differs.
    """
    received = input_shapes(network)
    fits = len(received) == len(wanted) and all(
        len(r) == len(w) and all(b in (None, a) or a is None for a, b in zip(r, w))
        for r, w in zip(received, wanted.values())
    )
    if not fits:
        raise ValueError(
            f"`{name}` must take "
            + " and ".join(f"{what} of shape {s}" for what, s in wanted.items())
            + f", in this order. Received: {name} with inputs of shapes {received}."
        )


def check_latents(generator, conditions=None):
    """Raise unless `generator` takes latents, of a known size, and then `conditions`.

    Args:
        generator: `keras.Model`.
        conditions: dict or None. Its other inputs, as for `check_inputs`.

    Raises:
        ValueError: If it takes anything else.
    """
    wanted = {"latents": (None,), **(conditions or {})}
    check_inputs("generator", generator, wanted)
    if input_shapes(generator)[0] == (None,):
        raise ValueError(
            "`generator` must take latents of a known size, or none could be drawn. "
            "Received: generator with an input of shape (batch, None)."
        )


def check_output(name, network, what, wanted):
    """Raise unless `network` returns one tensor of the shape `wanted`.

    Raises:
        ValueError: If its output is another.
    """
    received = output_shape(network)
    if received != tuple(wanted):
        raise ValueError(
            f"`{name}` must return {what} of shape {tuple(wanted)}. "
            f"Received: {name} with an output of shape {received}."
        )


def check_logits(name, network, count=1):
    """Raise unless `network` returns logits, one for each example or each patch.

    Of a network with several outputs, those called "logit".

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        count: int. Domains of images that it judges. If there are several, it returns
            a list of logits.

    Raises:
        ValueError: If the last axis is not 1, or the last layer a sigmoid.
    """
    if count == 1:
        _check_logit(name, _find_output(name, network, "logit"))
        return
    check_outputs(name, network, count, "logits of each domain")
    for logit in network.outputs:
        _check_logit(name, logit)


def _check_logit(name, logit):
    shape = tuple(logit.shape)
    if shape[-1] != 1:
        raise ValueError(
            f"`{name}` must return one logit for each example, `(batch, 1)`, or for "
            "each patch, `(batch, height, width, 1)`. "
            f"Received: {name} with output shape {shape}."
        )
    if 0 in shape:
        raise ValueError(
            f"`{name}` returns no logit at all: its images are too small for its "
            f"strides and kernels. Received: {name} with output shape {shape}."
        )
    _check_not_activated(name, f"`{name}`", logit)


def check_head(name, network, head, size):
    """Raise unless `network` has an output of this name and size.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model` of a dict of outputs.
        head: str. The name of the output.
        size: int. How many classes.

    Raises:
        ValueError: If there is none of this name, it has another size, or ends in a
            softmax.
    """
    output = check_head_shape(name, network, head, (size,))
    _check_not_activated(name, f"The output {head!r} of `{name}`", output)


def check_head_shape(name, network, head, wanted):
    """Return an output of `network`; raise unless it is there and of this shape.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model` of a dict of outputs.
        head: str. The name of the output.
        wanted: tuple. Its shape without the batch, in which `None` stands for any size.

    Raises:
        ValueError: If there is none of this name, or it has another shape.
    """
    output = _find_output(name, network, head)
    received = tuple(output.shape[1:])
    fits = len(received) == len(wanted)
    if not fits or any(w not in (None, r) for r, w in zip(received, wanted)):
        shape = ", ".join(map(str, ("batch", *(w or "size" for w in wanted))))
        raise ValueError(
            f"The output {head!r} of `{name}` must have the shape `({shape})`. "
            f"Received: {name} with {head!r} of shape {tuple(output.shape)}."
        )
    return output


def check_heads(name, network, heads):
    """Raise unless `network` returns vectors by these names, and nothing else.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        heads: sequence of str. The names of its outputs.

    Raises:
        ValueError: If it returns something else.
    """
    found = outputs(network)
    if set(found) != set(heads) or any(len(t.shape) != 2 for t in found.values()):
        raise ValueError(
            f"`{name}` must return a dict of {' and '.join(map(repr, heads))}, each "
            "`(batch, size)`. "
            f"Received: {name} with outputs of shapes {network.output_shape}."
        )


def check_own_classes(name, network, num_classes):
    """Raise unless `network` has logits "classes", of the classes of data alone.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model` of a dict of outputs.
        num_classes: int. `K`, without the class of samples.

    Raises:
        ValueError: If it has one more, for samples, or as in `check_head`.
    """
    logits = _find_output(name, network, "classes")
    if logits.shape[-1] == num_classes + 1:
        raise ValueError(
            f"`{name}` must return logits of the {num_classes} classes of data alone: "
            "that of samples is 0, since only differences of logits matter. "
            f"Received: {name} with {logits.shape[-1]} classes."
        )
    check_head(name, network, "classes", num_classes)


def check_on_the_way(name, network, head):
    """Raise unless the logit of `network` is computed from another of its outputs.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model` of a dict of outputs.
        head: str. The name of the output.

    Raises:
        ValueError: If there is none of this name, or the logit would be without it.
    """
    output = _find_output(name, network, head)
    ancestors, new = set(), [_find_output(name, network, "logit")]
    while new:
        tensor = new.pop()
        if id(tensor) not in ancestors:
            ancestors.add(id(tensor))
            operation, place, _ = tensor._keras_history
            new += operation._inbound_nodes[place].input_tensors
    if id(output) not in ancestors:
        raise ValueError(
            f"The output {head!r} of `{name}` must be a layer that its logit is "
            "computed from, or it would never learn. "
            f"Received: {name} whose logit does not depend on {head!r}."
        )


def _check_not_activated(name, what, output):
    last, activations = _last_activation(output)
    if activations & {*SIGMOIDS, "softmax"}:
        raise ValueError(
            f"{what} must return logits, but it ends in a sigmoid or softmax: the "
            "losses take the logarithm themselves, without its overflow. Remove the "
            f"activation of the last layer. Received: {name} ending in {last!r}."
        )


def _find_output(name, network, head):
    found = outputs(network)
    if head not in found:
        alone = "one tensor, or " if head == "logit" else ""
        raise ValueError(
            f"`{name}` must return {alone}a dict of tensors with one called {head!r}. "
            f"Received: {name} with outputs of shapes {network.output_shape}."
        )
    return found[head]


def check_range(name, network, head=None):
    """Raise if `network` returns no images in [-1, 1], as far as can be seen.

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        head: str or None. The name of the output that is images, if there are several.

    Raises:
        ValueError: If its last layer is a sigmoid or a ReLU.
    """
    outputs = [_find_output(name, network, head)] if head else network.outputs
    for output in outputs:
        last, activations = _last_activation(output)
        if activations & {*SIGMOIDS, "relu", "softmax"}:
            raise ValueError(
                f"`{name}` must return images in [-1, 1], and it ends in a layer that "
                "has no values below 0. Let that have `activation='tanh'`, or put a "
                "`keras.layers.Rescaling(2, -1)` after a sigmoid. "
                f"Received: {name} ending in {last!r}."
            )


def warn_of_linear_end(name, network):
    """Warn if the images of `network` end in a layer without an activation.

    Those of a single pixel are points of a plane or a line, as in a lecture.
    """
    for output in network.outputs:
        last, activations = _last_activation(output)
        if "linear" in activations and output.shape[1:3] != (1, 1):
            warnings.warn(
                f"`{name}` should end in `activation='tanh'`: its last layer is "
                "linear, and what it draws outside of [-1, 1] is cut off in images, "
                "though the discriminator sees it. "
                f"Received: {name} ending in {last!r}.",
                stacklevel=5,
            )


def check_image_shape(name, given, wanted):
    """Raise unless the shape that is given is that of the networks, or None.

    Raises:
        ValueError: If networks of one's own contradict it.
    """
    if given is not None and tuple(given) != wanted:
        raise ValueError(
            f"`{name}` must be that of the networks, or be left out where they are "
            f"your own. Received: {name}={tuple(given)}, and networks for {wanted}."
        )


def _last_activation(tensor):
    """The last operation that computes, and the names of what it may be or apply."""
    last = _last_computation(tensor)
    activation = getattr(last, "activation", None)
    return last, {type(last).__name__.lower(), getattr(activation, "__name__", "")}


def _last_computation(tensor):
    """The operation that computes an output, apart from what only reshapes it."""
    while True:
        operation = tensor._keras_history.operation
        if isinstance(operation, keras.Model) and hasattr(operation, "outputs"):
            tensor = operation.outputs[0]
        elif isinstance(operation, (keras.layers.Reshape, keras.layers.Flatten)):
            tensor = operation.input
        else:
            return operation


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
            "TensorFlow. Use `ganzoo.layers.LayerNormalization` or none.",
            _is_fused if fused else None,
        )


def _is_fused(layer):
    x, *_ = keras.tree.flatten(layer.input)
    return isinstance(layer, BatchNormalization) and len(x.shape) == 4


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


def check_packs(discriminator):
    """Raise unless a discriminator judges packs of images, and nothing else.

    Raises:
        ValueError: If it has further inputs or outputs, which belong to one image.
    """
    heads = set(outputs(discriminator)) - {"logit"}
    if len(input_shapes(discriminator)) > 1 or heads:
        raise ValueError(
            "`packing` is for a discriminator of images alone, without labels, latents "
            "or classes, which belong to one image and not to a pack. Received: "
            f"discriminator with inputs of shapes {input_shapes(discriminator)}"
            + (f" and the outputs {sorted(heads)}." if heads else ".")
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
    owners = {}
    for name, network in players.items():
        for layer in network.layers:
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
