"""CGAN: Equation 2, with labels that both players see."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo

X = toys.pictures(10).astype("float32") / 127.5 - 1
Y = toys.labels(10)


def label_discriminator(logits):
    """`D(x, y)` is a number for each label, whatever the image."""
    x, y = layers.Input(toys.IMAGE_SHAPE), layers.Input((), dtype="int32")
    table = layers.Embedding(toys.NUM_CLASSES, 1)
    model = keras.Model([x, y], table(y) + 0.0 * layers.Dense(1)(layers.Flatten()(x)))
    table.set_weights([np.reshape(logits, (-1, 1))])
    return model


def test_losses_are_those_of_equation_2_for_the_labels_given():
    logits = np.array([-2.0, -1.0, 0.0, 1.0, 3.0], "float32")
    gan = ganzoo.CGAN(
        num_classes=toys.NUM_CLASSES,
        generator=toys.networks("CGAN")["generator"],
        discriminator=label_discriminator(logits),
        seed=0,
    )
    y = np.array([4, 4, 0, 1, 1, 1, 2, 3, 3, 0], "int32")
    batch = (ops.convert_to_tensor(X), ops.convert_to_tensor(y))
    t = logits[y]
    d_loss = toys.softplus(-t).mean() + toys.softplus(t).mean()
    assert toys.value(gan.discriminator_loss(batch)) == pytest.approx(d_loss, rel=1e-5)
    g_loss = toys.softplus(-t).mean()
    assert toys.value(gan.generator_loss(batch)) == pytest.approx(g_loss, rel=1e-5)


def test_generator_sees_the_label():
    gan = toys.build("CGAN")
    a, b = (gan.generate(6, seed=0, labels=label) for label in (1, 2))
    assert (a != b).any()


def test_labels_choose_the_class_of_each_picture():
    gan = toys.build("CGAN")
    mixed = gan.generate(4, seed=0, labels=[1, 2, 2, 1])
    ones = gan.generate(4, seed=0, labels=1)
    np.testing.assert_array_equal(mixed[[0, 3]], ones[[0, 3]])


def test_all_classes_come_in_turn_without_labels():
    gan = toys.build("CGAN")
    (labels,) = gan.conditions(7, None)
    np.testing.assert_array_equal(labels, [0, 1, 2, 3, 4, 0, 1])


@pytest.mark.parametrize(
    "labels", [[0, 1], toys.NUM_CLASSES, -1, 1.5, np.eye(toys.NUM_CLASSES)]
)
def test_labels_that_are_no_classes_are_refused(labels):
    with pytest.raises(ValueError, match="abels"):
        toys.build("CGAN").generate(3, labels=labels)


def test_training_labels_out_of_range_are_refused_at_the_door():
    gan = toys.compiled("CGAN")
    with pytest.raises(ValueError, match="must be from 0 to 4"):
        gan.fit(X, Y + 1, verbose=0)


def test_one_hot_labels_are_refused_and_missing_ones_too():
    gan = toys.compiled("CGAN")
    with pytest.raises(ValueError, match="must have the shape"):
        gan.fit(X, np.eye(toys.NUM_CLASSES)[Y], verbose=0)
    with pytest.raises(
        ValueError, match="Pass `x` and `y` as arrays.*what CGAN trains on"
    ):
        gan.fit(X, verbose=0)
    with pytest.raises(ValueError, match="must be integer labels"):
        gan.fit(X, Y.astype("float32"), verbose=0)


def test_a_column_of_labels_is_taken_as_labels():
    gan = toys.compiled("CGAN")
    gan.fit(X, Y[:, None], verbose=0)


def test_networks_without_a_label_input_are_refused():
    players = toys.networks("CGAN")
    players["discriminator"] = toys.networks("GAN")["discriminator"]
    with pytest.raises(ValueError, match="integer labels"):
        ganzoo.CGAN(**players)


@pytest.mark.parametrize("num_classes", [None, 1, 2.0, "10"])
def test_num_classes_must_be_given(num_classes):
    with pytest.raises(ValueError, match="`num_classes` must be an int"):
        ganzoo.CGAN(image_shape=(28, 28, 1), num_classes=num_classes)


def test_default_networks_and_optimizer_are_the_papers():
    gan = ganzoo.CGAN(image_shape=(28, 28, 1), num_classes=10)
    gan.compile()
    assert gan.latent_dim == 100
    for optimizer in gan.optimizer.optimizers:
        assert isinstance(optimizer, keras.optimizers.SGD)
        assert float(optimizer.learning_rate) == pytest.approx(0.1)


# === Names of classes ===

NAMES = ("shirt", "dress", "bag", "10", "2")


@pytest.fixture(scope="module")
def named():
    return toys.build("CGAN", class_names=NAMES)


@pytest.mark.parametrize(
    "labels, numbers",
    [
        ("dress", [1, 1, 1]),
        (["dress", "bag", "10"], [1, 2, 3]),
        (np.array(["bag", "2", "shirt"]), [2, 4, 0]),
        # A string is a name, a number is none.
        (["2", 2, np.int64(3)], [4, 2, 3]),
        (2, [2, 2, 2]),
        (range(3), [0, 1, 2]),
    ],
)
def test_classes_are_named_or_numbered(named, labels, numbers):
    (found,) = named.conditions(3, labels)
    assert found.tolist() == numbers and found.dtype == "int32"


def test_images_of_a_named_class_are_those_of_its_number(named):
    drawn = [named.generate(4, seed=0, labels=y) for y in ("bag", 2, ["bag"] * 4)]
    assert np.array_equal(drawn[0], drawn[1]) and np.array_equal(drawn[0], drawn[2])


def test_an_unknown_class_is_told_with_the_known_ones(named):
    with pytest.raises(ValueError, match="shirt, dress, .* Did you mean 'dress'?"):
        named.generate(2, labels="dres")
    with pytest.raises(ValueError, match="does not know the names"):
        toys.build("CGAN").generate(2, labels="dress")


@pytest.mark.parametrize("names", [NAMES[:4], (*NAMES[:4], "bag"), "dress", range(5)])
def test_names_that_are_not_one_for_each_class_are_refused(names):
    with pytest.raises(ValueError, match="a different one for each class"):
        toys.build("CGAN", class_names=names)


def test_names_are_saved_and_older_files_have_none(named, tmp_path):
    named.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").class_names == NAMES
    config = named.get_config()
    del config["class_names"]
    assert ganzoo.CGAN.from_config(config).class_names is None
