"""Sheets of images."""

import numpy as np
from PIL import Image

from ganzoo.visualization import grids


def test_pictures_stand_in_rows_with_white_between():
    pictures = np.stack([np.full((2, 3, 1), i, "uint8") for i in range(5)])
    sheet = grids.grid(pictures, columns=3, gap=1)
    assert sheet.shape == (2 * 3 - 1, 3 * 4 - 1, 1)
    assert (sheet[0:2, 4:7] == 1).all() and (sheet[3:5, 0:3] == 3).all()
    assert (sheet[2] == 255).all() and (sheet[:, 3] == 255).all()
    assert (sheet[3:, 8:] == 255).all(), "the place of a sixth"


def test_a_png_holds_the_pixels_enlarged(tmp_path):
    sheet = np.arange(24, dtype="uint8").reshape(2, 4, 3)
    for colours in (sheet, sheet[..., :1]):
        grids.save_png(tmp_path / "new" / "a.png", colours, scale=2)
        with Image.open(tmp_path / "new" / "a.png") as image:
            image = np.asarray(image)
        wanted = colours.repeat(2, axis=0).repeat(2, axis=1)
        np.testing.assert_array_equal(image.reshape(wanted.shape), wanted)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.png"]
