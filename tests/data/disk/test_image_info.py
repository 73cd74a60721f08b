"""What is told of image files: how deep they are, and what of them is read."""

import shutil
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ganzoo.data import from_folder
from ganzoo.data import pairs_from_folder
from ganzoo.data.disk import shard_writer
from ganzoo.data.disk import store
from ganzoo.scoring import named_sources
from ganzoo.scoring import sources


def deep(top, seed=0, size=8):
    """Noise of 16 bits up to `top`, which it reaches."""
    noise = np.random.default_rng(seed).integers(0, top + 1, (size, size))
    noise[0, 0] = top
    return noise.astype("uint16")


def fill(root, top, ending="png", count=12):
    root.mkdir(exist_ok=True)
    for i in range(count):
        Image.fromarray(deep(top, i)).save(root / f"{i}.{ending}")
    return root


def save_tiff(path, values, sample_format, byteorder="<"):
    """A TIFF file of numbers of any type, 1 for unsigned and 2 for signed ones."""
    pixels = values.astype(values.dtype.newbyteorder(byteorder)).tobytes()
    height, width = values.shape
    tags = {256: width, 257: height, 258: 8 * values.itemsize, 259: 1, 262: 1}
    tags |= {273: 8, 277: 1, 278: height, 279: len(pixels), 339: sample_format}
    entries = b"".join(struct.pack("<HHII", t, 4, 1, v) for t, v in tags.items())
    directory = struct.pack("<H", len(tags)) + entries + bytes(4)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + directory)


def save_png_of_16_bit_colour(path, values):
    """A PNG file, which Pillow does not write."""

    def chunk(name, content):
        crc = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + crc

    height, width = values.shape
    rows = np.repeat(values[..., np.newaxis], 3, -1).astype(">u2")
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "top, bits, factor", [(4095, 12, 16), (1023, 10, 64), (8191, 13, 8), (300, 9, 128)]
)
def test_shallow_pixels_of_16_bits_are_told_with_the_depth_they_have(
    tmp_path, top, bits, factor
):
    told = (
        f"by {factor}, or train on them with `bit_depth={bits}` .*0..{top} of 0..65535"
    )
    fill(tmp_path, top)
    with pytest.warns(UserWarning, match=told):
        from_folder(tmp_path, 8)
    with pytest.warns(UserWarning, match=told):
        survey = store.open_store(tmp_path, 8, verbose=0).survey
    # Again, when it is not decoded.
    survey = store.open_store(tmp_path, 8, verbose=0).survey
    assert any(f"`bit_depth={bits}`" in line for line in survey.summary_lines())
    with pytest.warns(UserWarning, match=told):
        named_sources.find(tmp_path)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_a_bit_depth_scales_to_the_whole_range(tmp_path, ending):
    fill(tmp_path, 4095, ending)
    images = from_folder(tmp_path, 8, channels=1, bit_depth=12).images
    assert images.max() == 255
    values = np.asarray(Image.open(tmp_path / f"0.{ending}"))
    np.testing.assert_array_equal(images[0, ..., 0], np.round(values / (4095 / 255)))
    found = store.open_store(tmp_path, 8, verbose=0, bit_depth=12)
    assert found.survey.notes == [] and found.images.max() == 255


def test_pairs_and_shards_take_a_bit_depth(tmp_path):
    for side in "ab":
        (tmp_path / "pairs").mkdir(exist_ok=True)
        fill(tmp_path / "pairs" / side, 4095)
    plain = pairs_from_folder(tmp_path / "pairs", 8, bit_depth=12)
    assert plain.source.max() == plain.target.max() == 255
    found = store.open_pairs(tmp_path / "pairs", 8, verbose=0, bit_depth=12)
    assert found.images.max() == found.sources.max() == 255
    with pytest.warns(UserWarning, match="bit_depth=12"):
        pairs_from_folder(tmp_path / "pairs", 8)


