"""What the outputs of networks are: logits, classes, features or images."""

import warnings

import keras

from ganzoo.game.network_checks.shapes import check_outputs
from ganzoo.game.network_checks.shapes import outputs

# Names of layers and operations that leave values as they are, but for training.
PASSING = {
    *("Reshape", "Flatten", "Permute", "Squeeze", "Identity", "Cast"),
    *("ActivityRegularization", "Dropout", "BaseSpatialDropout", "AlphaDropout"),
    *("GaussianDropout", "GaussianNoise"),
}
SIGMOIDS = ("sigmoid", "hard_sigmoid", "hardsigmoid")


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


def check_logits(name, network, count=1, size=1):
    """Raise unless `network` returns logits, by default one for an example or a patch.

    Of a network with several outputs, those called "logit".

    Args:
        name: str. The network's argument, for the message.
        network: `keras.Model`.
        count: int. Domains of images that it judges. If there are several, it returns
            a list of logits.
        size: int. Logits of an example.

    Raises:
        ValueError: If the last axis is another, or the last layer a sigmoid.
    """
    if count == 1:
        _check_logit(name, _find_output(name, network, "logit"), size)
        return
    check_outputs(name, network, count, "logits of each domain")
    for logit in network.outputs:
        _check_logit(name, logit, size)


def _check_logit(name, logit, size):
    shape = tuple(logit.shape)
    if shape[-1] != size:
        number = "one logit" if size == 1 else f"{size} logits"
        raise ValueError(
            f"`{name}` must return {number} for each example, `(batch, {size})`, or "
            f"for each patch, `(batch, height, width, {size})`. "
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
    output = _within(_find_output(name, network, head))
    ancestors, new = set(), [_find_output(name, network, "logit")]
    while new:
        tensor = new.pop()
        if id(tensor) not in ancestors:
            ancestors.add(id(tensor))
            within = _within(tensor)
            new += [*_inputs_of(tensor), *([] if within is tensor else [within])]
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


def _last_activation(tensor):
    """The last operation that computes, and the names of what it may be or apply."""
    last = _last_computation(tensor)
    activation = getattr(last, "activation", None)
    return last, {type(last).__name__.lower(), getattr(activation, "__name__", "")}


def _last_computation(tensor):
    """The operation that computes an output, apart from what leaves values as is."""
    while True:
        tensor = _within(tensor)
        operation = tensor._keras_history.operation
        if not _leaves_values(operation):
            return operation
        (tensor,) = _inputs_of(tensor)


def _within(tensor):
    """The tensor inside of a model in a network that its output is."""
    while True:
        operation, _, place = tensor._keras_history
        if not isinstance(operation, keras.Model) or not hasattr(operation, "outputs"):
            return tensor
        tensor = operation.outputs[place]


def _inputs_of(tensor):
    """The tensors that the operation of a tensor has taken."""
    operation, call, _ = tensor._keras_history
    return operation._inbound_nodes[call].input_tensors


def _leaves_values(operation):
    """Whether values are in inference what they were, if maybe in another shape."""
    kinds = {kind.__name__ for kind in type(operation).__mro__}
    is_linear = getattr(operation, "activation", None) is keras.activations.linear
    return bool(kinds & PASSING) or "Activation" in kinds and is_linear
