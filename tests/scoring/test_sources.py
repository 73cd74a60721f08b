import numpy as np
import pytest
from PIL import Image

from ganzoo.scoring import sources


def pictures(count=7, shape=(6, 5, 3), seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, *shape)).astype("uint8")


def write(folder, images, ending=".png"):
    folder.mkdir(exist_ok=True)
    for i, image in enumerate(images):
        Image.fromarray(image.squeeze()).save(folder / f"{i:05}{ending}")
    return folder


def read(source, size=sources.BATCH):
    return np.concatenate(list(sources.in_batches(source, size)))


@pytest.fixture
def every_kind(tmp_path):
    """One set of pictures in all the ways that it can be given."""
    images = pictures(600)
    np.save(tmp_path / "a.npy", images)
    np.savez(tmp_path / "b.npz", images)
    np.savez_compressed(tmp_path / "c.npz", images=images, labels=np.arange(600))
    write(tmp_path / "folder", images)
    named = [tmp_path / name for name in ("a.npy", "b.npz", "c.npz", "folder")]
    return images, [sources.Array(images, "array"), *map(sources.find, named)]


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
    copy = sources.find(write(tmp_path / "copy", images))
    assert copy.key() == kinds[4].key()
    images[0, 0, 0, 0] ^= 1
    changed = sources.find(write(tmp_path / "changed", images))
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
    with pytest.raises(ValueError, match="was to have 6 pictures, and had 5"):
        read(source)


def test_grey_pictures_have_one_channel(tmp_path):
    images = pictures(shape=(4, 4, 1))
    np.save(tmp_path / "grey.npy", images[..., 0])
    for source in (
        sources.find(tmp_path / "grey.npy"),
        sources.find(write(tmp_path / "grey", images)),
    ):
        np.testing.assert_array_equal(read(source), images)


def test_one_colour_picture_makes_all_of_them_rgb(tmp_path):
    folder = write(tmp_path / "mixed", pictures(3, (4, 4, 1)))
    Image.fromarray(pictures(1, (4, 4, 3))[0]).save(folder / "colour.png")
    assert sources.find(folder).image_shape == (4, 4, 3)


def test_links_are_followed_and_one_to_nothing_is_refused(tmp_path):
    images = pictures()
    write(tmp_path / "elsewhere", images)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "linked").symlink_to(tmp_path / "elsewhere")
    np.testing.assert_array_equal(read(sources.find(tmp_path / "set")), images)
    (tmp_path / "set" / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"gone \(a link to nothing\)"):
        sources.find(tmp_path / "set")


def test_turned_pictures_are_measured_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    for i, image in enumerate(pictures(2, (4, 6, 3))):
        Image.fromarray(image).save(tmp_path / f"{i}.png", exif=exif)
    source = sources.find(tmp_path)
    assert source.image_shape == (6, 4, 3)
    assert read(source).shape == (2, 6, 4, 3)


def test_data_sets_go_by_name_and_split():
    source = sources.find("fashion_mnist_10k:test")
    assert source.count == 10_000
    assert source.details == {"data": "fashion_mnist_10k", "split": "test"}


@pytest.mark.parametrize(
    "name, message",
    [
        ("fashion_mnist_10k", "'fashion_mnist_10k:train' or 'fashion_mnist_10k:test'"),
        ("fashion_mnist_10k:all", "Received: split='all'"),
        ("", "There is nothing of this name"),
        ("no such folder", "There is nothing of this name.*Received: 'no such folder'"),
    ],
)
def test_names_that_mean_nothing_are_refused(name, message):
    with pytest.raises(ValueError, match=message):
        sources.find(name)


def not_pictures():
    x = pictures()
    return {
        "floats": (x / 255.0, r"uint8, 0..255.*Received: .* of type float64"),
        "wide": (x.astype("int64"), "of type int64"),
        "binary": (x // 128, "0 and 1 only.*scale by 255"),
        "channels": (pictures(shape=(6, 5, 4)), r"Received: .*\(7, 6, 5, 4\)"),
        "flat": (x.reshape(7, -1), "grey or RGB"),
        "one": (x[:1], "at least 2 pictures.*with 1 picture"),
        "none": (x[:0], "with 0 picture"),
    }


@pytest.mark.parametrize("name", not_pictures())
@pytest.mark.parametrize("ending", [".npy", ".npz"])
def test_arrays_that_are_no_pictures_are_refused(name, ending, tmp_path):
    array, message = not_pictures()[name]
    path = tmp_path / f"x{ending}"
    np.save(path, array) if ending == ".npy" else np.savez(path, array)
    with pytest.raises(ValueError, match=message):
        sources.find(path)


def test_pickled_arrays_are_never_loaded(tmp_path):
    array = np.array([{}], dtype=object)
    np.save(tmp_path / "x.npy", array)
    np.savez(tmp_path / "x.npz", array)
    for name in ("x.npy", "x.npz"):
        with pytest.raises(ValueError, match="x.np"):
            sources.find(tmp_path / name)


@pytest.mark.parametrize("ending", [".npy", ".npz"])
def test_files_cut_short_are_refused(ending, tmp_path):
    path = tmp_path / f"x{ending}"
    images = pictures(100)
    np.save(path, images) if ending == ".npy" else np.savez(path, images)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="is not a whole"):
        sources.find(path)


