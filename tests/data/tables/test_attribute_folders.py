"""Folders of images with a table of attributes: what is read, and what is refused."""

import numpy as np
import pytest
import toy_folders

import ganzoo
from ganzoo.data.datasets import class_attributes
from ganzoo.data.tables import attribute_table
from ganzoo.data.tables import folders
from ganzoo.data.tables import reading

COUNT = 20
HEAD = "file,glasses,beard"


def lines(count=COUNT):
    """Attributes that follow from the number of an image."""
    return [HEAD, *(f"{i:03d}.png,{i % 2},{i // 2 % 2}" for i in range(count))]


def write(root, text):
    text = "\n".join(text) if isinstance(text, list) else text
    (root / attribute_table.NAME).write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path):
    folder = toy_folders.fill(tmp_path / "faces", COUNT)
    write(folder, lines())
    return folder


def rows(numbers):
    numbers = np.asarray(numbers)
    return np.stack([numbers % 2, numbers // 2 % 2], axis=1)


def test_attributes_are_those_of_their_lines(root):
    found = ganzoo.data.attributes_from_folder(root, 8)
    assert found.attribute_names == ("glasses", "beard")
    np.testing.assert_array_equal(found.attributes, rows(range(COUNT)))
    plain = ganzoo.data.from_folder(root, 8)
    np.testing.assert_array_equal(found.images, plain.images)
    assert plain.attributes is None


def test_lines_may_be_in_any_order_and_form(root):
    """Paths of sub-folders and of Windows, -1, spaces, a byte order mark, columns."""
    toy_folders.save(root / "more" / "a.png", 99)
    text = [HEAD.replace("file,", "") + ",file", *reversed(lines()[1:])]
    text = [text[0]] + [",".join([*s.split(",")[1:], s[:7]]) for s in text[1:]]
    text += ["", " 1 ,-1, .\\more\\a.png"]
    write(root, "\ufeff" + "\r\n".join(text))
    found = ganzoo.data.attributes_from_folder(root, 8)
    np.testing.assert_array_equal(found.attributes, [*rows(range(COUNT)), [1, 0]])


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_be_separated_as_in_other_countries(root, separator):
    write(root, [line.replace(",", separator) for line in lines()])
    found = ganzoo.data.attributes_from_folder(root, 8)
    np.testing.assert_array_equal(found.attributes, rows(range(COUNT)))


def test_attributes_that_tell_nothing_are_told_of(root):
    write(root, [HEAD, *(f"{i:03d}.png,1,{i % 2}" for i in range(COUNT))])
    with pytest.raises(ValueError, match="with one value only of glasses"):
        folders.open_attributes(root, 8)
    with pytest.warns(UserWarning, match="with one value only of glasses"):
        ganzoo.data.attributes_from_folder(root, 8)
    # Those held out may be few.
    ganzoo.data.attributes_from_folder(root, 8, split="test")


def test_a_tenth_is_held_out_by_the_names_alone(root):
    train, test = (
        ganzoo.data.attributes_from_folder(root, 8, split=split)
        for split in ("train", "test")
    )
    assert len(train) + len(test) == COUNT and 1 <= len(test) <= 5
    chosen = attribute_table.read(root).test
    toy_folders.save(root / "100.png", 100)
    write(root, [*lines(), "100.png,1,1"])
    assert attribute_table.read(root).test - {"100.png"} == chosen
    with pytest.raises(ValueError, match="`split` must be 'train', 'test' or None"):
        ganzoo.data.attributes_from_folder(root, 8, split="val")


def test_one_image_at_least_is_held_out():
    few = [f"{i}.png" for i in range(12)]
    assert reading.drawn(few)
    many = reading.drawn([f"{i}.png" for i in range(10_000)])
    assert 900 < len(many) < 1100


def split_of(i):
    return "test" if i % 4 == 0 else "train"


def with_split():
    text = [line + f",{split_of(i - 1)}" for i, line in enumerate(lines())]
    return [f"{HEAD},split", *text[1:]]


def test_a_column_says_what_is_held_out(root):
    write(root, with_split())
    numbers = np.arange(COUNT)
    for split in ("train", "test"):
        kept = [i for i in numbers if split_of(i) == split]
        found = ganzoo.data.attributes_from_folder(root, 8, split=split)
        np.testing.assert_array_equal(found.attributes, rows(kept))
        assert found.attribute_names == ("glasses", "beard")


def test_a_folder_is_decoded_with_its_attributes(root):
    """In the order of a store, with what cannot be used left out."""
    write(root, with_split())
    (root / "002.png").write_bytes(b"no image")
    (root / "005.png").write_bytes((root / "001.png").read_bytes())
    store = folders.open_attributes(root, 8)
    with pytest.warns(UserWarning, match="Skipped 1 of 20 images"):
        whole = ganzoo.data.from_folder(root, 8)
    known = {
        image.tobytes(): i for image, i in zip(whole.images, [0, 1, *range(3, 20)])
    }
    for split in ("train", "test"):
        found = store.split(split)
        numbers = [known[image.tobytes()] for image in found.images]
        # 005 has the pixels of 001, of which the first in order is kept.
        wanted = {i for i in range(COUNT) if split_of(i) == split} - {2, 5}
        assert {1 if n == 5 else n for n in numbers} == wanted
        np.testing.assert_array_equal(found.attributes, rows(numbers))
        assert found.attribute_names == ("glasses", "beard")
    told = "\n".join(store.survey.summary_lines())
    assert "2 attributes: glasses" in told and "skipped, no image" not in told


def test_other_attributes_are_other_data(root):
    store = folders.open_attributes(root, 8)
    same = folders.open_attributes(root, 8)
    assert same.survey == store.survey
    text = lines()
    text[4] = text[4][:-1] + "0"
    write(root, text)
    changed = folders.open_attributes(root, 8)
    assert changed.survey.content != store.survey.content
    write(root, [text[0].replace("beard", "hat"), *text[1:]])
    renamed = folders.open_attributes(root, 8)
    assert renamed.survey.content != changed.survey.content
    assert renamed.split("train").attribute_names == ("glasses", "hat")


@pytest.mark.parametrize(
    "text, message",
    [
        (["name,glasses", "a,1"], "must have a column `file`"),
        (["files,glasses", "a,1"], "Did you mean 'files'"),
        (["file", "000.png"], "a column for an attribute or more"),
        (["file,split", "000.png,test"], "a column for an attribute or more"),
        (["file,a,a", "000.png,1,1"], "must have names, each another"),
        (["file,a,", "000.png,1,1"], "must have names, each another"),
        ("", "must have a column `file`"),
        ([HEAD, "000.png,1"], "Line 2 of attributes.csv must have 3 values"),
        ([HEAD, "000.png,1,yes"], "1 or 0 in the column 'beard'.*with 'yes'"),
        ([HEAD, "000.png,1,0.5"], "1 or 0 in the column 'beard'.*with '0.5'"),
        ([HEAD, "000.png,1,2"], "1 or 0 in the column 'beard'.*with '2'"),
        ([HEAD, "000.png,,1"], "1 or 0 in the column 'glasses'.*with ''"),
        ([HEAD, "000.png,1,1", "000.png,1,1"], "Line 3 .*'000.png' again"),
        ([*lines(), "nowhere.png,1,1"], "1 lines without an image, nowhere.png"),
        (lines(18), "2 images without a line, 018.png; 019.png"),
        (
            [f"{HEAD},split", "000.png,1,1,val"],
            "'train' or 'test' in the column 'split'",
        ),
        (b"file,\xff", "must be a text file in UTF-8"),
    ],
)
def test_tables_that_do_not_fit_are_refused(root, text, message):
    if isinstance(text, bytes):
        (root / attribute_table.NAME).write_bytes(text)
    else:
        write(root, text)
    for read in (ganzoo.data.attributes_from_folder, folders.open_attributes):
        with pytest.raises(ValueError, match=message):
            read(root, 8)


def test_a_folder_without_a_table_is_told_what_to_do(root):
    (root / attribute_table.NAME).unlink()
    with pytest.raises(
        ValueError, match="must have a file attributes.csv, with a line"
    ):
        ganzoo.data.attributes_from_folder(root, 8)


def test_a_split_has_two_sides(root):
    text = with_split()
    write(root, [line.replace("test", "train") for line in text])
    with pytest.raises(ValueError, match="images to train on and images to hold out"):
        folders.open_attributes(root, 8)
    assert len(ganzoo.data.attributes_from_folder(root, 8)) == COUNT


# === Data sets ===


def test_attributes_of_clothes_follow_from_their_class():
    found = ganzoo.data.load_attributes("fashion_mnist_10k", "test")
    plain = ganzoo.data.load("fashion_mnist_10k", "test")
    np.testing.assert_array_equal(found.images, plain.images)
    assert found.attribute_names == class_attributes.NAMES["fashion_mnist_10k"]
    boots = found.attributes[plain.labels == 9]
    assert (boots == [1, 0, 0, 0]).all()
    dresses = found.attributes[plain.labels == 3]
    assert (dresses == [0, 1, 1, 0]).all()
    # Each of them is there, and none is always.
    assert (np.ptp(found.attributes, axis=0) == 1).all()


def test_avatars_are_a_folder_of_the_data_dir(root, monkeypatch):
    names = class_attributes.NAMES["avatars"]
    place = root.rename(root.with_name("avatars"))
    with pytest.raises(
        ValueError, match="columns of attributes.csv must be glasses, b"
    ):
        ganzoo.data.load_attributes("avatars", image_size=8, data_dir=place.parent)
    head = ",".join(["file", *names])
    write(
        place,
        [
            head,
            *(
                f"{i:03d}.png" + f",{i % 2},{i // 2 % 2}" * 2 + f",{i % 3 % 2}"
                for i in range(COUNT)
            ),
        ],
    )
    monkeypatch.setenv("GANZOO_DATA_DIR", str(place.parent))
    found = ganzoo.data.load_attributes("avatars")
    assert found.images.shape[1:] == (64, 64, 3) and found.attribute_names == names
    with pytest.raises(ValueError, match="is a folder avatars/ with images and"):
        ganzoo.data.load_attributes("avatars", data_dir=place)
    with pytest.raises(ValueError, match="`name` must be one of .*'avatars'"):
        ganzoo.data.load_attributes("mnist")
