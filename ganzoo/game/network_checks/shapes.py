"""What networks take and return: how many tensors, and of which shapes."""

import keras


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
