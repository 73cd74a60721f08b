"""Features of a discriminator: what it has before its last layer."""

import keras

from ganzoo.game import network_checks

# Outputs of a discriminator that are features by themselves.
HEADS = ("features", "code")


def cut(discriminator):
    """The discriminator up to its features, with the same weights.

    Those are its output "features" or "code", or else what comes into the last layer
    with weights on the way to its logit. Where ways join there, the first counts.

    Args:
        discriminator: `keras.Model`.

    Returns:
        `keras.Model` of the same inputs.

    Raises:
        ValueError: If there is no such output or layer, or features of an image depend
            on others of its batch.
    """
    for layer in discriminator._flatten_layers():
        if getattr(layer, "mixes_examples", False):
            raise ValueError(
                "Pass `feature_weight=0`: features of this discriminator are not those "
                "of one image, as a layer of it mixes the examples of a batch. "
                f"Received: discriminator with the layer '{layer.name}'."
            )
    outputs = network_checks.outputs(discriminator)
    for name in (*HEADS, "logit"):
        if name in outputs:
            output = outputs[name]
            break
    else:
        raise ValueError(
            "Pass `feature_weight=0`: this discriminator has neither a logit nor an "
            f"output {' or '.join(map(repr, HEADS))}. "
            f"Received: discriminator with outputs of {sorted(outputs)}."
        )
    features = output if name in HEADS else into_last_layer(output)
    return keras.Model(discriminator.inputs, features, name="features")


def into_last_layer(output):
    """What comes into the last layer with weights that an output is computed by."""
    while True:
        operation, place, index = output._keras_history
        inputs = operation._inbound_nodes[place].input_tensors
        if isinstance(operation, keras.Model):
            inner = into_last_layer(operation.outputs[index])
            found = keras.Model(operation.inputs, inner)
            return found(inputs if len(inputs) > 1 else inputs[0])
        if getattr(operation, "weights", ()):
            return inputs[0]
        output = inputs[0]
