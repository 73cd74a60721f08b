"""Sheets to look at: what stands where."""

import types

import numpy as np
import toys
from keras import ops

import ganzoo
from ganzoo.scoring import generated
from ganzoo.visualization import grids
from ganzoo.visualization import samples


def picture(sheet, row, column, side=4, gap=2):
    """One of a sheet's images."""
    top, left = row * (side + gap), column * (side + gap)
    return sheet[top : top + side, left : left + side]


def ends(gan, rows, seed):
    z = gan.prior((2 * rows, 1, gan.latent_dim), seed=seed)
    return np.split(ops.convert_to_numpy(z)[:, 0], 2)


def test_an_interpolation_goes_in_a_straight_line():
    gan = toys.build("GAN")
    sheet = samples.interpolations(gan, seed=3, rows=2, columns=5)
    first, last = ends(gan, rows=2, seed=3)
    for column, share in enumerate((0, 0.25, 0.5, 0.75, 1)):
        wanted = gan.decode((first * (1 - share) + last * share).astype("float32"))
        for row in range(2):
            # Rounding may tip a pixel.
            off = picture(sheet, row, column).astype(int) - wanted[row]
            assert abs(off).max() <= 1


def test_an_interpolation_keeps_to_its_class():
    gan = toys.build("CGAN")
    sheet = samples.interpolations(gan, seed=3, rows=3, columns=2)
    first, _ = ends(gan, rows=3, seed=3)
    wanted = gan.decode(first, [np.arange(3, dtype="int32")])
    for row in range(3):
        off = picture(sheet, row, 0).astype(int) - wanted[row]
        assert abs(off).max() <= 1


def test_a_sheet_of_a_conditional_model_has_a_class_to_each_row():
    gan, conditional = toys.build("CGAN"), types.SimpleNamespace(kind="labels")
    sheet = samples.sheet(conditional, gan, arrays=(), seed=3, columns=2)
    labels = np.repeat(np.arange(gan.num_classes), 2)
    wanted = gan.generate(len(labels), seed=3, labels=labels)
    for i in range(len(labels)):
        np.testing.assert_array_equal(picture(sheet, i // 2, i % 2), wanted[i])


def test_a_sheet_of_a_model_of_texts_has_one_to_each_row():
    gan, arrays = toys.build("GANCLS"), (toys.pictures(), toys.texts())
    sheet = samples.sheet(None, gan, arrays, seed=3, rows=3, columns=2)
    for row, text in enumerate(toys.TEXTS[i] for i in (0, 1, 2)):
        wanted = gan.generate(2, texts=text, seed=3)
        for column in range(2):
            np.testing.assert_array_equal(picture(sheet, row, column), wanted[column])
    # Without data they are those that it remembers.
    sheet = samples.sheet(None, gan, (), seed=3, rows=3, columns=2)
    assert sheet.shape == (3 * 6 - 2, 2 * 6 - 2, 1)


def test_a_sheet_of_a_model_with_codes_has_a_value_to_each_column():
    gan = toys.build("InfoGAN")
    sheet = samples.sheet(None, gan, arrays=(), seed=3, rows=2, columns=4)
    wanted = gan.traverse("c1", rows=2, seed=3)
    for row in range(2):
        for column in range(4):
            found = picture(sheet, row, column)
            np.testing.assert_array_equal(found, wanted[row, column])
    assert sheet.shape == (2 * 6 - 2, 4 * 6 - 2, 1)


def test_an_interpolation_keeps_to_its_codes():
    gan = toys.build("InfoGAN")
    sheet = samples.interpolations(gan, seed=3, rows=3, columns=2)
    codes, sides = gan.find_conditions(3, seed=3), ends(gan, rows=3, seed=3)
    for column, z in enumerate(sides):
        wanted = gan.decode(z, codes)
        for row in range(3):
            off = picture(sheet, row, column).astype(int) - wanted[row]
            assert abs(off).max() <= 1


def test_a_reconstruction_stands_below_its_picture():
    gan, images = toys.build("BiGAN"), toys.pictures(6)
    sheet = samples.reconstructions(gan, images, columns=3)
    found = gan.reconstruct(images)
    for i in range(6):
        row, column = 2 * (i // 3), i % 3
        np.testing.assert_array_equal(picture(sheet, row, column), images[i])
        np.testing.assert_array_equal(picture(sheet, row + 1, column), found[i])


def test_a_grey_source_stands_beside_colours():
    source, target = (4, 4, 1), (4, 4, 3)
    gan = ganzoo.Pix2Pix(
        generator=toys.network([source], target),
        discriminator=toys.network([source, target], (1,)),
    )
    x = toys.pictures(3)
    y = np.repeat(x[::-1], 3, axis=-1)
    sheet = samples.sheet(
        types.SimpleNamespace(kind="edges", batch_size=2), gan, (x, y)
    )
    np.testing.assert_array_equal(picture(sheet, 0, 0), np.repeat(x[0], 3, axis=-1))
    np.testing.assert_array_equal(picture(sheet, 0, 1), gan.translate(x, seed=0)[0])
    np.testing.assert_array_equal(picture(sheet, 0, 2), y[0])


def test_what_was_trained_picture_by_picture_is_scored_so():
    gan, x = toys.build("Pix2Pix"), toys.pictures(6)
    for batch, wanted in (1, 1), (2, 50), (64, 50):
        recipe = types.SimpleNamespace(batch_size=batch)
        drawn = generated.draws(gan, (x, x), None, 0, "drawn", recipe)
        assert drawn.details["mode"].endswith(f"statistics of batches of {wanted}")
        np.testing.assert_array_equal(
            np.concatenate(list(drawn.batches())),
            gan.translate(x, seed=0, batch_size=min(wanted, 6)),
        )


def test_each_row_of_a_sheet_has_another_attribute_changed():
    gan = toys.build("IcGAN")
    sheet = samples.sheet(None, gan, (), seed=4, columns=5)
    z = gan.latents(5, seed=4)
    (y,) = gan.find_conditions(5, seed=4)
    rows = [y, y * [[-1, 1]], y * [[1, -1]]]
    drawn = [gan.decode(z, [row.astype("float32")]) for row in rows]
    np.testing.assert_array_equal(sheet, grids.grid(np.concatenate(drawn), 5))
