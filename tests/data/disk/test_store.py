"""A folder that is decoded once: what is in it, what is left out, and what is told."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from ganzoo.data import from_folder
from ganzoo.data import pairs_from_folder
from ganzoo.data.disk import image_reading
from ganzoo.data.disk import listings
from ganzoo.data.disk import store
from ganzoo.system import cache


def save(path, seed=0, size=(12, 8), mode="RGB"):
    """A picture of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = () if mode == "L" else (3,)
    noise = np.random.default_rng(seed).integers(0, 256, (*size[::-1], *channels))
    Image.fromarray(noise.astype("uint8")).save(path)
    return path


def fill(root, count=20, **options):
    for i in range(count):
        save(root / f"{i:03d}.png", i, **options)
    return root


def order_of(count, held_out):
    """The order drawn once of so many items, those at these places held out."""
    order = np.random.RandomState(0).permutation(count)
    return np.concatenate([np.delete(order, held_out), order[held_out]])


@pytest.mark.parametrize("layout, held_out", [(1, [18, 19]), (2, [1, 10])])
def test_pictures_are_those_of_from_folder_in_an_order_drawn_once(
    tmp_path, layout, held_out
):
    fill(tmp_path)
    found = store.open_store(tmp_path, 6, verbose=0, layout=layout)
    wanted = from_folder(tmp_path, 6).images
    order = order_of(20, held_out)
    np.testing.assert_array_equal(found.images, wanted[order])
    train, test = found.split("train"), found.split("test")
    assert (len(train), len(test)) == (18, 2)
    np.testing.assert_array_equal(
        np.concatenate([train.images, test.images]), wanted[order]
    )
    assert isinstance(train.images, np.memmap)


def test_a_folder_is_decoded_once_until_it_changes(tmp_path, monkeypatch):
    fill(tmp_path)
    first = store.open_store(tmp_path, 6, verbose=0).images[:]
    with monkeypatch.context() as context:
        context.setattr(image_reading, "open_picture", None)
        again = store.open_store(tmp_path, 6, verbose=0).images[:]
    np.testing.assert_array_equal(first, again)
    save(tmp_path / "new.png", 99)
    assert len(store.open_store(tmp_path, 6, verbose=0).images) == 21
    assert store.open_store(tmp_path, 4, verbose=0).images.shape == (21, 4, 4, 3)


def test_content_that_is_replaced_behind_its_time_is_read_anew(tmp_path):
    for i in range(10):
        save(tmp_path / f"{i}.bmp", i)
    first = store.open_store(tmp_path, 6, verbose=0).images[:]
    file = tmp_path / "3.bmp"
    time = file.stat()
    Image.new("RGB", (12, 8), "red").save(file)
    os.utime(file, ns=(time.st_atime_ns, time.st_mtime_ns))
    assert file.stat().st_size == time.st_size
    again = store.open_store(tmp_path, 6, verbose=0).images[:]
    assert (first != again).any(axis=(1, 2, 3)).sum() == 1


def test_a_linked_class_folder_is_a_class_and_a_link_to_nothing_is_told(tmp_path):
    root = fill_classes(tmp_path / "set", a=10)
    fill(tmp_path / "elsewhere", 12)
    (root / "b").symlink_to(tmp_path / "elsewhere")
    (root / "c").symlink_to(tmp_path / "nowhere")
    (root / "a" / "gone.png").symlink_to("nowhere.png")
    found = store.open_store(root, 6, verbose=0)
    assert found.survey.class_names == ["a", "b"]
    assert found.survey.unreadable == [
        "a/gone.png (a link to nothing)",
        "c (a link to nothing)",
    ]
    old = store.open_store(root, 6, verbose=0, layout=1)
    assert old.survey.class_names == ["a"]


def test_grey_pictures_have_one_channel_unless_told_otherwise(tmp_path):
    fill(tmp_path, mode="L")
    grey = store.open_store(tmp_path, 6, verbose=0)
    assert grey.survey.channels == 1
    np.testing.assert_array_equal(
        grey.images, store.open_store(tmp_path, 6, 1, verbose=0).images
    )
    colours = store.open_store(tmp_path, 6, 3, verbose=0).images
    np.testing.assert_array_equal(colours, np.repeat(grey.images, 3, axis=-1))
    save(tmp_path / "colour.png", 99)
    assert store.open_store(tmp_path, 6, verbose=0).survey.channels == 3


