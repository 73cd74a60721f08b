"""Discriminators of several outputs, and players that share weights."""

import keras
import numpy as np
import pytest
import toy_variants
import toys
from keras import layers
from keras import ops

import ganzoo

X = toys.pictures(10).astype("float32") / 127.5 - 1
Y = toys.labels(10)


def test_the_logit_is_found_by_its_name_in_whichever_order_keras_lists_outputs():
    gan = toy_variants.two_heads()
    kernel, bias = gan.discriminator.get_layer("score").get_weights()
    logit = X.reshape(10, -1) @ kernel + bias
    np.testing.assert_allclose(ops.convert_to_numpy(gan.D(X)), logit, rtol=1e-4)
    assert set(gan.heads(X)) == {"logit", "classes"}
    assert gan.heads(X)["classes"].shape == (10, toys.NUM_CLASSES)


def test_what_a_discriminator_sees_may_be_a_tuple():
    """As `data_inputs` and `sample_inputs` are."""
    alone, labelled = toys.build("GAN"), toys.build("CGAN")
    alone._is_training = labelled._is_training = False
    for gan, inputs in ((alone, (X,)), (labelled, (X, Y))):
        wanted = gan.judge(X if gan is alone else [X, Y])
        for seen in (inputs, list(inputs)):
            np.testing.assert_array_equal(*toys.copy_of([gan.D(seen), wanted]))


def test_the_slope_is_that_of_the_logit():
    gan = toy_variants.two_heads()
    kernel, _ = gan.discriminator.get_layer("score").get_weights()
    batch = ops.convert_to_tensor(X), ops.convert_to_tensor(Y)
    penalty = toys.value(gan.r1_penalty(batch))
    assert penalty == pytest.approx((kernel**2).sum() / 2, rel=1e-4)


def test_heads_are_trained_saved_and_loaded(tmp_path):
    gan = toy_variants.two_heads()
    gan.compile()
    history = gan.fit(X, Y, batch_size=5, epochs=2, verbose=0).history
    assert set(history) == {"discriminator_loss", "generator_loss", "accuracy"}
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    for name, head in gan.heads(X).items():
        np.testing.assert_array_equal(
            ops.convert_to_numpy(head), ops.convert_to_numpy(again.heads(X)[name])
        )


@pytest.mark.parametrize(
    "heads, message",
    [
        ({"score": None}, "a dict of tensors with one called 'logit'"),
        ({"logit": "sigmoid", "classes": None}, "ends in a sigmoid"),
    ],
)
def test_heads_without_logits_are_refused(heads, message):
    x = layers.Input(toys.IMAGE_SHAPE)
    flat = layers.Flatten()(x)
    outputs = {name: layers.Dense(1, act)(flat) for name, act in heads.items()}
    with pytest.raises(ValueError, match=message):
        ganzoo.GAN(
            generator=toys.networks("GAN")["generator"],
            discriminator=keras.Model(x, outputs),
        )


def heads_of(x, classes="linear"):
    """Outputs of a discriminator: a logit, its features, and classes beside."""
    flat = layers.Flatten()(x)
    features = layers.Dense(5, "relu")(flat)
    return {
        "logit": layers.Dense(1)(features),
        "classes": layers.Dense(toys.NUM_CLASSES, classes)(flat),
        "features": features,
    }


def nested(x, outputs, depth=1):
    """A network that is inside of others, behind a layer that changes nothing."""
    network = keras.Model(x, outputs)
    for _ in range(depth):
        x = layers.Input(toys.IMAGE_SHAPE)
        network = keras.Model(x, network(layers.Rescaling(1.0)(x)))
    return network


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_each_output_of_a_network_in_another_is_looked_at(depth):
    def play(variant, outputs):
        d = nested(x, outputs, depth)
        networks = {**toys.networks(variant), "discriminator": d}
        return getattr(ganzoo, variant)(**networks)

    x = layers.Input(toys.IMAGE_SHAPE)
    heads = heads_of(x)
    two = {name: heads[name] for name in ("logit", "classes")}
    play("ACGAN", two)
    with pytest.raises(ValueError, match="output 'classes' .* sigmoid or softmax"):
        play("ACGAN", {**two, "classes": heads_of(x, "softmax")["classes"]})
    with pytest.raises(ValueError, match="`discriminator` must return logits"):
        sigmoid = layers.Activation("sigmoid")(two["logit"])
        play("ACGAN", {**two, "logit": sigmoid})
    # The logit is computed from these features, and not from others.
    ways = {name: heads[name] for name in ("logit", "features")}
    play("VAEGAN", ways)
    with pytest.raises(ValueError, match="whose logit does not depend on 'features'"):
        play("VAEGAN", {**ways, "features": heads["classes"]})
    code = layers.Dense(3, "relu")(layers.Flatten()(x))
    for activation, is_refused in (("tanh", False), ("sigmoid", True)):
        y = layers.Conv2D(1, 1, activation=activation)(x)
        if is_refused:
            with pytest.raises(ValueError, match=r"must return images in \[-1, 1\]"):
                play("EBGAN", {"code": code, "reconstruction": y})
        else:
            play("EBGAN", {"code": code, "reconstruction": y})


@pytest.mark.parametrize(
    "layer",
    [
        layers.Activation("linear", dtype="float32"),
        layers.Identity(),
        layers.Dropout(0.1),
        lambda x: ops.cast(x, "float32"),
    ],
)
def test_a_softmax_is_found_behind_what_leaves_values_as_they_are(layer):
    x = layers.Input(toys.IMAGE_SHAPE)
    heads = heads_of(x, "softmax")
    outputs = {"logit": heads["logit"], "classes": layer(heads["classes"])}
    networks = {**toys.networks("ACGAN"), "discriminator": keras.Model(x, outputs)}
    with pytest.raises(ValueError, match="ends in a sigmoid or softmax"):
        ganzoo.ACGAN(**networks)


# === Players that share weights ===


def test_one_network_of_two_outputs_keeps_what_they_share(tmp_path):
    gan = toy_variants.coupled()
    gan.compile()
    assert len(gan.generator_variables) == 6
    x = toys.pictures(12)
    with pytest.raises(ValueError, match="needs images to learn from"):
        gan.fit(x, x[:0], verbose=0)
    # The parts are apart: of other lengths, each in an order of its own.
    gan.fit(x, x[:7], batch_size=6, epochs=2, verbose=0)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert len(again.generator_variables) == 6
    assert len(again.discriminator_variables) == 6
    assert toys.same(toys.copy_of(gan.weights), toys.copy_of(again.weights))


def test_networks_that_share_a_layer_are_refused():
    shared = layers.Dense(16)
    x, z = layers.Input((4, 4, 1)), layers.Input((16,))
    generator = keras.Model(z, layers.Reshape((4, 4, 1))(shared(z)))
    score = layers.Dense(1)(shared(layers.Flatten()(x)))
    with pytest.raises(ValueError, match="must be one `keras.Model` of one graph"):
        ganzoo.GAN(generator=generator, discriminator=keras.Model(x, score))


def test_models_inside_of_a_network_that_share_a_layer_are_refused():
    shared, h = layers.Dense(8), layers.Input((16,))
    trunks = [keras.Model(h, layers.Dense(1)(shared(h))) for _ in range(2)]
    x = layers.Input(toys.IMAGE_SHAPE)
    scores = [trunk(layers.Flatten()(x)) for trunk in trunks]
    with pytest.raises(ValueError, match="with nothing in common"):
        ganzoo.GAN(
            generator=toys.networks("GAN")["generator"],
            discriminator=keras.Model(x, layers.Add()(scores)),
        )
