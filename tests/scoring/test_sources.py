import numpy as np
import pytest
from toy_sources import pictures
from toy_sources import read
from toy_sources import write

from ganzoo.scoring import named_sources
from ganzoo.scoring import sources


@pytest.fixture
def every_kind(tmp_path):
    """One set of images in all the ways that it can be given."""
    images = pictures(600)
    np.save(tmp_path / "a.npy", images)
    np.savez(tmp_path / "b.npz", images)
    np.savez_compressed(tmp_path / "c.npz", images=images, labels=np.arange(600))
    write(tmp_path / "folder", images)
    named = [tmp_path / name for name in ("a.npy", "b.npz", "c.npz", "folder")]
    return images, [sources.Array(images, "array"), *map(named_sources.find, named)]


def test_all_ways_to_give_pictures_give_the_same(every_kind):
    images, kinds = every_kind
    for source in kinds:
        assert (source.count, source.image_shape) == (600, (6, 5, 3))
        np.testing.assert_array_equal(read(source), images)
        # Read again, from the start.
        np.testing.assert_array_equal(read(source, 32), images)


def test_content_is_told_from_other_content_wherever_it_lies(every_kind, tmp_path):
    images, kinds = every_kind
    arrays = {source.key() for source in kinds[:4]}
    assert len(arrays) == 1
    copy = named_sources.find(write(tmp_path / "copy", images))
    assert copy.key() == kinds[4].key()
    images[0, 0, 0, 0] ^= 1
    changed = named_sources.find(write(tmp_path / "changed", images))
    assert changed.key() != copy.key()
    assert sources.Array(images, "array").key() not in arrays


def test_batches_are_whole_but_the_last(every_kind):
    _, kinds = every_kind
    for source in kinds:
        sizes = [len(batch) for batch in sources.in_batches(source, 256)]
        assert sizes == [256, 256, 88]


def test_pictures_are_drawn_when_they_are_wanted():
    images = pictures(5)
    source = sources.Drawn(
        "model",
        5,
        images.shape[1:],
        lambda: iter([images[:4], images[4:]]),
        {"seed": 3},
    )
    np.testing.assert_array_equal(read(source, 2), images)
    assert source.key() is None
    assert source.details == {"seed": 3}


def test_a_model_that_draws_another_number_is_refused():
    images = pictures(5)
    source = sources.Drawn("model", 6, images.shape[1:], lambda: iter([images]), {})
    with pytest.raises(ValueError, match="was to have 6 images, and had 5"):
        read(source)


def test_grey_pictures_have_one_channel(tmp_path):
    images = pictures(shape=(4, 4, 1))
    np.save(tmp_path / "grey.npy", images[..., 0])
    for source in (
        named_sources.find(tmp_path / "grey.npy"),
        named_sources.find(write(tmp_path / "grey", images)),
    ):
        np.testing.assert_array_equal(read(source), images)


def not_pictures():
    x = pictures()
    return {
        "floats": (x / 255.0, r"uint8, 0..255.*Received: .* of type float64"),
        "wide": (x.astype("int64"), "of type int64"),
        "binary": (x // 128, "0 and 1 only.*scale by 255"),
        "channels": (pictures(shape=(6, 5, 4)), r"Received: .*\(7, 6, 5, 4\)"),
        "flat": (x.reshape(7, -1), "grey or RGB"),
        "one": (x[:1], "at least 2 images.*with 1 image"),
        "none": (x[:0], "with 0 image"),
    }


@pytest.mark.parametrize("name", not_pictures())
@pytest.mark.parametrize("ending", [".npy", ".npz"])
def test_arrays_that_are_no_pictures_are_refused(name, ending, tmp_path):
    array, message = not_pictures()[name]
    path = tmp_path / f"x{ending}"
    np.save(path, array) if ending == ".npy" else np.savez(path, array)
    with pytest.raises(ValueError, match=message):
        named_sources.find(path)


def test_pickled_arrays_are_never_loaded(tmp_path):
    array = np.array([{}], dtype=object)
    np.save(tmp_path / "x.npy", array)
    np.savez(tmp_path / "x.npz", array)
    for name in ("x.npy", "x.npz"):
        with pytest.raises(ValueError, match="x.np"):
            named_sources.find(tmp_path / name)


@pytest.mark.parametrize("ending", [".npy", ".npz"])
def test_files_cut_short_are_refused(ending, tmp_path):
    path = tmp_path / f"x{ending}"
    images = pictures(100)
    np.save(path, images) if ending == ".npy" else np.savez(path, images)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="is not a whole"):
        named_sources.find(path)


@pytest.mark.parametrize("compressed", [True, False])
def test_files_with_a_changed_byte_are_refused(compressed, tmp_path):
    path = tmp_path / "x.npz"
    (np.savez_compressed if compressed else np.savez)(path, pictures(100))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match="x.npz is not a whole"):
        read(named_sources.find(path))


def test_empty_files_are_refused(tmp_path):
    for name in ("x.npy", "x.npz"):
        (tmp_path / name).touch()
        with pytest.raises(ValueError, match=f"{name} is not a whole"):
            named_sources.find(tmp_path / name)


def test_arrays_in_fortran_order_say_what_to_do(tmp_path):
    np.savez(tmp_path / "x.npz", np.asfortranarray(pictures()))
    with pytest.raises(ValueError, match="np.ascontiguousarray"):
        named_sources.find(tmp_path / "x.npz")
