"""Sheets with words: what `ganzoo.show` takes and where everything stands."""

import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo.data import pixels
from ganzoo.visualization import sheets

X = toys.pictures(3)


def same_sheet(a, b):
    return np.array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize(
    "images, same",
    [
        (pixels.to_float(X), X),
        (np.asarray(pixels.to_float(X)), X),
        (list(X), X),
        (X[..., 0], X),
        (X[0], X[:1]),
        (X[0, ..., 0], X[:1]),
        (np.repeat(X[0], 3, axis=-1), np.repeat(X[:1], 3, axis=-1)),
    ],
    ids=["tensor", "floats", "list", "grey", "one", "one grey", "one in colour"],
)
def test_bytes_floats_and_single_images_are_shown_alike(images, same):
    assert same_sheet(ganzoo.show(images), ganzoo.show(same))


def test_an_image_keeps_its_pixels_and_stands_below_its_label():
    sheet = np.asarray(ganzoo.show(X, ["a", 2, "c"]))
    side = 4 * 64
    for i, image in enumerate(X):
        top, left = (i // 2) * (sheets.CAPTION + side + sheets.GAP), i % 2 * side
        left += i % 2 * sheets.GAP
        found = sheet[top + sheets.CAPTION :, left:][:side, :side]
        np.testing.assert_array_equal(found[::64, ::64], image[..., 0])
        assert sheet[top : top + sheets.CAPTION, left : left + side].min() < 128
    assert same_sheet(ganzoo.show(X[0], "a"), ganzoo.show(X[:1], ["a"]))
    labels = np.array([1, 2, 3])
    wanted = ganzoo.show(X, ["1", "2", "3"])
    assert same_sheet(ganzoo.show(X, labels), wanted)
    assert same_sheet(ganzoo.show(X, ops.convert_to_tensor(labels)), wanted)


def test_large_images_keep_their_size_and_long_labels_are_cut():
    images = np.zeros((2, 600, 300, 1), "uint8")
    assert ganzoo.show(images).size == (606, 600)
    wide = np.asarray(ganzoo.show(images, ["m" * 200, ""]))
    assert (wide[: sheets.CAPTION, 300 : 300 + sheets.GAP] == 255).all()


@pytest.mark.parametrize(
    "images, labels, message",
    [
        (X.astype("int64"), None, r"as uint8 in 0..255 or as floats.*type int64"),
        (2 * pixels.to_float(X), None, r"must be floats in \[-1, 1\]"),
        (np.zeros((3, 4, 4, 2), "uint8"), None, r"shape \(3, 4, 4, 2\)"),
        (np.zeros((0, 4, 4, 1), "uint8"), None, r"shape \(0, 4, 4, 1\)"),
        (np.zeros((10_001, 1, 1, 1), "uint8"), None, r"images\[:64\]"),
        (X, [1, 2], "one label for each image. Received: 2 labels for 3 images"),
    ],
)
def test_what_cannot_be_shown_is_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        ganzoo.show(images, labels)


def test_images_of_several_domains_are_shown_side_by_side():
    rng = np.random.default_rng(0)
    grey, colours = (rng.integers(0, 256, (3, 4, 4, c), "uint8") for c in (1, 3))
    wide = np.concatenate([np.repeat(grey, 3, axis=-1), colours], axis=2)
    found = ganzoo.show((grey, colours), labels=[0, 1, 2])
    assert found.tobytes() == ganzoo.show(wide, labels=[0, 1, 2]).tobytes()


def test_grey_stands_beside_colours():
    colours = np.repeat(X, 3, axis=-1) // 2
    sheet = np.asarray(sheets.compare([X, colours], ["source", "translation"]))
    assert sheet.shape[-1] == 3
    image = sheet[sheets.CAPTION :][:100:25, :100:25]
    np.testing.assert_array_equal(image, np.repeat(X[0], 3, axis=-1))