def test_what_is_broken_or_a_copy_is_left_out_and_told(tmp_path):
    fill(tmp_path)
    shutil.copy(tmp_path / "003.png", tmp_path / "copy.png")
    (tmp_path / "text.png").write_text("no picture")
    whole = (tmp_path / "004.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "phone.heic").write_bytes(whole)
    survey = store.open_store(tmp_path, 6, verbose=0).survey
    assert survey.count == 20
    assert sorted(name.split(" ")[0] for name in survey.unreadable) == [
        "half.png",
        "text.png",
    ]
    assert len(survey.duplicates) == 1 and "copy.png" in survey.duplicates[0]
    lines = "\n".join(survey.summary_lines())
    assert "20 pictures, in colour" in lines
    assert "cannot be used: 2, " in lines and "copies of others: 1, " in lines
    assert "do not end like pictures: 1, phone.heic" in lines


def test_sizes_are_told(tmp_path):
    fill(tmp_path)
    save(tmp_path / "small.png", 97, size=(5, 30))
    save(tmp_path / "large.png", 98, size=(70, 20))
    lines = list(store.open_store(tmp_path, 6, verbose=0).survey.summary_lines())
    assert lines[1] == "sizes from 5×30 to 70×20, 12×8 in the middle"


def test_sub_folders_are_classes(tmp_path):
    for name in "ab":
        fill(tmp_path / name, 10, mode="L" if name == "a" else "RGB")
    found = store.open_store(tmp_path, 6, verbose=0)
    plain = from_folder(tmp_path, 6)
    order = order_of(20, [2, 3])
    assert found.survey.class_names == ["a", "b"]
    assert "2 classes, by sub-folder: 0 a 10, 1 b 10" in list(
        found.survey.summary_lines()
    )
    np.testing.assert_array_equal(found.labels, plain.labels[order])
    assert found.split("test").labels.shape == (2,)


def fill_classes(root, **counts):
    """Images of noise, so many of each class."""
    for seed, (name, count) in enumerate(counts.items(), 1):
        for i in range(count):
            save(root / name / f"{i:03d}.png", 1000 * seed + i)
    return root


def counts_of(split):
    """How many images of a split are of each class, by its name."""
    counts = np.bincount(split.labels, minlength=len(split.class_names))
    return dict(zip(split.class_names, counts.tolist()))


@pytest.mark.parametrize("rare", range(10))
def test_a_rare_class_is_never_held_out_whole(tmp_path, rare):
    fill_classes(tmp_path, common=20)
    save(tmp_path / "rare" / f"{rare}.png", 10_000 + rare)
    found = store.open_store(tmp_path, 6, verbose=0)
    assert counts_of(found.split("train")) == {"common": 18, "rare": 1}
    assert counts_of(found.split("test")) == {"common": 2, "rare": 0}


def test_classes_are_counted_and_small_ones_told(tmp_path):
    fill_classes(tmp_path, cat=40, dog=1)
    lines = list(store.open_store(tmp_path, 6, verbose=0).survey.summary_lines())
    assert "2 classes, by sub-folder: 0 cat 40, 1 dog 1" in lines
    assert "classes of fewer than 10, of which little is learnt: 1, dog 1" in lines


def test_splits_as_classes_are_told_and_refused_for_a_conditional_model(tmp_path):
    fill_classes(tmp_path, test=5, train=10)
    with pytest.warns(UserWarning, match="of one split alone, like '.*/train'.*mixed"):
        survey = store.open_store(tmp_path, 6, verbose=0).survey
    assert any(
        "splits of a data set are mixed" in line for line in survey.summary_lines()
    )
    with pytest.warns(UserWarning, match="splits of a data set are mixed"):
        from_folder(tmp_path, 6)
    with pytest.raises(
        ValueError, match="Pass the folder of one split, like '.*train'"
    ):
        store.check_classes(tmp_path)
    # Under the layout that an old run has nothing changes.
    assert store.open_store(tmp_path, 6, verbose=0, layout=1).survey.notes == []


@pytest.mark.parametrize("names", ["train bus car", "test_a test_b", "trains tests"])
def test_classes_that_are_called_like_one_split_are_classes(tmp_path, names):
    fill_classes(tmp_path, **dict.fromkeys(names.split(), 5))
    assert store.open_store(tmp_path, 6, verbose=0).survey.notes == []


def test_splits_within_classes_are_told(tmp_path):
    for name in ("a", "b"):
        fill_classes(tmp_path / name, train=9, test=1)
    save(tmp_path / "c" / "1.png", 99)
    with pytest.warns(UserWarning, match="a/train/, b/train/, a/test/, b/test/"):
        store.open_store(tmp_path, 6, verbose=0)


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


def test_content_tells_images_apart_wherever_their_folder_lies(tmp_path):
    def content(path):
        return store.open_store(path, 6, verbose=0).survey.content

    root = fill(tmp_path / "a" / "set")
    known = content(root)
    (root / "notes.txt").write_text("not an image")
    assert content(root) == known
    shutil.copytree(root, tmp_path / "b")
    assert content(tmp_path / "b") == known
    (tmp_path / "b" / "007.png").rename(tmp_path / "b" / "renamed.png")
    assert content(tmp_path / "b") != known
    save(root / "007.png", 99)
    assert content(root) != known


def test_content_tells_what_is_held_out(tmp_path):
    """A broken file changes no image, but the order, and so what is held out."""
    fill(tmp_path)
    first = store.open_store(tmp_path, 6, verbose=0)
    (tmp_path / "003b.png").write_text("no image")
    second = store.open_store(tmp_path, 6, verbose=0)
    assert first.survey.count == second.survey.count
    assert (first.images[:] != second.images[:]).any()
    assert first.survey.content != second.survey.content


def fill_pairs(root, count=20):
    """Grey sources and coloured targets twice their size, in two folders."""
    for i in range(count):
        save(root / "a" / f"{i:03d}.png", i, mode="L")
        save(root / "b" / f"{i:03d}.png", 100 + i, size=(24, 16))
    return root


def test_pairs_are_those_of_pairs_from_folder_each_side_with_its_colours(tmp_path):
    found = store.open_pairs(fill_pairs(tmp_path), 6, verbose=0)
    wanted = pairs_from_folder(tmp_path, 6)
    order = order_of(20, [1, 10])
    train, test = found.split("train"), found.split("test")
    assert (len(train), len(test)) == (18, 2)
    for split, rows in (train, order[:18]), (test, order[18:]):
        np.testing.assert_array_equal(split.source, wanted.source[rows][..., :1])
        np.testing.assert_array_equal(split.target, wanted.target[rows])
    assert isinstance(train.source, np.memmap) and isinstance(train.target, np.memmap)
    assert list(found.survey.summary_lines()) == [
        f"20 pairs of pictures, sources grey, targets in colour: {tmp_path}",
        "sizes from 24×16 to 24×16, 24×16 in the middle",
        "pairs by name: a/018.png -> b/018.png",
    ]


def test_the_same_files_are_pictures_or_pairs_as_one_asks(tmp_path):
    fill(tmp_path)
    assert store.open_store(tmp_path, 6, verbose=0).split("train").images.shape[0] == 18
    halves = store.open_pairs(tmp_path, 6, verbose=0).split("train")
    assert halves.source.shape == halves.target.shape == (18, 6, 6, 3)


def test_broken_pairs_copies_and_pairs_of_two_shapes_are_left_out(tmp_path):
    fill_pairs(tmp_path)
    for side in "ab":
        shutil.copy(tmp_path / side / "003.png", tmp_path / side / "copy.png")
        shutil.copy(tmp_path / side / "004.png", tmp_path / side / "text.png")
        save(tmp_path / side / "odd.png", 50 + ord(side), size=(12, ord(side)))
    # The same source with another target is no copy.
    shutil.copy(tmp_path / "a" / "005.png", tmp_path / "a" / "other.png")
    save(tmp_path / "b" / "other.png", 98, size=(24, 16))
    save(tmp_path / "b" / "odd.png", 99, size=(12, 12))
    (tmp_path / "b" / "text.png").write_text("no picture")
    survey = store.open_pairs(tmp_path, 6, verbose=0).survey
    assert survey.count == 21
    assert [name.split(" (")[0] for name in sorted(survey.unreadable)] == [
        "a/odd.png",
        "a/text.png",
    ]
    assert "shapes of its pictures differ" in sorted(survey.unreadable)[0]
    assert len(survey.duplicates) == 1 and "copy.png" in survey.duplicates[0]


def test_a_picture_without_a_partner_is_refused(tmp_path):
    fill_pairs(tmp_path)
    (tmp_path / "b" / "004.png").unlink()
    with pytest.raises(ValueError, match="Received: 1 without a partner: 004"):
        store.open_pairs(tmp_path, 6)


def test_too_few_pairs_are_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 10 different pairs are needed"):
        store.open_pairs(fill_pairs(tmp_path, 9), 6, verbose=0)


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one picture .* Received: path="):
        store.open_store(tmp_path, 6)
    with pytest.raises(ValueError, match="must be an existing folder"):
        store.open_store(tmp_path / "nowhere", 6)


def test_too_few_pictures_are_refused(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"at least 10 .* Not usable: b.png.* 1\.$"):
        store.open_store(tmp_path, 6, verbose=0)
    assert not list(cache.folder().rglob("*pixels*"))


def test_a_full_disk_is_told_before_the_work(tmp_path, monkeypatch):
    fill(tmp_path)
    usage = type("usage", (), {"free": 100})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(ValueError, match="has 0 MB left: make room for 0 MB more"):
        store.open_store(tmp_path, 6, verbose=0)


def test_a_kill_while_decoding_leaves_nothing_to_trust(tmp_path, monkeypatch):
    fill(tmp_path)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(
            json,
            "dumps",
            lambda facts, dumps=json.dumps: (
                killed() if isinstance(facts, dict) else dumps(facts)
            ),
        )
        with pytest.raises(KeyboardInterrupt):
            store.open_store(tmp_path, 6, verbose=0)
    assert len(store.open_store(tmp_path, 6, verbose=0).images) == 20