def test_a_depth_that_clips_or_that_nothing_comes_of_is_told(tmp_path):
    fill(tmp_path / "deep", 4095)
    with pytest.warns(UserWarning, match="`bit_depth=12`.*beyond 1023 are clipped"):
        from_folder(tmp_path / "deep", 8, bit_depth=10)
    (tmp_path / "shallow").mkdir()
    Image.new("L", (8, 8), 200).save(tmp_path / "shallow" / "a.png")
    with pytest.raises(ValueError, match="none of the images has 16-bit.*bit_depth=12"):
        from_folder(tmp_path / "shallow", 8, bit_depth=12)


@pytest.mark.parametrize("bit_depth", [0, 17, 12.0, "12", None, True])
def test_a_bit_depth_that_is_none_is_refused(tmp_path, bit_depth):
    for call in (from_folder, pairs_from_folder, store.open_store, store.open_pairs):
        with pytest.raises(ValueError, match="Received: bit_depth="):
            call(fill(tmp_path, 4095), 8, bit_depth=bit_depth)


def test_nearly_black_pixels_of_8_bits_are_told(tmp_path):
    for i in range(10):
        values = np.random.default_rng(i).integers(0, 19, (8, 8)).astype("uint8")
        Image.fromarray(values).save(tmp_path / f"{i}.png")
    told = "Multiply the pixels by 14, or give each class number.*0..18 of 0..255"
    with pytest.warns(UserWarning, match=told):
        from_folder(tmp_path, 8)
    with pytest.warns(UserWarning, match=told):
        named_sources.find(tmp_path)
    with pytest.warns(UserWarning, match=told):
        sources.Array(np.full((2, 8, 8, 1), 18, "uint8"), "array")


@pytest.mark.parametrize("values", [np.uint8([[0, 1]]), np.uint16([[0, 1]])])
@pytest.mark.parametrize(
    "read",
    [
        lambda root: from_folder(root, 8),
        lambda root: store.open_store(root, 8, verbose=0),
        lambda root: shard_writer.write(root, root.parent / "shards", 8, verbose=0),
        lambda root: named_sources.find(root),
    ],
)
def test_masks_of_0_and_1_are_refused_with_one_advice(tmp_path, values, read):
    (tmp_path / "masks").mkdir()
    for i in range(10):
        noise = np.random.default_rng(i).integers(0, 2, (8, 8))
        mask = np.asarray(values)[0][noise]
        Image.fromarray(mask).save(tmp_path / "masks" / f"{i}.png")
    with pytest.raises(ValueError, match="0 and 1 only, as in masks.* scale by 255"):
        read(tmp_path / "masks")
    assert not (tmp_path / "shards").exists()


def test_masks_of_1_bit_and_of_a_palette_are_what_they_show(tmp_path):
    mask = np.tile([False, True], (8, 4))
    Image.fromarray(mask).save(tmp_path / "a.png")
    picture = Image.fromarray(mask.astype("uint8"), "L").convert("P")
    picture.putpalette([0, 0, 0, 255, 255, 255])
    picture.save(tmp_path / "b.png")
    one, two = from_folder(tmp_path, 8).images
    np.testing.assert_array_equal(one[..., 0], np.where(mask, 255, 0))
    np.testing.assert_array_equal(one, two)


