import warnings

import numpy as np
import pytest
from PIL import Image

from ganzoo.data import from_folder
from ganzoo.data.disk import folder
from ganzoo.data.disk import image_reading

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def save(path, color=RED, size=(8, 8), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(path, **options)
    return path


def only_color(images):
    """The one colour of images that are flat."""
    (color,) = np.unique(images.reshape(-1, images.shape[-1]), axis=0)
    return color.tolist()


def test_pictures_come_in_the_order_of_their_paths(tmp_path):
    for name, grey in (("b.png", 2), ("a/z.png", 1), ("B.png", 0), ("c/a/x.png", 3)):
        save(tmp_path / name, 80 * grey, mode="L")
    pictures = from_folder(tmp_path, 4, channels=1)
    assert pictures.images.shape == (4, 4, 4, 1)
    assert pictures.images[:, 0, 0, 0].tolist() == [0, 80, 160, 240]
    assert pictures.name == tmp_path.name


@pytest.mark.parametrize("end", ["png", "PNG", "Jpg", "jpeg", "webp", "gif", "bmp"])
def test_every_kind_of_file_is_read(tmp_path, end):
    save(tmp_path / f"a.{end}", (255, 255, 255))
    assert only_color(from_folder(tmp_path, 4).images) == [255, 255, 255]


def test_folder_inside_a_hidden_one_is_read(tmp_path):
    save(tmp_path / ".cache" / "set" / "a.png")
    assert len(from_folder(tmp_path / ".cache" / "set", 4)) == 1


@pytest.mark.parametrize(
    "mode, color, expected",
    [
        ("1", 1, [255, 255, 255]),
        ("L", 100, [100, 100, 100]),
        ("LA", (100, 255), [100, 100, 100]),
        ("LA", (100, 0), [255, 255, 255]),
        ("RGBA", (*BLUE, 255), [0, 0, 255]),
        ("RGBA", (*BLUE, 0), [255, 255, 255]),
        ("RGBA", (*BLUE, 51), [204, 204, 255]),
        ("I;16", 65535, [255, 255, 255]),
        ("I;16", 100 * 257, [100, 100, 100]),
    ],
)
def test_every_mode_becomes_rgb(tmp_path, mode, color, expected):
    save(tmp_path / "a.png", color, mode=mode)
    assert only_color(from_folder(tmp_path, 4).images) == expected


def test_palette_is_looked_up_and_its_transparency_is_white(tmp_path):
    picture = Image.new("P", (8, 8), 1)
    picture.putpalette([*RED, *GREEN])
    picture.save(tmp_path / "a.png")
    picture.save(tmp_path / "b.png", transparency=1)
    images = from_folder(tmp_path, 4).images
    assert only_color(images[:1]) == list(GREEN)
    assert only_color(images[1:]) == [255, 255, 255]


def test_cmyk_becomes_rgb(tmp_path):
    save(tmp_path / "a.jpg", (0, 0, 0, 0), mode="CMYK")
    assert only_color(from_folder(tmp_path, 4).images) == [255, 255, 255]


def test_colours_become_grey_by_luma(tmp_path):
    save(tmp_path / "a.png", GREEN)
    images = from_folder(tmp_path, 4, channels=1).images
    assert images.shape == (1, 4, 4, 1)
    assert only_color(images) == [150]  # 0.587 * 255


def test_exif_orientation_is_applied(tmp_path):
    picture = Image.new("RGB", (8, 8), RED)
    picture.paste(BLUE, (0, 0, 8, 4))  # blue above red
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter clockwise
    picture.save(tmp_path / "a.png", exif=exif)
    image = from_folder(tmp_path, 8).images[0]
    assert image[4, 0].tolist() == list(RED)
    assert image[4, 7].tolist() == list(BLUE)


def test_wide_picture_is_cropped_about_its_centre(tmp_path):
    picture = Image.new("RGB", (24, 8), RED)
    picture.paste(BLUE, (8, 0, 16, 8))
    picture.save(tmp_path / "a.png")
    assert only_color(from_folder(tmp_path, 8).images) == list(BLUE)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(12, 8), (8, 12)])
def test_a_padded_image_is_kept_whole_on_the_colour_of_its_edges(
    tmp_path, size, channels
):
    image = Image.new("RGB", size, (250, 240, 230))
    image.paste(RED, (2, 2, size[0] - 2, size[1] - 2))
    # An edge is mostly of one colour, which a mark on it is not.
    image.paste(BLUE, (0, 0, 2, 1))
    image.save(tmp_path / "a.png")
    padded = from_folder(tmp_path, 12, channels, pad=True).images[0]
    if size[1] > size[0]:
        padded = padded.swapaxes(0, 1)
    border = np.concatenate([padded[:2], padded[-2:]])
    paper = np.asarray(image.convert("L" if channels == 1 else "RGB"))[-1, -1]
    assert np.all(border == paper)
    assert len(np.unique(padded[2:-2].reshape(-1, channels), axis=0)) >= 3


def test_a_square_image_is_the_same_padded_or_cropped(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (9, 9, 3), "uint8")
    Image.fromarray(noise).save(tmp_path / "a.png")
    images = [from_folder(tmp_path, 4, pad=pad).images for pad in (False, True)]
    assert np.array_equal(*images)


def test_picture_of_the_right_size_keeps_its_pixels(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 3), "uint8")
    Image.fromarray(noise).save(tmp_path / "a.png")
    np.testing.assert_array_equal(from_folder(tmp_path, 8).images[0], noise)


