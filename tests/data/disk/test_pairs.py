import re

import numpy as np
import pytest
from PIL import Image

from ganzoo.data import Pictures
from ganzoo.data import edges_to_images
from ganzoo.data import pairs_from_folder
from ganzoo.data.disk import pairs

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def save(path, color=RED, size=(8, 8)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)


def save_halves(path, left, right, size=(16, 8)):
    picture = Image.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, *size))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def only_color(images):
    (color,) = np.unique(images.reshape(-1, images.shape[-1]), axis=0)
    return tuple(color.tolist())


def test_left_half_is_the_source_and_right_half_the_target(tmp_path):
    save_halves(tmp_path / "a.png", RED, BLUE)
    found = pairs_from_folder(tmp_path, (4, 6))
    assert found.source.shape == found.target.shape == (1, 4, 6, 3)
    assert only_color(found.source) == RED
    assert only_color(found.target) == BLUE
    assert found.name == tmp_path.name


def test_side_by_side_pictures_are_found_in_sub_folders(tmp_path):
    for name in ("a/1.png", "b/1.png", "c/1.png"):
        save_halves(tmp_path / name, RED, BLUE)
    assert len(pairs_from_folder(tmp_path, 4)) == 3


def test_picture_of_odd_width_is_skipped_by_name(tmp_path):
    save_halves(tmp_path / "good.png", RED, BLUE)
    save_halves(tmp_path / "odd.png", RED, BLUE, size=(17, 8))
    with pytest.warns(UserWarning, match="Skipped 1 of 2.*odd.png.*width of 17 pixels"):
        assert len(pairs_from_folder(tmp_path, 4)) == 1


def test_nothing_but_odd_widths_is_an_error(tmp_path):
    save_halves(tmp_path / "odd.png", RED, BLUE, size=(17, 8))
    with pytest.raises(ValueError, match="None of the 1.*odd.png.*two halves"):
        pairs_from_folder(tmp_path, 4)


def test_two_folders_are_matched_by_name_without_extension(tmp_path):
    save(tmp_path / "A" / "1.png", RED)
    save(tmp_path / "A" / "deep" / "2.png", BLUE)
    save(tmp_path / "B" / "1.bmp", WHITE, size=(16, 16))
    save(tmp_path / "B" / "deep" / "2.PNG", RED)
    found = pairs_from_folder(tmp_path, 4)
    assert len(found) == 2
    assert [only_color(image) for image in found.source] == [RED, BLUE]
    assert [only_color(image) for image in found.target] == [WHITE, RED]


def test_missing_partners_are_named(tmp_path):
    for name in ("A/1.png", "A/2.png", "B/1.png", "B/3.png"):
        save(tmp_path / name)
    with pytest.raises(ValueError, match="Received: 2 without a partner: 2; 3"):
        pairs_from_folder(tmp_path, 4)


def test_name_with_two_extensions_is_refused(tmp_path):
    for name in ("A/1.png", "A/1.bmp", "B/1.png"):
        save(tmp_path / name)
    with pytest.raises(ValueError, match="more than their extensions.*1.bmp.*1.png"):
        pairs_from_folder(tmp_path, 4)


