"""Exported files run without Keras, and compute what its networks compute."""

import importlib.util
import sys
import warnings

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import networks
from ganzoo.networks import exporting

BACKEND = keras.backend.backend()
# Of those that the backend at hand exports, the quickest.
FORMAT = {"torch": "onnx"}.get(BACKEND, "tf_saved_model")
PICTURE = (16, 16, 1)
COUNTS = (2, 5)

# What differs in its operations: transposed convolutions, embeddings, rescalings,
# normalisation by layer, maxima of pieces, modulation by styles.
NETWORKS = {
    "mlp_generator": lambda: networks.mlp_generator(PICTURE, 4, (8, 8)),
    "dcgan_generator": lambda: networks.dcgan_generator(PICTURE, 4, 2),
    "lsgan_generator": lambda: networks.lsgan_generator(PICTURE, 4, 2),
    "cgan_generator": lambda: networks.cgan_generator(PICTURE, 5, 4, (4, 4, 8)),
    "bigan_generator": lambda: networks.bigan_generator(PICTURE, 4, 8),
    "bigan_encoder": lambda: networks.bigan_encoder(PICTURE, 4, 8),
    "maxout_discriminator": lambda: networks.maxout_discriminator(PICTURE, (4, 4)),
    "stylegan2_generator": lambda: networks.stylegan2_generator((8, 8, 1), 4, 4, 2),
    "layer_normalization": lambda: networks.dcgan_discriminator(PICTURE, 2, "layer"),
}


def randomize(network):
    """Give a network weights that matter, and statistics that are of no batch."""
    rng = np.random.default_rng(0)
    for weight in network.weights:
        if len(weight.shape) == 1:
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
        else:
            deviation = np.prod(weight.shape[:-1]) ** -0.5
            weight.assign(rng.normal(0, deviation, weight.shape))
    return network


def inputs_of(network, count):
    """Random inputs of a network, by name: floats in [-1, 1] and integer labels."""
    rng = np.random.default_rng(count)
    return {
        x.name: rng.integers(0, toys.NUM_CLASSES, count).astype("int32")
        if x.dtype == "int32"
        else rng.uniform(-1, 1, (count, *x.shape[1:])).astype("float32")
        for x in network.inputs
    }


def outputs_of(network, inputs, **kwargs):
    inputs = list(inputs.values())
    inputs = inputs if len(inputs) > 1 else inputs[0]
    return ops.convert_to_numpy(network(inputs, **kwargs))


def need(format):
    """Skip the test where Keras cannot export to the format."""
    converter = exporting.CONVERTERS[format].get(BACKEND)
    if converter is None:
        pytest.skip(f"Keras does not export {format} in any batch size on {BACKEND}")
    if importlib.util.find_spec(converter) is None:
        pytest.skip(f"{converter} is not installed: pip install {converter}")


def path_of(folder, format):
    return folder / f"exported{exporting.ENDINGS[format]}"


def load(path, format):
    """What runs an exported file: named inputs to an array."""
    return {
        "tf_saved_model": load_saved_model,
        "onnx": load_onnx,
        "litert": load_litert,
    }[format](str(path))


def load_saved_model(path):
    tf = pytest.importorskip("tensorflow")
    model = tf.saved_model.load(path)

    def run(inputs):
        inputs = list(inputs.values())
        return model.serve(inputs if len(inputs) > 1 else inputs[0]).numpy()

    return run


def load_onnx(path):
    session = pytest.importorskip("onnxruntime").InferenceSession(path)
    return lambda inputs: session.run(None, inputs)[0]


def load_litert(path):
    tf = pytest.importorskip("tensorflow")
    with warnings.catch_warnings():
        # It announces the package of its own that it will move to.
        warnings.simplefilter("ignore")
        runner = tf.lite.Interpreter(path).get_signature_runner()
    return lambda inputs: next(iter(runner(**inputs).values()))


def assert_same(run, network, counts=COUNTS, **kwargs):
    """The exported file computes what the network does, in batches of any size."""
    for count in counts:
        inputs = inputs_of(network, count)
        wanted = outputs_of(network, inputs, **kwargs)
        received = run(inputs)
        assert received.dtype == np.float32
        assert wanted.std() > 1e-3
        np.testing.assert_allclose(received, wanted, rtol=0, atol=1e-5)


def without_dropout(network):
    """The same network, whose dropout drops nothing any more."""
    for layer in network._flatten_layers():
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0
    return network


# === Every kind of game, and every format ===


# The others' generators are GAN's here, and exported by the same method.
@pytest.mark.parametrize("variant", ["GAN", "CGAN", "BiGAN"])
def test_every_kind_exports_its_generator_in_inference_mode(variant, tmp_path):
    need(FORMAT)
    gan = toys.build(variant)
    randomize(gan.generator)
    gan.export(path_of(tmp_path, FORMAT), FORMAT, verbose=False)
    run = load(path_of(tmp_path, FORMAT), FORMAT)
    assert_same(run, gan.generator, training=False)