def test_numbers_without_a_known_range_are_not_read(tmp_path):
    values = np.arange(64).reshape(8, 8)
    save_tiff(tmp_path / "signed16.tif", (values - 9).astype("int16"), 2)
    save_tiff(tmp_path / "signed8.tif", (values - 9).astype("int8"), 2)
    save_tiff(tmp_path / "long.tif", (values * 9999).astype("uint32"), 1)
    Image.fromarray(values.astype("float32")).save(tmp_path / "float.tif")
    save_tiff(tmp_path / "whole.tif", (values * 1000).astype("int32"), 2)
    with pytest.warns(UserWarning, match="Skipped 4 of 5") as caught:
        images = from_folder(tmp_path, 8, channels=1).images
    expected = np.round(values * 1000 / 257)
    np.testing.assert_array_equal(images[0, ..., 0], expected)
    (warning,) = caught
    for why in ("floating-point", "more than 16 bits", "negative pixels"):
        assert why in str(warning.message)
    for name in ("signed16", "signed8", "long", "float"):
        (tmp_path / name).mkdir()
        for copy in ("1.tif", "2.tif"):
            shutil.copy(tmp_path / f"{name}.tif", tmp_path / name / copy)
        with pytest.raises(ValueError, match="no known range"):
            named_sources.find(tmp_path / name)


def test_both_orders_of_bytes_are_read(tmp_path):
    for name in "ab":
        Image.fromarray(deep(65535).astype(">u2")).save(tmp_path / f"{name}.tif")
    one, two = from_folder(tmp_path, 8, channels=1).images
    expected = np.round(deep(65535) / 257)
    np.testing.assert_array_equal(one[..., 0], expected)
    np.testing.assert_array_equal(two, one)


def test_shallow_16_bit_colour_is_told_to_be_scaled_before(tmp_path):
    for i in range(10):
        save_png_of_16_bit_colour(tmp_path / f"{i}.png", deep(4095, i))
    with pytest.warns(UserWarning, match="by 16 and save them with 8 bits"):
        from_folder(tmp_path, 8)
    with pytest.raises(ValueError, match="of 16-bit colour only the upper 8 bits"):
        from_folder(tmp_path, 8, bit_depth=12)


def test_whole_16_bit_colour_is_read(tmp_path):
    save_png_of_16_bit_colour(tmp_path / "a.png", deep(65535))
    images = from_folder(tmp_path, 8).images
    np.testing.assert_array_equal(images[0, ..., 1], deep(65535) // 256)


@pytest.mark.parametrize("ending", ["gif", "webp", "png", "tif"])
def test_frames_after_the_first_are_told(tmp_path, ending):
    frames = [Image.new("RGB", (8, 8), (50 * i + 100, 0, 0)) for i in range(3)]
    (tmp_path / "a").mkdir()
    for i in range(10):
        frames[0].paste((255, 25 * i, 0), (0, 0, 8, 4))
        file = tmp_path / "a" / f"{i}.{ending}"
        if i < 9:
            frames[0].save(file)
        else:
            frames[0].save(file, save_all=True, append_images=frames[1:])
    told = f"Only the first frame or page .* 1 with more, like .*9.{ending}"
    with pytest.warns(UserWarning, match=told):
        images = from_folder(tmp_path, 8).images
    assert abs(int(images[9, 6, 4, 0]) - 100) < 10
    with pytest.warns(UserWarning, match=told):
        survey = store.open_store(tmp_path, 8, verbose=0).survey
    assert any("Only the first frame" in line for line in survey.summary_lines())
    with pytest.warns(UserWarning, match=told):
        named_sources.find(tmp_path)


def test_a_second_image_in_a_phones_jpeg_is_no_frame(tmp_path):
    small, whole = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (8, 8), "red")
    whole.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[small])
    assert from_folder(tmp_path, 8).images.shape == (1, 8, 8, 3)


@pytest.mark.parametrize("mode, channels", [("LA", 1), ("I;16", 1), ("P", 3)])
def test_a_folder_has_the_same_channels_to_train_on_and_to_score(
    tmp_path, mode, channels
):
    for i in range(10):
        color = {"LA": (90 + i, 255), "I;16": 20_000 + 300 * i, "P": i}[mode]
        picture = Image.new(mode, (8, 8), color)
        if mode == "P":
            picture.putpalette(range(100, 160))
        picture.save(tmp_path / f"{i}.png")
    assert store.open_store(tmp_path, 8, verbose=0).survey.channels == channels
    assert named_sources.find(tmp_path).image_shape == (8, 8, channels)
