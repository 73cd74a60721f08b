import keras
import numpy as np
import pytest

from ganzoo.data import Pairs
from ganzoo.data import Pictures
from ganzoo.data import pixels


def ramp(count):
    """Images of 2 x 2 pixels, each of its own grey."""
    greys = np.arange(count, dtype="uint8").reshape(-1, 1, 1, 1)
    return np.broadcast_to(greys, (count, 2, 2, 1)).copy()


def order(dataset):
    return np.concatenate([pixels.to_uint8(x)[:, 0, 0, 0] for x in dataset]).tolist()


def test_pictures_have_a_length_and_a_short_repr():
    pictures = Pictures(ramp(5), name="ramp")
    assert len(pictures) == 5
    assert repr(pictures) == (
        "Pictures(class_names=None, name='ramp', split=None, attribute_names=None)"
    )


def test_pictures_cannot_be_reassigned():
    with pytest.raises(AttributeError):
        Pictures(ramp(1)).images = ramp(2)


@pytest.mark.parametrize("images", [ramp(2).astype("float32"), ramp(2)[..., 0]])
def test_pictures_that_are_not_four_dimensional_uint8_are_refused(images):
    with pytest.raises(ValueError, match="Received: images.dtype="):
        Pictures(images)


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="one label for each image"):
        Pictures(ramp(2), np.zeros(3, "int32"))


def test_dataset_holds_every_picture_once_in_order():
    assert order(Pictures(ramp(7)).to_tf_dataset(3)) == list(range(7))


def test_dataset_batches_are_the_floats_of_to_float():
    pictures = Pictures(ramp(256))
    (x,) = pictures.to_tf_dataset(256)
    assert x.dtype == "float32"
    expected = keras.ops.convert_to_numpy(pixels.to_float(pictures.images))
    np.testing.assert_array_equal(x, expected)
    assert (x.numpy().min(), x.numpy().max()) == (-1.0, 1.0)


def test_dataset_converts_batch_by_batch():
    # All of it as floats would take 480 GB.
    dataset = Pictures(ramp(3)).to_tf_dataset(3).repeat(10**10)
    assert next(iter(dataset)).shape == (3, 2, 2, 1)


def test_dataset_with_labels_keeps_each_with_its_picture():
    pictures = Pictures(ramp(20), np.arange(20, dtype="int32") * 3)
    for x, y in pictures.to_tf_dataset(8, shuffle=True, with_labels=True):
        assert y.dtype == "int32"
        np.testing.assert_array_equal(pixels.to_uint8(x)[:, 0, 0, 0] * 3, y)


def test_dataset_without_labels_cannot_give_them():
    with pytest.raises(ValueError, match="no labels"):
        Pictures(ramp(2)).to_tf_dataset(2, with_labels=True)


def test_same_seed_gives_the_same_orders_and_each_epoch_another():
    pictures = Pictures(ramp(50))
    first = pictures.to_tf_dataset(8, shuffle=True, seed=1)
    again = pictures.to_tf_dataset(8, shuffle=True, seed=1)
    epochs = [order(first), order(first)]
    assert epochs == [order(again), order(again)]
    assert epochs[0] != epochs[1]
    assert sorted(epochs[0]) == list(range(50))


def test_other_seed_gives_another_order():
    pictures = Pictures(ramp(50))
    one, two = (pictures.to_tf_dataset(8, shuffle=True, seed=seed) for seed in (1, 2))
    assert order(one) != order(two)


def test_batch_size_of_zero_is_refused():
    with pytest.raises(ValueError, match="Received: batch_size=0"):
        Pictures(ramp(2)).to_tf_dataset(0)


def test_pairs_stay_together_in_a_dataset():
    pairs = Pairs(ramp(30), 255 - ramp(30))
    assert len(pairs) == 30
    for source, target in pairs.to_tf_dataset(7, shuffle=True, seed=0):
        np.testing.assert_array_equal(
            pixels.to_uint8(source) + pixels.to_uint8(target), 255
        )


def test_pairs_of_unequal_number_are_refused():
    with pytest.raises(ValueError, match="equally many"):
        Pairs(ramp(2), ramp(3))
