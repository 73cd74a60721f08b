"""OpenMoji: drawings become pairs, and no variant of an emoji is on both sides."""

import importlib.util

import numpy as np
import pytest
import resvg_py

from ganzoo.data import load_pairs
from ganzoo.data.datasets import openmoji

SVG = """<svg viewBox="0 0 72 72" xmlns="http://www.w3.org/2000/svg">{}</svg>"""
SQUARE = (
    '<rect x="18" y="18" width="36" height="36" fill="{}" stroke="#000000" '
    'stroke-width="{}"/>'
)
NAMES = [f"1F{i:03X}" for i in range(0x400, 0x428)]


@pytest.fixture
def release(tmp_path):
    """A folder with a release's folders: squares, in outline and in some colour."""
    for side in openmoji.SIDES:
        (tmp_path / "openmoji" / side / "svg").mkdir(parents=True)
    for i, name in enumerate(NAMES):
        for side, fill in ("black", "none"), ("color", f"#FF{i:02X}00"):
            path = tmp_path / "openmoji" / side / "svg" / f"{name}.svg"
            path.write_text(SVG.format(SQUARE.format(fill, 2 + i / 100)))
    return tmp_path


@pytest.mark.parametrize(
    "name, of",
    [
        ("1F44B-1F3FD", "1F44B"),  # a hand in a skin tone
        ("2764-FE0F", "2764"),
        ("1F3C3-1F3FB-200D-2640-FE0F-200D-27A1-FE0F", "1F3C3"),  # a runner to the right
        ("1F9D4-1F3FF-200D-2642-FE0F", "1F9D4"),
        ("1F469-1F3FC-200D-1F9B0", "people"),  # red hair
        ("1F468-200D-1F33E", "people"),  # a farmer
        ("1F9D1-1F3FB-200D-1F91D-200D-1F9D1-1F3FF", "people"),
        ("1F491-1F3FC", "people"),
        ("1F3F4-200D-2620-FE0F", "1F3F4"),  # pirates
        ("1F3F4-E0067-E0062-E0065-E006E-E0067-E007F", None),  # England
        ("1F1E9-1F1EA", None),
        ("0031-FE0F-20E3", "0031-20E3"),
        ("1F3FB", "1F3FB"),  # a skin tone by itself
        ("1F1F2-1F1E8", "1F1EE-1F1E9"),  # Monaco, drawn like Indonesia
    ],
)
def test_variants_are_grouped_with_what_they_are_variants_of(name, of):
    assert openmoji.group(name) == (of or name)


def test_which_emoji_are_held_out_is_decided_for_ever():
    held_out = ["1F405", "1F406", "1F419", "1F41D"]
    assert [name for name in NAMES if openmoji.is_held_out(name)] == held_out
    assert openmoji.is_held_out("1F44C-1F3FF")  # with 1F44C
    assert openmoji.is_held_out("1F1E6-1F1FA") and openmoji.is_held_out("1F1ED-1F1F2")
    assert not openmoji.is_held_out("1F468-200D-1F33E")


def test_drawings_are_pairs_on_white(release):
    train = load_pairs("openmoji", 24, "train", release)
    test = load_pairs("openmoji", 24, "test", release)
    assert (len(train), len(test)) == (36, 4)
    assert train.source.shape == (36, 24, 24, 1)
    assert train.target.shape == (36, 24, 24, 3)
    for pairs in train, test:
        assert (pairs.source[:, 12, 12] == 255).all()  # inside, an outline is white
        assert (pairs.target[:, 12, 12, 0] == 255).all()
        assert (pairs.target[:, 12, 12, 2] == 0).all()
        for pictures in pairs.source, pairs.target:
            assert (pictures[:, 0, 0] == 255).all()
            assert (pictures[:, 6, 12] < 200).any(axis=-1).all()  # the line
    # The green of a square tells which it is.
    assert sorted(test.target[:, 12, 12, 1]) == [0x05, 0x06, 0x19, 0x1D]
    assert set(test.target[:, 12, 12, 1]).isdisjoint(train.target[:, 12, 12, 1])


def test_the_folder_itself_will_do_and_its_drawings_are_kept(release, monkeypatch):
    first = load_pairs("openmoji", 24, "test", release)
    monkeypatch.setattr(resvg_py, "svg_to_bytes", None)
    monkeypatch.setenv("GANZOO_DATA_DIR", str(release / "openmoji"))
    again = load_pairs("openmoji", 24, "test")
    np.testing.assert_array_equal(first.target, again.target)


def test_a_copy_of_an_emoji_to_train_on_is_not_held_out(release):
    for side in openmoji.SIDES:
        folder = release / "openmoji" / side / "svg"
        (folder / "1F405.svg").write_bytes((folder / "1F400.svg").read_bytes())
    assert len(load_pairs("openmoji", 24, "train", release)) == 36
    assert len(load_pairs("openmoji", 24, "test", release)) == 3


def test_what_is_missing_is_told(release, tmp_path, monkeypatch):
    monkeypatch.delenv("GANZOO_DATA_DIR", raising=False)
    for data_dir in None, tmp_path / "openmoji" / "black":
        with pytest.raises(ValueError, match="`black` and `color` of a release.*Rec"):
            load_pairs("openmoji", 24, "train", data_dir)
    with pytest.raises(ValueError, match="`name` must be one of 'openmoji'"):
        load_pairs("facades", 24)
    with pytest.raises(ValueError, match="`split` must be one of"):
        load_pairs("openmoji", 24, "validation", release)
    (release / "openmoji" / "color" / "svg" / "1F400.svg").unlink()
    with pytest.raises(ValueError, match="40 and 39, without a partner: 1F400"):
        load_pairs("openmoji", 24, "train", release)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install 'keras-ganzoo\[svg\]'"):
        load_pairs("openmoji", 24, "train", release)
