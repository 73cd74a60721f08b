"""Folders of images with a table of captions: what is read, and what is refused."""

import numpy as np
import pytest
import toy_folders

import ganzoo
from ganzoo.data.tables import caption_table
from ganzoo.data.tables import folders

COUNT = 20
HEAD = "file,caption"
COLOURS = "red", "green", "blue"


def caption(i):
    return f"a {COLOURS[i % 3]} star"


def lines():
    return [HEAD, *(f"{i:03d}.png,{caption(i)}" for i in range(COUNT))]


def write(root, text):
    (root / caption_table.NAME).write_text("\n".join(text), "utf-8")


@pytest.fixture
def root(tmp_path):
    folder = toy_folders.fill(tmp_path / "stars", COUNT)
    write(folder, lines())
    return folder


def test_captions_are_those_of_their_lines(root):
    found = ganzoo.data.captions_from_folder(root, 8)
    assert found.captions.tolist() == [caption(i) for i in range(COUNT)]
    plain = ganzoo.data.from_folder(root, 8)
    np.testing.assert_array_equal(found.images, plain.images)
    assert found.first(2).captions.tolist() == [caption(0), caption(1)]


def test_a_caption_may_have_commas_and_any_letters(root):
    text = lines()
    text[1] = '000.png,"ein Stern, über 2 Bäumen"'
    write(root, text)
    found = ganzoo.data.captions_from_folder(root, 8)
    assert found.captions[0] == "ein Stern, über 2 Bäumen"


def test_a_folder_is_decoded_with_its_captions(root):
    (root / "005.png").write_bytes((root / "001.png").read_bytes())
    store = folders.open_captions(root, 8)
    whole = ganzoo.data.captions_from_folder(root, 8)
    known = dict(zip(map(np.ndarray.tobytes, whole.images), whole.captions))
    train, test = store.split("train"), store.split("test")
    assert len(train) + len(test) == COUNT - 1 and len(test) >= 1
    for found in (train, test):
        wanted = [known[image.tobytes()] for image in found.images]
        # Of two equal files one is left, with its own caption.
        assert all(c in (k, caption(1)) for c, k in zip(found.captions, wanted))
    # Of two splits the strings have one type, by which data are told from others.
    assert train.captions.dtype == test.captions.dtype
    told = "\n".join(store.survey.summary_lines())
    assert "captions of 5 different words, 0 of them in one caption" in told
    assert "skipped, no image" not in told


def test_other_captions_are_other_data(root):
    content = folders.open_captions(root, 8).survey.content
    assert folders.open_captions(root, 8).survey.content == content
    write(root, [line.replace("green", "grey") for line in lines()])
    assert folders.open_captions(root, 8).survey.content != content


def test_a_caption_without_a_known_word_is_one_to_train_on(root):
    test = caption_table.read(root).test
    (odd, *_), text = sorted(test), lines()
    text = [line if odd not in line else f"{odd},octopus" for line in text]
    write(root, text)
    assert caption_table.read(root).test == test - {odd} or test == {odd}
    # Unless the table says otherwise.
    splits = ["split", *("test" if odd in t else "train" for t in text[1:])]
    write(root, [f"{line},{split}" for line, split in zip(text, splits)])
    assert caption_table.read(root).test == {odd}


@pytest.mark.parametrize(
    "text, message",
    [
        (["file", "000.png"], "captions.csv must have a column `caption`"),
        (["file,captoin", "000.png,a"], "`caption`. Did you mean 'captoin'"),
        (["file,caption,id", "000.png,a,1"], "Leave out the other columns.*: `id`"),
        (["caption", "a"], "must have a column `file`"),
        ([*lines(), "999.png,a star"], "1 lines without an image, 999.png"),
        (lines()[:-2], "2 images without a line, 018.png; 019.png"),
        ([HEAD, "000.png,..."], "Line 2 .* a word or more in the column 'caption'"),
        ([HEAD, "000.png,a,star"], "Line 2 of captions.csv must have 2 values"),
        ([HEAD, "000.png,a", "000.png,b"], "an image of its own.* '000.png' again"),
    ],
)
def test_tables_that_do_not_fit_are_refused(root, text, message):
    write(root, text)
    with pytest.raises(ValueError, match=message):
        ganzoo.data.captions_from_folder(root, 8)


def test_a_folder_without_a_table_is_told_what_to_do(root):
    (root / caption_table.NAME).unlink()
    with pytest.raises(ValueError, match="must have a file captions.csv, with a line"):
        folders.open_captions(root, 8)
    with pytest.raises(ValueError, match="must have one for each image"):
        ganzoo.data.Pictures(np.zeros((2, 4, 4, 1), "uint8"), captions=np.array(["a"]))
