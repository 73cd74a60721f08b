"""Folders of image files that are scored."""

import numpy as np
import pytest
from PIL import Image
from toy_sources import pictures
from toy_sources import read
from toy_sources import write

from ganzoo.scoring import named_sources


def test_one_colour_picture_makes_all_of_them_rgb(tmp_path):
    folder = write(tmp_path / "mixed", pictures(3, (4, 4, 1)))
    Image.fromarray(pictures(1, (4, 4, 3))[0]).save(folder / "colour.png")
    assert named_sources.find(folder).image_shape == (4, 4, 3)


def test_links_are_followed_and_one_to_nothing_is_refused(tmp_path):
    images = pictures()
    write(tmp_path / "elsewhere", images)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "linked").symlink_to(tmp_path / "elsewhere")
    np.testing.assert_array_equal(read(named_sources.find(tmp_path / "set")), images)
    (tmp_path / "set" / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"gone \(a link to nothing\)"):
        named_sources.find(tmp_path / "set")


def test_turned_pictures_are_measured_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    for i, image in enumerate(pictures(2, (4, 6, 3))):
        Image.fromarray(image).save(tmp_path / f"{i}.png", exif=exif)
    source = named_sources.find(tmp_path)
    assert source.image_shape == (6, 4, 3)
    assert read(source).shape == (2, 6, 4, 3)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must hold images.*\.png"):
        named_sources.find(tmp_path)


def test_pictures_of_two_sizes_are_refused_with_both(tmp_path):
    folder = write(tmp_path / "x", pictures(3))
    Image.fromarray(pictures(1, (9, 8, 3))[0]).save(folder / "other.png")
    with pytest.raises(ValueError, match="00000.png of 5 x 6 and other.png of 8 x 9"):
        named_sources.find(folder)


def test_a_file_that_is_no_picture_is_named(tmp_path):
    folder = write(tmp_path / "x", pictures(3))
    (folder / "broken.png").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="mend or remove.*broken.png"):
        named_sources.find(folder)


def test_pictures_in_the_range_0_to_1_are_refused_in_files_too(tmp_path):
    with pytest.raises(ValueError, match="0 and 1 only"):
        named_sources.find(write(tmp_path / "x", pictures() // 128))
    named_sources.find(write(tmp_path / "black", pictures() * 0))


def test_a_picture_cut_short_is_named(tmp_path):
    folder = write(tmp_path / "x", pictures(30, (64, 64, 3)))
    path = folder / "00020.png"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match="mend or remove.*00020.png"):
        read(named_sources.find(folder))


COLOUR = (200, 30, 60)


def transparent(kind):
    """An image that looks blank, and has a colour under its transparency."""
    plain = Image.new("RGB", (6, 5), COLOUR)
    match kind:
        case "RGBA":
            plain.putalpha(0)
        case "LA":
            plain = plain.convert("L")
            plain.putalpha(0)
        case "palette":
            plain = plain.quantize(2)
            plain.info["transparency"] = bytes([0, 0])
        case "colour key":
            plain.info["transparency"] = COLOUR
    return plain


@pytest.mark.parametrize("kind", ["RGBA", "LA", "palette", "colour key"])
def test_transparent_images_are_laid_on_white_or_keep_their_colour(tmp_path, kind):
    image = transparent(kind)
    for name in "ab":
        image.save(tmp_path / f"{name}.png")
    with pytest.warns(UserWarning, match="laid on white.*--alpha drop.*a.png"):
        white = named_sources.find(tmp_path)
    dropped = named_sources.find(tmp_path, alpha="drop")
    assert (read(white) == 255).all()
    # As pytorch-fid, torch-fidelity and clean-fid read them.
    wanted = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    assert (read(dropped) == wanted).all()
    assert (white.details["alpha"], dropped.details["alpha"]) == ("white", "drop")
    assert white.key() != dropped.key()


def test_images_that_have_an_alpha_but_are_opaque_are_read_in_one_way(tmp_path):
    write(tmp_path, pictures(shape=(6, 5, 4)) | np.array([0, 0, 0, 255], "uint8"))
    white, dropped = (
        named_sources.find(tmp_path, alpha=how) for how in ("white", "drop")
    )
    assert np.array_equal(read(white), read(dropped))
    assert white.details == dropped.details == {}
    assert white.key() == dropped.key()
