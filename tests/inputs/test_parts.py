"""Declared parts of a batch: what each kind takes, refuses and becomes."""

import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo.inputs import epochs
from ganzoo.inputs import parts

IMAGES = np.zeros((3, 4, 5, 1), "uint8")


def refuse(part, array, message):
    with pytest.raises(ValueError, match=message):
        part.check("x", array)
        part.check_values("x", array)


def test_images_become_floats_in_the_models_range():
    part = parts.Images((4, 5, 1))
    converted = ops.convert_to_numpy(part.convert("x", IMAGES + 255))
    np.testing.assert_allclose(converted, 1.0)
    refuse(part, IMAGES[..., 0], "adds an axis for the channels")
    refuse(part, IMAGES[0], r"`x\[None\]` makes a batch of it")
    refuse(part, IMAGES.astype("int32"), "must be uint8")
    refuse(part, IMAGES + 2.0, r"floats in \[-1, 1\]")


def test_frames_are_images_with_an_axis_of_time():
    part = parts.Frames((2, 4, 5, 1))
    frames = np.zeros((3, 2, 4, 5, 1), "uint8")
    converted = ops.convert_to_numpy(part.convert("x", frames))
    np.testing.assert_allclose(converted, -1.0)
    refuse(part, IMAGES, "must be sequences of images")
    refuse(part, frames - 3.0, r"floats in \[-1, 1\]")


def test_labels_may_be_missing_only_where_it_is_declared():
    labels = np.array([0, 4, -1], "int32")
    refuse(parts.Label(count=5), labels, "must be from 0 to 4, since")
    part = parts.Label(count=5, missing=True)
    part.check_values("y", labels)
    refuse(part, labels - 1, "from 0 to 4, or -1 where there is none")
    refuse(part, labels + 1, "from 0 to 4, or -1 where there is none")
    refuse(part, labels.astype("float32"), "must be integer labels")
    column = part.convert("y", labels[:, None])
    np.testing.assert_array_equal(ops.convert_to_numpy(column), labels)


def test_all_labels_together_have_some_and_of_two_classes():
    part = parts.Label(count=5, missing=True)
    none, one = np.array([-1, -1], "int32"), np.array([-1, 3], "int32")
    for trains in (True, False):
        with pytest.raises(ValueError, match="there is nothing to learn classes from"):
            part.check_all("y", none, trains)
    with pytest.raises(ValueError, match="two classes or more.* class 3 only"):
        part.check_all("y", one, trains=True)
    part.check_all("y", one, trains=False)
    with pytest.raises(ValueError, match="two classes or more.* class 3 only"):
        parts.Label(count=5).check_all("y", one[1:], trains=True)
    parts.Label(count=5).check_all("y", one[1:], trains=False)


def test_labels_of_an_unknown_number_of_classes_are_refused():
    with pytest.raises(ValueError, match="must know how many classes"):
        parts.Label().resolve(toys.build("GAN"))
    with pytest.raises(ValueError, match="shape of a part must be a tuple"):
        parts.Vector(3)


def test_vectors_are_finite_floats_of_any_range():
    part = parts.Vector((2,))
    vectors = np.array([[-40.0, 3.0]])
    part.check_values("v", vectors)
    np.testing.assert_allclose(
        ops.convert_to_numpy(part.convert("v", vectors)), vectors
    )
    refuse(part, np.array([[np.nan, 0.0]]), "must be finite")
    refuse(part, vectors.astype("int64"), "must be floats")


def test_tokens_are_integers_of_a_vocabulary():
    part = parts.Tokens().resolve(toys.build("GANCLS"))
    tokens = np.array([[0, 6, 4]])
    part.check_values("t", tokens)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(part.convert("t", tokens)), tokens
    )
    refuse(part, tokens + 1, "must be from 0 to 6")
    refuse(part, tokens - 1, "must be from 0 to 6")
    refuse(part, tokens[:, :2], "must have the shape")
    refuse(part, tokens.astype("float32"), "must be sequences of integer")
    refuse(part, np.stack([tokens[0], 0 * tokens[0]]), "a token that is not 0.*row 1")


def test_tokens_are_made_of_strings_however_they_come():
    part = parts.Tokens().resolve(toys.build("GANCLS"))
    wanted = toys.tokens(4)
    strings = [*toys.TEXTS]
    for texts in (strings, tuple(strings), np.array(strings), np.array(strings, "O")):
        np.testing.assert_array_equal(part.read(texts), wanted)
    assert part.read(wanted) is wanted and part.read(None) is None


def test_a_few_texts_are_never_all_alike():
    part, texts = parts.Tokens(), np.array(["a"] * 9 + ["b"] + ["a"] * 10)
    np.testing.assert_array_equal(part.few(texts, 4), ["a", "a", "a", "b"])
    tokens = np.ones((20, 3), "int32")
    tokens[8] = 2
    np.testing.assert_array_equal(part.few(tokens, 3)[:, 0], [1, 1, 2])


@pytest.mark.parametrize("variant", toys.VARIANTS)
def test_every_variant_declares_what_fit_takes(variant):
    gan = toys.build(variant)
    arrays = toys.data(variant)
    assert len(gan.parts) == len(arrays)
    for part, array in zip(gan.batch_parts.values(), arrays):
        assert part.shape == array.shape[1:]
    batch = gan.to_batch(arrays)
    assert isinstance(batch, tuple) == (len(arrays) > 1)
    # A recipe gives a model what follows from the data, and no more.
    given = {}
    for part, array in zip(type(gan).parts.values(), arrays):
        array = toys.texts() if isinstance(part, parts.Tokens) else array
        given |= part.arguments(array, tuple("abcdef"))
    assert set(given) <= gan.given()
    assert not gan.given() & gan.options()
    if variant == "CGAN":
        assert given == {"num_classes": 5, "class_names": tuple("abcde")}


def test_independent_parts_have_orders_of_their_own():
    long, short = np.arange(10), np.arange(4)
    data = epochs.Epochs([long, short], 4, paired=False)
    data.shuffle([7, 1])
    batches = [data[i] for i in range(len(data))]
    x, y = (np.concatenate(part) for part in zip(*batches))
    assert sorted(x) == list(long)
    # The shorter one begins again, in another order.
    assert len(y) == 10 and sorted(y[:4]) == sorted(y[4:8]) == list(short)
    assert list(y[:4]) != list(y[4:8])
    assert list(x[:4]) != list(y[:4])
    again = epochs.Epochs([long, short], 4, paired=False)
    again.shuffle([7, 1])
    np.testing.assert_array_equal(again[0][1], batches[0][1])


def test_paired_parts_of_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="as many labels or targets"):
        epochs.Epochs([np.arange(10), np.arange(4)], 4)


def test_declarations_are_read_by_all_who_ask():
    assert ganzoo.Pix2Pix.translates and not ganzoo.DCGAN.translates
    assert ganzoo.Pix2Pix.translates_in_training
    assert ganzoo.SRGAN.translates and not ganzoo.SRGAN.translates_in_training
    assert ganzoo.BiGAN.network_names == ("generator", "discriminator", "encoder")
    assert ganzoo.CGAN.condition_names == ("labels",)
    assert "penalty_weight" in ganzoo.WGANGP.options()
    assert not {"num_classes", "generator", "seed"} & ganzoo.CGAN.options()
