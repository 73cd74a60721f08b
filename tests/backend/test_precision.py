"""Full precision, on whichever backend is at hand."""

import keras
import numpy as np
import pytest

from ganzoo.backend import full_precision
from ganzoo.backend.prediction import predict


def tensorflow_switch():
    config = pytest.importorskip("tensorflow").config.experimental
    return (
        config.tensor_float_32_execution_enabled,
        config.enable_tensor_float_32_execution,
        {True: False, False: False},
    )


def jax_switch():
    jax = pytest.importorskip("jax")
    return (
        lambda: jax.config.jax_default_matmul_precision,
        lambda value: jax.config.update("jax_default_matmul_precision", value),
        {None: "highest", "tensorfloat32": "highest"},
    )


def torch_switch():
    backends = pytest.importorskip("torch").backends

    def read():
        return backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32

    def write(values):
        backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32 = values

    return read, write, {(True, False): (False, False), (False, True): (False, False)}


SWITCHES = {"tensorflow": tensorflow_switch, "jax": jax_switch, "torch": torch_switch}


@pytest.fixture
def switch():
    """How to read and write the setting, and what each value becomes within."""
    read, write, values = SWITCHES[keras.backend.backend()]()
    before = read()
    yield read, write, values
    write(before)


def test_full_precision_ends_where_it_began(switch):
    read, write, values = switch
    for outside, inside in values.items():
        write(outside)
        with full_precision():
            assert read() == inside
        assert read() == outside


def test_full_precision_ends_with_an_error_too(switch):
    read, write, values = switch
    for outside in values:
        write(outside)
        with pytest.raises(KeyError), full_precision():
            raise KeyError
        assert read() == outside


def test_outputs_of_half_precision_are_returned_in_full_precision():
    x = keras.layers.Input((3,))
    half = keras.layers.Dense(2, dtype="mixed_bfloat16")(x)
    whole = keras.layers.Dense(2, dtype="float32")(x)
    network = keras.Model(x, {"half": half, "whole": whole})
    assert network.outputs[0].dtype == "bfloat16"
    found = predict(network, np.ones((5, 3), "float32"), batch_size=2)
    assert [found[name].dtype.name for name in ("half", "whole")] == ["float32"] * 2
    assert found["half"].shape == (5, 2)