@pytest.mark.parametrize("compressed", [True, False])
def test_files_with_a_changed_byte_are_refused(compressed, tmp_path):
    path = tmp_path / "x.npz"
    (np.savez_compressed if compressed else np.savez)(path, pictures(100))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match="x.npz is not a whole"):
        read(sources.find(path))


def test_empty_files_are_refused(tmp_path):
    for name in ("x.npy", "x.npz"):
        (tmp_path / name).touch()
        with pytest.raises(ValueError, match=f"{name} is not a whole"):
            sources.find(tmp_path / name)


def test_an_npz_must_say_which_array_are_the_pictures(tmp_path):
    np.savez(tmp_path / "x.npz", a=pictures(), b=pictures())
    with pytest.raises(ValueError, match=r"one named `images`.*a\.npy.*b\.npy"):
        sources.find(tmp_path / "x.npz")


def test_arrays_in_fortran_order_say_what_to_do(tmp_path):
    np.savez(tmp_path / "x.npz", np.asfortranarray(pictures()))
    with pytest.raises(ValueError, match="np.ascontiguousarray"):
        sources.find(tmp_path / "x.npz")


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must hold pictures.*\.png"):
        sources.find(tmp_path)


def test_pictures_of_two_sizes_are_refused_with_both(tmp_path):
    folder = write(tmp_path / "x", pictures(3))
    Image.fromarray(pictures(1, (9, 8, 3))[0]).save(folder / "other.png")
    with pytest.raises(ValueError, match="00000.png of 5 x 6 and other.png of 8 x 9"):
        sources.find(folder)


def test_a_file_that_is_no_picture_is_named(tmp_path):
    folder = write(tmp_path / "x", pictures(3))
    (folder / "broken.png").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="mend or remove.*broken.png"):
        sources.find(folder)


def test_pictures_in_the_range_0_to_1_are_refused_in_files_too(tmp_path):
    with pytest.raises(ValueError, match="0 and 1 only"):
        sources.find(write(tmp_path / "x", pictures() // 128))
    sources.find(write(tmp_path / "black", pictures() * 0))


def test_a_picture_cut_short_is_named(tmp_path):
    folder = write(tmp_path / "x", pictures(30, (64, 64, 3)))
    path = folder / "00020.png"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match="mend or remove.*00020.png"):
        read(sources.find(folder))


# === Transparent images ===

COLOUR = (200, 30, 60)


def transparent(kind):
    """An image that looks blank, and has a colour under its transparency."""
    plain = Image.new("RGB", (6, 5), COLOUR)
    match kind:
        case "RGBA":
            plain.putalpha(0)
        case "LA":
            plain = plain.convert("L")
            plain.putalpha(0)
        case "palette":
            plain = plain.quantize(2)
            plain.info["transparency"] = bytes([0, 0])
        case "colour key":
            plain.info["transparency"] = COLOUR
    return plain


@pytest.mark.parametrize("kind", ["RGBA", "LA", "palette", "colour key"])
def test_transparent_images_are_laid_on_white_or_keep_their_colour(tmp_path, kind):
    image = transparent(kind)
    for name in "ab":
        image.save(tmp_path / f"{name}.png")
    with pytest.warns(UserWarning, match="laid on white.*--alpha drop.*a.png"):
        white = sources.find(tmp_path)
    dropped = sources.find(tmp_path, alpha="drop")
    assert (read(white) == 255).all()
    # As pytorch-fid, torch-fidelity and clean-fid read them.
    wanted = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    assert (read(dropped) == wanted).all()
    assert (white.details["alpha"], dropped.details["alpha"]) == ("white", "drop")
    assert white.key() != dropped.key()


def test_images_that_have_an_alpha_but_are_opaque_are_read_in_one_way(tmp_path):
    write(tmp_path, pictures(shape=(6, 5, 4)) | np.array([0, 0, 0, 255], "uint8"))
    white, dropped = (sources.find(tmp_path, alpha=how) for how in ("white", "drop"))
    assert np.array_equal(read(white), read(dropped))
    assert white.details == dropped.details == {}
    assert white.key() == dropped.key()