def test_pair_with_one_unreadable_picture_is_skipped(tmp_path):
    for name in ("A/1.png", "A/2.png", "B/1.png"):
        save(tmp_path / name)
    (tmp_path / "B" / "2.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="Skipped 1 of 2"):
        assert len(pairs_from_folder(tmp_path, 4)) == 1


def test_pair_of_two_shapes_is_skipped_and_of_two_sizes_is_not(tmp_path):
    for name, size in ("1", (9, 6)), ("2", (12, 8)), ("3", (100, 67)):
        save(tmp_path / "A" / f"{name}.png", size=(300, 200))
        save(tmp_path / "B" / f"{name}.png", size=size)
    save(tmp_path / "A" / "odd.png", size=(300, 200))
    save(tmp_path / "B" / "odd.png", size=(200, 200))
    with pytest.warns(UserWarning, match="odd.png .*shapes.* 300×200 and 200×200"):
        assert len(pairs_from_folder(tmp_path, 4)) == 3


def test_pairs_can_be_grey(tmp_path):
    save_halves(tmp_path / "a.png", WHITE, WHITE)
    found = pairs_from_folder(tmp_path, 4, channels=1)
    assert found.source.shape == (1, 4, 4, 1)
    assert only_color(found.target) == (255,)


@pytest.mark.parametrize(
    "names, advice",
    [
        ("train val test", "Pass the folder of one split, like '.*/train':"),
        ("train valid", "like '.*/train':"),
        ("testing validation", "like '.*/validation':"),
        ("train2017 val2017", "like '.*/train2017':"),
        ("trainA trainB testA testB", "the folders of one split, trainA/, trainB/,"),
        ("train_A train_B test_A test_B", "train_A/, train_B/,"),
        ("A-train B-train A-test B-test", "A-train/, B-train/,"),
        ("A/train A/val B/train B/val", "A/train/, B/train/,"),
        ("train/A train/B test/A test/B", "like '.*/train':"),
        ("facades/train facades/test", "like '.*/facades/train':"),
        ("TrainSet TestSet", "like '.*/TrainSet':"),
    ],
)
def test_sub_folders_that_are_splits_are_refused(tmp_path, names, advice):
    for name in names.split():
        for i in range(2):
            save_halves(tmp_path / name / f"{i}.png", RED, BLUE)
    with pytest.raises(ValueError, match=f"{advice}.*left half.*two sub-folders"):
        pairs_from_folder(tmp_path, 4)


@pytest.mark.parametrize(
    "names, shown",
    [
        ("train/1.png train/2.png", "side by side.*: train/1.png"),
        ("maps/train/1.png", "side by side.*: maps/train/1.png"),
        ("trainA/1.png trainB/1.png", "by name: trainA/1.png -> trainB/1.png"),
        ("A/train/1.png B/train/1.bmp", "by name: A/train/1.png -> B/train/1.bmp"),
        ("train/x/1.png train/y/2.png", "side by side"),
        ("test/1.png bus/1.png car/1.png", "side by side"),
    ],
)
def test_folders_of_one_split_are_read(tmp_path, names, shown):
    for name in names.split():
        save_halves(tmp_path / name, RED, BLUE)
    files = pairs.find_pairs(tmp_path)[0]
    assert re.search(shown, pairs.form_of(tmp_path, files))


@pytest.mark.parametrize(
    "names",
    ["train/A/1.png train/B/1.png", "A/1.png B/1.bmp preview.png", "x/y/A/1 x/y/B/1"],
)
def test_a_form_that_is_unclear_is_refused(tmp_path, names):
    for name in names.split():
        save_halves((tmp_path / name).with_suffix(".png"), RED, BLUE)
    with pytest.raises(ValueError, match="folder that holds A/ and B/ and nothing"):
        pairs_from_folder(tmp_path, 4)


def test_an_old_layout_reads_every_form_as_it_did(tmp_path):
    for name in ("trainA", "trainB", "testA", "testB"):
        save_halves(tmp_path / name / "1.png", RED, BLUE)
    assert len(pairs.find_pairs(tmp_path, layout=1)) == 4


def test_files_that_are_not_wide_are_told_to_be_halved(tmp_path):
    for name in ("a/1.png", "b/1.png", "c/1.png"):
        save(tmp_path / name)
    with pytest.warns(
        UserWarning, match="source in its left half: .* no file is wider"
    ):
        pairs_from_folder(tmp_path, 4)
    save_halves(tmp_path / "wide.png", RED, BLUE)
    with pytest.warns(UserWarning, match="most files are not wider than high"):
        pairs_from_folder(tmp_path, 4)
    for i in range(2):
        save_halves(tmp_path / f"wide{i}.png", RED, BLUE)
    assert len(pairs_from_folder(tmp_path, 4)) == 6


def test_sources_that_are_masks_of_0_and_1_are_refused(tmp_path):
    mask = np.tile(np.arange(2, dtype="uint8"), (8, 4))
    for i in range(2):
        save(tmp_path / "B" / f"{i}.png")
        (tmp_path / "A").mkdir(exist_ok=True)
        Image.fromarray(mask).save(tmp_path / "A" / f"{i}.png")
    with pytest.raises(ValueError, match="0 and 1 only, as in masks"):
        pairs_from_folder(tmp_path, 4)


def test_halves_that_are_masks_of_0_and_1_are_refused(tmp_path):
    both = np.full((8, 16, 3), 200, "uint8")
    both[:, 8:] = 1
    Image.fromarray(both).save(tmp_path / "1.png")
    with pytest.raises(ValueError, match="0 and 1 only"):
        pairs_from_folder(tmp_path, 4)


@pytest.mark.parametrize(
    "arguments", [{"path": "/no/such"}, {"image_size": 0}, {"channels": 2}]
)
def test_bad_arguments_are_errors(tmp_path, arguments):
    arguments = {"path": tmp_path, "image_size": 4, **arguments}
    with pytest.raises(ValueError, match="Received: "):
        pairs_from_folder(**arguments)


@pytest.fixture
def square():
    """A white square, rows and columns 8 to 15, in the middle of black."""
    images = np.zeros((1, 24, 24, 3), "uint8")
    images[:, 8:16, 8:16] = 255
    return images


def test_edges_of_a_square_are_its_border(square):
    found = edges_to_images(square)
    dark = found.source[0, ..., 0] == 0
    border = np.zeros((24, 24), bool)
    border[7:17, 7:17] = True  # the step lies between two pixels: both are its edge
    border[9:15, 9:15] = False
    assert not (dark & ~border).any()
    sides = slice(9, 15)
    assert dark[8, sides].all() and dark[15, sides].all()
    assert dark[sides, 8].all() and dark[sides, 15].all()
    assert set(np.unique(found.source)) == {0, 255}


def test_edges_are_one_channel_and_the_target_is_the_picture(square):
    found = edges_to_images(Pictures(square, name="square", split="train"))
    assert found.source.shape == (1, 24, 24, 1)
    assert found.target is square
    assert (found.name, found.split) == ("square", "train")


def test_flat_and_nearly_flat_pictures_have_no_edges():
    images = np.full((2, 16, 16, 1), 100, "uint8")
    images[1, 8:] += 2
    assert (edges_to_images(images).source == 255).all()


def test_faint_object_has_the_outline_of_a_bright_one(square):
    np.testing.assert_array_equal(
        edges_to_images(square // 5).source, edges_to_images(square).source
    )


def test_neighbours_in_the_batch_change_nothing(square):
    noise = np.random.default_rng(0).integers(0, 256, (1, 24, 24, 3), "uint8")
    together = edges_to_images(np.concatenate([noise, square, noise]))
    np.testing.assert_array_equal(together.source[1:2], edges_to_images(square).source)


def test_pictures_beyond_one_chunk_are_all_drawn(square, monkeypatch):
    monkeypatch.setattr("ganzoo.data.disk.pairs.CHUNK", 2)
    sources = edges_to_images(np.repeat(square, 5, axis=0)).source
    np.testing.assert_array_equal(
        sources, np.repeat(edges_to_images(square).source, 5, axis=0)
    )


def test_edges_of_floats_are_refused(square):
    with pytest.raises(ValueError, match="must be a uint8 array"):
        edges_to_images(square / 255.0)


@pytest.mark.parametrize(
    "high, wide, said",
    [
        (3, 0, "no file is wider than high.* 3 such files of 3"),
        (3, 1, "most files are not wider than high.* 3 such files of 4"),
        (2, 2, None),
        (1, 3, None),
    ],
)
def test_single_images_are_told_though_some_are_wide(tmp_path, high, wide, said):
    files = [(tmp_path / f"{i}.png",) for i in range(high + wide)]
    # Of the left halves.
    sizes = [(4, 8)] * high + [(8, 8)] * wide
    note = pairs.note_on_halves(tmp_path, files, sizes)
    assert re.search(said, note) if said else note is None
