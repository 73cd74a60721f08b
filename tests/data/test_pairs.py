import numpy as np
import pytest
from PIL import Image

from ganzoo.data import Pictures
from ganzoo.data import edges_to_images
from ganzoo.data import pairs_from_folder

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
    pairs = pairs_from_folder(tmp_path, (4, 6))
    assert pairs.source.shape == pairs.target.shape == (1, 4, 6, 3)
    assert only_color(pairs.source) == RED
    assert only_color(pairs.target) == BLUE
    assert pairs.name == tmp_path.name


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
    pairs = pairs_from_folder(tmp_path, 4)
    assert len(pairs) == 2
    assert [only_color(image) for image in pairs.source] == [RED, BLUE]
    assert [only_color(image) for image in pairs.target] == [WHITE, RED]


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
    pairs = pairs_from_folder(tmp_path, 4, channels=1)
    assert pairs.source.shape == (1, 4, 4, 1)
    assert only_color(pairs.target) == (255,)


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
    pairs = edges_to_images(square)
    dark = pairs.source[0, ..., 0] == 0
    border = np.zeros((24, 24), bool)
    border[7:17, 7:17] = True  # the step lies between two pixels: both are its edge
    border[9:15, 9:15] = False
    assert not (dark & ~border).any()
    sides = slice(9, 15)
    assert dark[8, sides].all() and dark[15, sides].all()
    assert dark[sides, 8].all() and dark[sides, 15].all()
    assert set(np.unique(pairs.source)) == {0, 255}


def test_edges_are_one_channel_and_the_target_is_the_picture(square):
    pairs = edges_to_images(Pictures(square, name="square", split="train"))
    assert pairs.source.shape == (1, 24, 24, 1)
    assert pairs.target is square
    assert (pairs.name, pairs.split) == ("square", "train")


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
    monkeypatch.setattr("ganzoo.data.pairs.CHUNK", 2)
    sources = edges_to_images(np.repeat(square, 5, axis=0)).source
    np.testing.assert_array_equal(
        sources, np.repeat(edges_to_images(square).source, 5, axis=0)
    )


def test_edges_of_floats_are_refused(square):
    with pytest.raises(ValueError, match="must be a uint8 array"):
        edges_to_images(square / 255.0)