def test_bigan_exports_its_encoder(tmp_path):
    need(FORMAT)
    gan = toys.build("BiGAN")
    randomize(gan.encoder)
    gan.export(path_of(tmp_path, FORMAT), FORMAT, network="encoder", verbose=False)
    run = load(path_of(tmp_path, FORMAT), FORMAT)
    assert_same(run, gan.encoder, training=False)


@pytest.mark.parametrize("format", exporting.ENDINGS)
@pytest.mark.parametrize("network", ["toy", "unet"])
def test_pix2pix_exports_its_translator_by_the_statistics_of_the_batch(
    network, format, tmp_path
):
    need(format)
    if network == "toy":
        gan = toys.build("Pix2Pix")
    else:
        gan = ganzoo.Pix2Pix(
            generator=networks.unet_generator(PICTURE, filters=2),
            discriminator=networks.patchgan_discriminator(PICTURE, filters=2),
        )
    randomize(gan.generator)
    gan.export(path_of(tmp_path, format), format, verbose=False)
    run = load(path_of(tmp_path, format), format)
    assert_same(run, without_dropout(gan.generator), training=True)
    inputs = inputs_of(gan.generator, 3)
    once = run(inputs)
    np.testing.assert_array_equal(once, run(inputs))
    inference = outputs_of(gan.generator, inputs, training=False)
    assert np.abs(once - inference).max() > 1e-2


@pytest.mark.parametrize("format", exporting.ENDINGS)
@pytest.mark.parametrize("name", NETWORKS)
def test_the_zoos_networks_export(name, format, tmp_path):
    need(format)
    network = randomize(NETWORKS[name]())
    exporting.export(network, path_of(tmp_path, format), format, verbose=False)
    run = load(path_of(tmp_path, format), format)
    assert_same(run, network, training=False)


# === What is exported, and what stays ===


def test_averaged_weights_are_exported(tmp_path):
    need(FORMAT)
    gan = toys.build("GAN")
    averaging = keras.optimizers.Adam(1e-1, use_ema=True, ema_momentum=0.9)
    gan.compile(keras.optimizers.Adam(1e-1), averaging, run_eagerly=toys.TRACES)
    gan.fit(*toys.data("GAN"), batch_size=2, verbose=0)
    gan.export(path_of(tmp_path, FORMAT), FORMAT, verbose=False)
    run = load(path_of(tmp_path, FORMAT), FORMAT)
    z = inputs_of(gan.generator, 2)
    now = outputs_of(gan.generator, z)
    with gan.averaged():
        assert_same(run, gan.generator)
    assert np.abs(now - run(z)).max() > 1e-3


def test_exporting_leaves_the_game_as_it_was(tmp_path):
    need(FORMAT)
    one, two = (toys.untraced("Pix2Pix") for _ in range(2))
    before = one.get_config()
    one.export(path_of(tmp_path, FORMAT), FORMAT, verbose=False)
    assert one.get_config() == before
    for gan in (one, two):
        gan.fit(*toys.data("Pix2Pix"), epochs=1, verbose=0)
    assert toys.same(toys.copy_of(one.variables), toys.copy_of(two.variables))


@pytest.mark.parametrize("format", exporting.ENDINGS)
def test_a_loaded_model_exports_before_it_has_drawn_anything(format, tmp_path):
    need(format)
    toys.build("DCGAN").save(tmp_path / "gan.keras")
    gan = keras.saving.load_model(tmp_path / "gan.keras")
    gan.export(path_of(tmp_path, format), format, verbose=False)
    run = load(path_of(tmp_path, format), format)
    assert_same(run, gan.generator)


@pytest.mark.parametrize("format", exporting.ENDINGS)
def test_a_network_in_half_precision_is_exported_in_full(format, tmp_path):
    def build(policy):
        x = layers.Input((4, 4, 1), name="pictures")
        y = layers.Conv2D(2, 3, dtype=policy)(x)
        y = layers.BatchNormalization(dtype=policy)(y)
        return randomize(keras.Model(x, y))

    need(format)
    half, full = build("mixed_bfloat16"), build("float32")
    twin = exporting.with_batch_statistics(half)
    exporting.export(twin, path_of(tmp_path, format), format, verbose=False)
    run = load(path_of(tmp_path, format), format)
    assert_same(run, full, training=True)
    assert half.layers[1].compute_dtype == "bfloat16"


