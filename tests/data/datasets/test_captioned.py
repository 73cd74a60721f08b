"""Data sets with captions: those that are made, and those of emoji."""

import json

import numpy as np
import pytest

import ganzoo
from ganzoo.data.datasets import class_captions
from ganzoo.data.datasets import openmoji_captions

TONES = {f"1F3F{c}": tone for c, tone in zip("BCDEF", openmoji_captions.TONES)}


def test_captions_of_clothes_are_made_of_their_class_and_brightness():
    names = ("T-shirt/top", "Ankle boot")
    images = np.zeros((3, 4, 4, 1), "uint8")
    images[0, :2], images[1, :1], images[2, :, :1] = 143, 144, 250
    found = class_captions.of_clothes(images, np.array([0, 0, 1]), names)
    assert found.tolist() == ["dark t-shirt", "bright t-shirt", "bright ankle boot"]


def test_captions_of_fashion_mnist():
    found = ganzoo.data.load_captions("fashion_mnist_10k", "test")
    plain = ganzoo.data.load("fashion_mnist_10k", "test")
    np.testing.assert_array_equal(found.images, plain.images)
    vocabulary = ganzoo.data.Vocabulary(found.captions)
    assert len(set(found.captions.tolist())) == 20
    assert (len(vocabulary.words), vocabulary.length) == (13, 3)


def write(root, emoji):
    """A release with these emoji, squares of colours that tell them apart."""
    for side in ("black", "color"):
        (root / side / "svg").mkdir(parents=True)
        for i, each in enumerate(emoji):
            (root / side / "svg" / f"{each['hexcode']}.svg").write_text(
                '<svg viewBox="0 0 2 2" xmlns="http://www.w3.org/2000/svg">'
                f'<rect width="2" height="2" fill="#FF{i:02X}00"/></svg>'
            )
    (root / "data").mkdir()
    (root / "data" / "openmoji.json").write_text(json.dumps(emoji))


def entry(hexcode, annotation, group=openmoji_captions.GROUP, skintone=""):
    keys = "hexcode", "annotation", "group", "skintone"
    return dict(zip(keys, (hexcode, annotation, group, skintone)))


@pytest.fixture
def release(tmp_path):
    emoji = [entry("1F600", "grinning face", "smileys-emotion")]
    for name, hexcode in (("hand", "1F44B"), ("fist", "1F44A"), ("ear", "1F442")):
        emoji.append(entry(hexcode, name))
        for tone, (modifier, words) in enumerate(TONES.items(), 1):
            text = f"{name}: {words} skin tone"
            emoji.append(entry(f"{hexcode}-{modifier}", text, skintone=tone))
    emoji.append(entry("1F91D-1F3FB-1F3FC", "two hands", skintone="1,2"))
    write(tmp_path / "openmoji", emoji)
    return tmp_path


def test_emoji_of_people_have_their_names(release):
    pytest.importorskip("resvg_py")
    found = {
        s: ganzoo.data.load_captions("openmoji", s, 8, release)
        for s in ("train", "test")
    }
    emoji = openmoji_captions.read(release / "openmoji")
    held_out = {e["annotation"] for e in emoji if openmoji_captions.is_held_out(e)}
    assert len(emoji) == 19 and held_out
    assert set(found["test"].captions.tolist()) == held_out
    captions = {e["annotation"] for e in emoji}
    assert set(found["train"].captions.tolist()) == captions - held_out
    places = {e["annotation"]: i for i, e in enumerate(emoji, 1)}
    for pictures in found.values():
        assert pictures.labels is None and pictures.images.shape[1:] == (8, 8, 3)
        green = pictures.images[:, 4, 4, 1]
        assert green.tolist() == [places[text] for text in pictures.captions]


def test_one_tone_is_held_out_by_its_code_points_for_ever():
    codes = [f"{base}-{tone}" for base in ("1F44A", "1F44B", "1F442") for tone in TONES]

    def chosen(tone):
        emoji = [entry(code, "", skintone=tone) for code in codes]
        return [e["hexcode"] for e in emoji if openmoji_captions.is_held_out(e)]

    assert chosen(1) == ["1F44B-1F3FB", "1F44B-1F3FD"]
    # Of two tones, or of none, nothing is.
    assert chosen("") == chosen("1,2") == []


def test_what_is_missing_is_told(release, monkeypatch):
    monkeypatch.delenv("GANZOO_DATA_DIR", raising=False)
    with pytest.raises(ValueError, match="`name` must be one of 'fashion_mnist_10k'"):
        ganzoo.data.load_captions("mnist")
    with pytest.raises(ValueError, match="file `data/openmoji.json` beside them"):
        ganzoo.data.load_captions("openmoji", "train", 8)
    (release / "openmoji" / "color" / "svg" / "1F44A.svg").unlink()
    with pytest.raises(ValueError, match="a drawing of each emoji.* without 1F44A.svg"):
        ganzoo.data.load_captions("openmoji", "train", 8, release)
    path = release / "openmoji" / "data" / "openmoji.json"
    for text, message in (
        ("{", "must be the `openmoji.json` of a release"),
        ("[1]", "must be the `openmoji.json` of a release"),
        ("[]", "must have emoji of the group 'people-body'"),
        ('[{"group": "people-body"}]', "with hexcode, annotation and skintone"),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=message):
            ganzoo.data.load_captions("openmoji", "train", 8, release)
    path.unlink()
    with pytest.raises(ValueError, match="file `data/openmoji.json` beside them"):
        ganzoo.data.load_captions("openmoji", "train", 8, release)
