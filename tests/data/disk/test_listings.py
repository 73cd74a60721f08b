"""What is held out of a folder, and how its classes are ordered."""

import pytest
from toy_folders import counts_of
from toy_folders import fill_classes
from toy_folders import save

from ganzoo.data.disk import listings
from ganzoo.data.disk import store


@pytest.mark.parametrize("rare", range(10))
def test_a_rare_class_is_never_held_out_whole(tmp_path, rare):
    fill_classes(tmp_path, common=20)
    save(tmp_path / "rare" / f"{rare}.png", 10_000 + rare)
    found = store.open_store(tmp_path, 6, verbose=0)
    assert counts_of(found.split("train")) == {"common": 18, "rare": 1}
    assert counts_of(found.split("test")) == {"common": 2, "rare": 0}


def test_a_tenth_of_each_class_is_held_out(tmp_path):
    fill_classes(tmp_path, a=40, b=20, c=10)
    found = store.open_store(tmp_path, 6, verbose=0)
    assert counts_of(found.split("test")) == {"a": 4, "b": 2, "c": 1}


def test_what_cannot_be_used_leaves_each_class_something_to_train_on(tmp_path):
    fill_classes(tmp_path, a=9, b=2)
    for name in "01":
        whole = tmp_path / "b" / f"00{name}.png"
        kept = whole.read_bytes()
        whole.write_bytes(b"no image")
        found = store.open_store(tmp_path, 6, verbose=0)
        assert counts_of(found.split("train")) == {"a": 8, "b": 1}
        whole.write_bytes(kept)


@pytest.mark.parametrize(
    "counts, shares",
    [
        ([100], [10]),
        ([5, 5], [0, 1]),
        ([1, 9], [0, 1]),
        ([9, 1], [1, 0]),
        ([2] * 10, [0, 0, 0, 0, 0, 0, 0, 1, 0, 1]),
        ([1] * 30 + [3], [0] * 30 + [2]),
        ([150_000, 50_000], [7_500, 2_500]),
    ],
)
def test_a_tenth_is_shared_by_the_classes(counts, shares):
    found = listings.count_held_out_by_class(dict(enumerate(counts)))
    assert [found[name] for name in range(len(counts))] == shares


def test_sub_folders_of_one_image_each_are_held_out_as_one_class(tmp_path):
    fill_classes(tmp_path, **{f"product{i}": 1 for i in range(12)})
    found = store.open_store(tmp_path, 6, verbose=0)
    assert [len(found.split(split)) for split in ("train", "test")] == [11, 1]


def test_numbers_order_classes_and_an_old_layout_orders_text(tmp_path):
    fill_classes(tmp_path, **{"10": 4, "2": 4, "1": 4})
    found = store.open_store(tmp_path, 6, verbose=0)
    assert found.survey.class_names == ["1", "2", "10"]
    old = store.open_store(tmp_path, 6, verbose=0, layout=1)
    assert old.survey.class_names == ["1", "10", "2"]