def test_shrinking_averages_instead_of_picking_pixels(tmp_path):
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype("uint8")
    Image.fromarray(board).save(tmp_path / "a.png")
    inner = from_folder(tmp_path, 8, channels=1).images[0, 1:-1, 1:-1]
    assert np.abs(inner.astype(int) - 127).max() <= 2


def test_large_jpeg_files_are_read_small_and_come_out_alike(tmp_path):
    coarse = np.random.default_rng(0).integers(0, 256, (12, 16, 3), "uint8")
    picture = Image.fromarray(coarse).resize((1600, 1200), Image.Resampling.BICUBIC)
    picture.save(tmp_path / "a.jpg", quality=95)
    picture.save(tmp_path / "b.png")
    assert image_reading.open_picture(tmp_path / "a.jpg", (64, 64)).size == (200, 150)
    assert image_reading.open_picture(tmp_path / "b.png", (64, 64)).size == (1600, 1200)
    fast, whole = from_folder(tmp_path, 64).images.astype("int16")
    assert np.abs(fast - whole).mean() < 1 and np.abs(fast - whole).max() <= 8


def test_image_size_is_height_before_width(tmp_path):
    save(tmp_path / "a.png", size=(16, 16))
    assert from_folder(tmp_path, (4, 6)).images.shape == (1, 4, 6, 3)


def test_first_level_sub_folders_are_the_classes(tmp_path):
    for name in ("dog/a.png", "cat/young/b.png", "cat/c.png"):
        save(tmp_path / name)
    pictures = from_folder(tmp_path, 4)
    assert pictures.class_names == ("cat", "dog")
    assert pictures.labels.tolist() == [0, 0, 1]
    assert pictures.labels.dtype == "int32"


@pytest.mark.parametrize(
    "names",
    [
        ("1", "2", "10"),
        ("class2", "class10", "classes"),
        ("a", "a1b2", "a1b10", "a02", "b"),
        ("01", "1", "1a", "x"),
        ("100", "a"),
    ],
)
def test_classes_are_in_the_order_of_the_numbers_in_their_names(tmp_path, names):
    for name in names:
        save(tmp_path / name / "1.png")
    assert from_folder(tmp_path, 4).class_names == names


def test_one_picture_outside_the_sub_folders_means_no_labels(tmp_path):
    for name in ("dog/a.png", "cat/b.png", "c.png"):
        save(tmp_path / name)
    pictures = from_folder(tmp_path, 4)
    assert (pictures.labels, pictures.class_names) == (None, None)


def test_unreadable_files_are_skipped_with_one_warning(tmp_path):
    for i in range(5):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / f"a/bad{i}.png").write_bytes(b"no picture")
    save(tmp_path / "b" / "good.png")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pictures = from_folder(tmp_path, 4)
    (warning,) = caught
    assert warning.category is UserWarning
    assert warning.filename == __file__
    message = str(warning.message)
    assert message.startswith("Skipped 5 of 6 images that cannot be read: ")
    assert "bad0.png" in message and "bad2.png" in message
    assert "bad3.png" not in message and message.endswith("; and 2 more")
    assert pictures.labels.tolist() == [1]
    assert pictures.class_names == ("a", "b")


def test_truncated_jpeg_is_unreadable(tmp_path):
    save(tmp_path / "good.jpg")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), "uint8")
    Image.fromarray(noise).save(tmp_path / "bad.jpg")
    whole = (tmp_path / "bad.jpg").read_bytes()
    (tmp_path / "bad.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.warns(UserWarning, match="Skipped 1 of 2.*bad.jpg.*truncated"):
        assert len(from_folder(tmp_path, 4)) == 1


def test_decompression_bomb_is_unreadable(tmp_path, monkeypatch):
    save(tmp_path / "bomb.png", size=(64, 64))
    save(tmp_path / "good.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64)
    with pytest.warns(UserWarning, match="Skipped 1 of 2.*bomb.png"):
        assert len(from_folder(tmp_path, 4)) == 1


def test_nothing_readable_is_an_error(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="None of the 1 images.*bad.png.*Received"):
        from_folder(tmp_path, 4)


def test_folder_without_pictures_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="at least one image.*.png.*Received: path="):
        from_folder(tmp_path, 4)


@pytest.mark.parametrize("name", ["missing", "a.png"])
def test_path_that_is_no_folder_is_an_error(tmp_path, name):
    save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="existing folder.*Received: path="):
        from_folder(tmp_path / name, 4)


@pytest.mark.parametrize("image_size", [0, -4, 4.0, None, "4", (4,), (4, 4, 3), (4, 0)])
def test_bad_image_size_is_an_error(tmp_path, image_size):
    with pytest.raises(ValueError, match="Received: image_size="):
        from_folder(tmp_path, image_size)


@pytest.mark.parametrize("channels", [0, 2, 4, None])
def test_bad_channels_are_an_error(tmp_path, channels):
    with pytest.raises(ValueError, match="Received: channels="):
        from_folder(tmp_path, 4, channels)


@pytest.mark.parametrize("count, shown", [(3, False), (4, True)])
def test_progress_is_shown_for_many_pictures(
    tmp_path, monkeypatch, capsys, count, shown
):
    monkeypatch.setattr(folder, "PROGRESS_FROM", 3)
    for i in range(count):
        save(tmp_path / f"{i}.png")
    from_folder(tmp_path, 4)
    assert ("4 of 4" in capsys.readouterr().err) == shown
