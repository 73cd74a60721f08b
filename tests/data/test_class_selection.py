"""One class against the others."""

import numpy as np
import pytest

from ganzoo import data

IMAGES = np.arange(6 * 4).reshape(6, 2, 2, 1).astype("uint8")
LABELS = np.array([3, 0, 3, 1, 0, 3], "int32")


def test_images_of_the_class_are_kept_in_their_order():
    kept = data.one_class(IMAGES, LABELS, 3)
    np.testing.assert_array_equal(kept, IMAGES[[0, 2, 5]])


def test_a_class_is_known_by_its_name_too():
    names = ("Dress", "Coat", "Bag", "Ankle boot")
    for name in ("Ankle boot", "ankle boot"):
        kept = data.one_class(IMAGES, LABELS, name, names)
        np.testing.assert_array_equal(kept, IMAGES[[0, 2, 5]])
    message = "are 0 Dress, 1 Coat, 3 Ankle boot. Did you mean 'Ankle boot'"
    with pytest.raises(ValueError, match=message):
        data.one_class(IMAGES, LABELS, "Ankle boots", names)
    with pytest.raises(ValueError, match="names are known by `class_names=`"):
        data.one_class(IMAGES, LABELS, "Ankle boot")


@pytest.mark.parametrize(
    "labels, normal, message",
    [
        (LABELS, 2, r"one of several classes, which are 0, 1, 3.*normal=2"),
        (LABELS * 0, 0, "one of several classes"),
        (LABELS, [0, 3], "one of several classes"),
        (LABELS, np.array([0, 3]), "one of several classes"),
        (LABELS, True, "one of several classes"),
        (LABELS[:4], 3, "one for each image"),
    ],
)
def test_a_class_that_is_none_or_all_is_refused(labels, normal, message):
    with pytest.raises(ValueError, match=message):
        data.one_class(IMAGES, labels, normal)
