"""Columns as wide as what is in them."""

from ganzoo.system.terminal import columns


def test_columns_are_as_wide_as_their_longest_entry():
    rows = [("a", "GAN", "x"), ("abc", "SemiSupervisedGAN", ""), ("", "", "y")]
    assert list(columns.align(rows)) == [
        "a    GAN                x",
        "abc  SemiSupervisedGAN",
        "                        y",
    ]
    assert list(columns.align([])) == []