def test_a_message_names_the_file_unless_it_is_unwanted(tmp_path, capsys):
    need("onnx")
    gan = toys.build("GAN")
    gan.export(tmp_path / "gan.onnx", "onnx")
    assert f"'{tmp_path / 'gan.onnx'}'" in capsys.readouterr().out
    gan.export(tmp_path / "gan.onnx", "onnx", verbose=False)
    assert not capsys.readouterr().out


def test_a_killed_export_leaves_no_file(tmp_path, monkeypatch):
    def write_half(self, filepath, **kwargs):
        with open(filepath, "w") as file:
            file.write("half")
        raise KeyboardInterrupt

    need("onnx")
    monkeypatch.setattr(keras.Model, "export", write_half)
    (tmp_path / "old.onnx").write_text("whole")
    for name in ("new.onnx", "old.onnx"):
        with pytest.raises(KeyboardInterrupt):
            exporting.export(toys.network([(2,)], (3,)), tmp_path / name, "onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["old.onnx"]
    assert (tmp_path / "old.onnx").read_text() == "whole"


# === Batch statistics ===


def images():
    return np.random.default_rng(0).normal(2.0, 3.0, (4, 6)).astype("float32")


@pytest.mark.parametrize("kwargs", [{}, {"center": False}, {"scale": False}])
@pytest.mark.parametrize("axis", [1, -1])
def test_batch_statistics_are_those_of_a_batch_in_training(axis, kwargs):
    x = images().reshape(4, 3, 2)
    normalization = layers.BatchNormalization(axis, epsilon=0.1, **kwargs)
    network = randomize(keras.Sequential([layers.Input((3, 2)), normalization]))
    twin = exporting.with_batch_statistics(network)
    before = toys.copy_of(network.variables)
    received = ops.convert_to_numpy(twin(x))
    assert toys.same(toys.copy_of(network.variables), before)
    wanted = ops.convert_to_numpy(network(x, training=True))
    np.testing.assert_allclose(received, wanted, atol=1e-5)


def test_networks_in_networks_are_normalized_by_the_batch_too():
    inner = keras.Sequential([layers.Input((6,)), layers.BatchNormalization()])
    x = layers.Input((6,))
    # Some call dropout so, to have it at test time too.
    network = keras.Model(x, layers.Dropout(0.5)(inner(x), training=True))
    received = ops.convert_to_numpy(exporting.with_batch_statistics(network)(images()))
    wanted = ops.convert_to_numpy(inner(images(), training=True))
    np.testing.assert_allclose(received, wanted, atol=1e-5)


def test_what_is_frozen_keeps_its_running_statistics():
    network = keras.Sequential([layers.Input((6,)), layers.BatchNormalization()])
    network.layers[0].trainable = False
    received = exporting.with_batch_statistics(network)(images())
    wanted = ops.convert_to_numpy(network(images(), training=True))
    np.testing.assert_array_equal(ops.convert_to_numpy(received), wanted)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.TimeDistributed(layers.BatchNormalization()),
        lambda: layers.BatchNormalization(renorm=True),
    ],
)
def test_a_batch_normalization_that_cannot_be_replaced_is_refused(layer):
    network = keras.Sequential([layers.Input((3, 2)), layer()])
    with pytest.raises(ValueError, match="Received: sequential"):
        exporting.with_batch_statistics(network)


# === What is refused before any work ===


@pytest.mark.parametrize(
    "name, format, message",
    [
        ("gan", "pickle", "one of 'tf_saved_model', 'onnx', 'litert'.*'pickle'"),
        ("gan", "onnx", "must end with '.onnx'.*format='onnx'"),
        ("gan.onnx", "litert", "must end with '.tflite'.*format='litert'"),
        ("gan.onnx", "tf_saved_model", "is a folder.*gan.onnx"),
    ],
)
@pytest.mark.parametrize("variant", ["GAN", "Pix2Pix", "BiGAN"])
def test_unknown_formats_and_wrong_endings_are_refused(
    variant, name, format, message, tmp_path
):
    with pytest.raises(ValueError, match=message):
        toys.build(variant).export(tmp_path / name, format)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("backend, format", [("jax", "litert"), ("torch", "litert")])
def test_a_format_that_is_none_of_the_backend_is_refused(
    backend, format, tmp_path, monkeypatch
):
    gan = toys.build("GAN")
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    with pytest.raises(ValueError, match="where KERAS_BACKEND is 'tensorflow'"):
        gan.export(path_of(tmp_path, format), format)


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    converter = exporting.CONVERTERS["onnx"][BACKEND]
    monkeypatch.setitem(sys.modules, converter, None)
    with pytest.raises(ImportError, match=f"pip install {converter}"):
        toys.build("GAN").export(tmp_path / "gan.onnx", "onnx")


def test_bigan_has_no_other_networks_to_export(tmp_path):
    with pytest.raises(ValueError, match="Received: network='decoder'"):
        toys.build("BiGAN").export(tmp_path / "gan", network="decoder")
