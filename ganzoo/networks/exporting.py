"""Networks as files that run without ganzoo and Keras."""

import contextlib
import importlib.util
import pathlib
import warnings

import keras
from keras import ops

from ganzoo import layers
from ganzoo.layers.layer_normalization import standardized
from ganzoo.system import files

# How the name of a file ends; a SavedModel is a folder.
ENDINGS = {"tf_saved_model": "", "onnx": ".onnx", "litert": ".tflite"}

# What can be replaced by `BatchStatistics`.
NORMALIZATIONS = (keras.layers.BatchNormalization, layers.BatchNormalization)

# The package that converts, by Keras's backend. Where there is none, Keras cannot
# convert, or only for batches of one size.
CONVERTERS = {
    "tf_saved_model": {"tensorflow": "tensorflow", "jax": "tensorflow"},
    "onnx": {"tensorflow": "tf2onnx", "jax": "jax2onnx", "torch": "onnx"},
    "litert": {"tensorflow": "tensorflow"},
}


def export(
    network,
    filepath,
    format="tf_saved_model",
    verbose=None,
    input_signature=None,
    **kwargs,
):
    """Write what `network` computes in inference mode, for batches of any size.

    A network in half precision is exported in full. A file is there whole or not at
    all; a SavedModel's folder is Keras's to write.

    Args:
        network: `keras.Model` of known shapes.
        filepath: path. A folder, or a file that ends as `ENDINGS` says.
        format: str. "tf_saved_model", "onnx" or "litert".
        verbose: bool or None. False for no message.
        input_signature: As in `keras.Model.export`. None for the network's inputs, in
            batches of any size.
        **kwargs: Other arguments of `keras.Model.export`.

    Raises:
        ImportError: If a package is missing that converts to this format.
        ValueError: If the format is unknown or none of this backend, or the file's
            name ends like that of another.
    """
    _check_format(format)
    _check_ending(filepath, format)
    _check_converter(format)
    kwargs["format"] = format
    kwargs["input_signature"] = input_signature or [_any_batch(network.input)]
    with _full_precision(network), warnings.catch_warnings():
        # Converters warn of themselves, and PyTorch's of each shape that it traces.
        warnings.simplefilter("ignore")
        if not ENDINGS[format]:
            network.export(str(filepath), verbose=verbose, **kwargs)
            return
        with files.atomic(filepath) as partial:
            network.export(str(partial), verbose=False, **kwargs)
    if verbose is not False:
        print(f"Saved artifact at '{filepath}'.")


def with_batch_statistics(network):
    """The network as it is in training, but without dropout and updates of statistics.

    Batch normalisation is by the statistics of the batch at hand. The other layers, and
    all weights, are those of `network`.

    Args:
        network: `keras.Model`, functional or sequential.

    Returns:
        `keras.Model` from the same inputs to the same outputs.

    Raises:
        ValueError: If a batch normalisation cannot be replaced: one inside another
            layer, of another class or with renormalisation.
    """
    twin = keras.models.clone_model(
        network, clone_function=_as_in_training, recursive=True
    )
    for layer in twin._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable:
            raise ValueError(
                "Only Keras's own batch normalisation, without `renorm` and not "
                "inside another layer, can be exported to normalise by the batch at "
                f"hand. Received: {network.name} with the layer {layer!r}."
            )
    return twin


def _as_in_training(layer):
    # What is frozen keeps to its running statistics in training too.
    if type(layer) in NORMALIZATIONS and layer.trainable:
        if not layer.renorm:
            return BatchStatistics(layer)
    if isinstance(layer, keras.layers.Dropout):
        return keras.layers.Identity(name=layer.name, dtype=layer.dtype_policy)
    return layer


class BatchStatistics(keras.layers.Layer):
    """Batch normalisation by the batch at hand, which keeps no running statistics.

    Args:
        normalization: `keras.layers.BatchNormalization`, whose weights it shares.
    """

    def __init__(self, normalization):
        super().__init__(name=normalization.name, dtype=normalization.dtype_policy)
        self.axis = normalization.axis
        self.epsilon = normalization.epsilon
        self.gamma = normalization.gamma
        self.beta = normalization.beta
        self.built = True

    def call(self, inputs, mask=None):
        # Keras calls what it replaces with a mask, which images do not have.
        x = ops.cast(inputs, self.variable_dtype)
        channels = self.axis % x.ndim
        axes = [i for i in range(x.ndim) if i != channels]
        x = standardized(x, axes, self.epsilon)
        if self.gamma is not None:
            x = x * ops.expand_dims(self.gamma, axes)
        if self.beta is not None:
            x = x + ops.expand_dims(self.beta, axes)
        return ops.cast(x, self.compute_dtype)


@contextlib.contextmanager
def _full_precision(network):
    """Have layers in half precision compute in full: converters know little else."""
    halves = [
        (layer, layer.dtype_policy)
        for layer in network._flatten_layers()
        if layer.compute_dtype in ("float16", "bfloat16")
    ]
    try:
        for layer, _ in halves:
            layer.dtype_policy = "float32"
        yield
    finally:
        for layer, policy in halves:
            layer.dtype_policy = policy


def _any_batch(inputs):
    return keras.tree.map_structure(
        lambda x: keras.InputSpec(
            dtype=x.dtype, shape=(None, *x.shape[1:]), name=x.name
        ),
        inputs,
    )


def _check_format(format):
    if format not in ENDINGS:
        raise ValueError(
            f"`format` must be one of {', '.join(map(repr, ENDINGS))}. "
            f"Received: format={format!r}."
        )


def _check_ending(filepath, format):
    ending = pathlib.Path(filepath).suffix
    if ENDINGS[format] and ending != ENDINGS[format]:
        raise ValueError(
            f"`filepath` must end with '{ENDINGS[format]}' for this format. "
            f"Received: filepath='{filepath}', format={format!r}."
        )
    if not ENDINGS[format] and ending and ending in ENDINGS.values():
        raise ValueError(
            "This format is a folder, whose name must not end like a file of another "
            f"format. Received: filepath='{filepath}', format={format!r}."
        )


def _check_converter(format):
    backend = keras.backend.backend()
    converter = CONVERTERS[format].get(backend)
    if converter is None:
        raise ValueError(
            f"On the backend {backend!r} this format cannot be exported, at least for "
            "batches of any size. Save the model and load it where KERAS_BACKEND is "
            f"'tensorflow', which exports all. Received: format={format!r}."
        )
    if importlib.util.find_spec(converter) is None:
        raise ImportError(
            f"To export to {format!r} on the backend {backend!r}, Keras needs the "
            f"package `{converter}`, which is not installed: pip install {converter}"
        )
