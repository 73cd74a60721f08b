"""Sequences from folders: their order, their windows, and what is held out."""

import numpy as np
import pytest
import toys
from PIL import Image

import ganzoo
from ganzoo.data.disk import shards_or_folder
from ganzoo.data.sequences import clips
from ganzoo.training import folder_recipes
from ganzoo.training import recipes


def frames(count, start=0, size=(8, 8), colour=False):
    """Images that become brighter by 10 each, from 10 times `start` on."""
    values = 10 * np.arange(start, start + count, dtype="uint8")
    images = np.broadcast_to(values[:, None, None, None], (count, *size, 1))
    if colour:
        images = images * np.array([1, 0, 0], "uint8")
    return [Image.fromarray(np.squeeze(image)) for image in images]


def numbered(folder, images, name="frame_{}.png"):
    folder.mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(images):
        image.save(folder / name.format(i))


def animated(path, images, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *others = images
    lossless = {"lossless": True} if path.suffix == ".webp" else {}
    first.save(path, save_all=True, append_images=others, **lossless, **options)


def values(images):
    """One pixel of each frame, in tens."""
    return (np.asarray(images)[..., 0, 0, 0] / 10).round().astype(int).tolist()


def test_numbers_are_read_as_numbers(tmp_path):
    numbered(tmp_path, frames(12))
    found = ganzoo.data.sequences_from_folder(tmp_path, 12, 8, channels=1)
    assert found.images.shape == (1, 12, 8, 8, 1) and len(found) == 1
    assert values(found.images) == [[*range(12)]]
    # All runs of so many.
    found = ganzoo.data.sequences_from_folder(tmp_path, 10, 4)
    assert found.images.shape == (3, 10, 4, 4, 3) and found.images.dtype == np.uint8
    assert values(found.images) == [[*range(i, i + 10)] for i in range(3)]


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_animated_images_are_clips(ending, tmp_path):
    animated(tmp_path / f"a.{ending}", frames(4))
    animated(tmp_path / f"b.{ending}", frames(5, start=10))
    animated(tmp_path / "sub" / f"c.{ending}", frames(3, start=20, colour=True))
    numbered(tmp_path / "still", frames(4, start=5))
    found = ganzoo.data.sequences_from_folder(tmp_path, 3, 8)
    begun = sorted(values(found.images))
    assert begun == [[i, i + 1, i + 2] for i in (0, 1, 5, 6, 10, 11, 12, 20)]
    (red,) = (s for s in np.asarray(found.images) if s[0, 0, 0, 0] == 200)
    assert (red[..., 1:] == 0).all()


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_images_last_as_long_as_they_are_shown(ending, tmp_path):
    # Pillow keeps equal neighbours once, with the sum of their durations.
    one, two, three = frames(3, start=4)
    path = tmp_path / f"a.{ending}"
    animated(path, [one, one, two, three, three, three, one], duration=40)
    with Image.open(path) as picture:
        assert picture.n_frames == 4
    found = ganzoo.data.sequences_from_folder(tmp_path, 7, 8)
    assert values(found.images) == [[4, 4, 5, 6, 6, 6, 4]]
    # Steps need not be all alike.
    animated(path, [one, two, three], duration=[30, 40, 80])
    found = ganzoo.data.sequences_from_folder(tmp_path, 5, 8)
    assert values(found.images) == [[4, 5, 6, 6, 6]]


def test_transparency_is_white(tmp_path):
    clear = [Image.new("RGBA", (8, 8), (0, 0, 0, 0)) for _ in range(2)]
    clear[1].putpixel((0, 0), (255, 0, 0, 255))
    animated(tmp_path / "a.png", clear)
    found = ganzoo.data.sequences_from_folder(tmp_path, 2, 8).images
    assert found[0, 0].min() == 255 and found[0, 1, 0, 0].tolist() == [255, 0, 0]


def test_a_tenth_of_the_clips_is_held_out(tmp_path):
    for i in range(20):
        numbered(tmp_path / f"{i}", frames(4, start=i))
    opened = shards_or_folder.open_data("sequences", tmp_path, 8, frames=3)
    train, test = opened.split("train"), opened.split("test")
    assert (len(train), len(test)) == (36, 4)
    clips_of = [{s[0] for s in values(split.images)} for split in (train, test)]
    whole = ganzoo.data.sequences_from_folder(tmp_path, 3, 8, channels=1)
    assert sorted(values(train.images) + values(test.images)) == sorted(
        values(whole.images)
    )
    # Neighbouring clips have frames alike here, but windows come two by two.
    assert len(clips_of[1]) <= 4
    again = ganzoo.data.sequences_from_folder(tmp_path, 3, 8, channels=1, split="test")
    np.testing.assert_array_equal(again.images, test.images)
    survey = opened.survey
    assert (survey.count, survey.clips, survey.channels) == (40, 20, 1)
    (line,) = survey.summary_lines()
    assert line == f"40 sequences of 3 images, grey, in 20 clips: {tmp_path}"


def test_the_end_of_a_single_clip_is_held_out(tmp_path):
    numbered(tmp_path, frames(8))
    train, test = (
        ganzoo.data.sequences_from_folder(tmp_path, 3, 8, split=split)
        for split in ("train", "test")
    )
    assert values(train.images) == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert values(test.images) == [[5, 6, 7]]
    with pytest.raises(ValueError, match="one clip of 8 images, frames=5"):
        ganzoo.data.sequences_from_folder(tmp_path, 5, 8, split="train")


def test_the_content_follows_the_files(tmp_path):
    def content():
        return shards_or_folder.open_data("sequences", tmp_path, 8, frames=2).survey

    numbered(tmp_path, frames(3))
    before = content().content
    assert content().content == before
    frames(1, start=9)[0].save(tmp_path / "frame_1.png")
    assert content().content != before


def test_clips_that_are_too_short_are_left_out_unless_all_are(tmp_path):
    numbered(tmp_path / "long", frames(5))
    numbered(tmp_path / "short", frames(2))
    survey = shards_or_folder.open_data("sequences", tmp_path, 8, frames=4).survey
    assert survey.count == 2 and survey.too_short == ["short"]
    assert "skipped, too short: 1, short" in [*survey.summary_lines()]
    with pytest.raises(ValueError, match="longest of 2 clips is long with 5"):
        ganzoo.data.sequences_from_folder(tmp_path, 6, 8)


@pytest.mark.parametrize(
    "names, received",
    [
        (["a.png", "b.png"], "'a.png' and 'b.png'"),
        (["cat1.png", "dog2.png"], "'cat1.png' and 'dog2.png'"),
        (["1.png", "01.png"], "'01.png' and '1.png'"),
        (["1.png", "2.png", "cover.png"], "'1.png' and 'cover.png'"),
    ],
)
def test_an_order_that_is_not_known_is_refused(names, received, tmp_path):
    for name, image in zip(names, frames(3)):
        image.save(tmp_path / name)
    with pytest.raises(ValueError, match=f"Number the images.*{received}"):
        ganzoo.data.sequences_from_folder(tmp_path, 2, 8)


def test_several_numbers_sort_by_the_first(tmp_path):
    files = [tmp_path / f"{name}.png" for name in ("b2_10", "b2_9", "b10_1")]
    assert clips.in_order(files) == [files[1], files[0], files[2]]


@pytest.mark.parametrize(
    "options, message",
    [
        ({"frames": 0}, "`frames` must be an int of at least 1"),
        ({"split": "val"}, "`split` must be 'train', 'test' or None"),
        ({"channels": 2}, "`channels` must be 1"),
        ({"path": "nowhere"}, "must be an existing folder"),
    ],
)
def test_bad_arguments_are_refused(options, message, tmp_path):
    numbered(tmp_path, frames(3))
    given = {"path": tmp_path, "frames": 2, "image_size": 8}
    with pytest.raises(ValueError, match=message):
        ganzoo.data.sequences_from_folder(**given | options)


def test_broken_and_mixed_files_are_told(tmp_path):
    numbered(tmp_path / "a", frames(3))
    (tmp_path / "a" / "frame_2.png").write_text("no picture")
    with pytest.raises(ValueError, match="must be readable.*frame_2.png"):
        ganzoo.data.sequences_from_folder(tmp_path, 2, 8)
    numbered(tmp_path / "a", frames(3))
    whole = (tmp_path / "a" / "frame_1.png").read_bytes()
    (tmp_path / "a" / "frame_1.png").write_bytes(whole[:-30])
    with pytest.raises(ValueError, match="must be readable.*a, image 2"):
        ganzoo.data.sequences_from_folder(tmp_path, 2, 8)
    numbered(tmp_path / "a", frames(3))
    animated(tmp_path / "a" / "b.gif", frames(3))
    with pytest.raises(ValueError, match="'a/b.gif' beside 'a/frame_0.png'"):
        ganzoo.data.sequences_from_folder(tmp_path, 2, 8)


def test_one_clip_is_meant_by_a_file_or_a_folder(tmp_path):
    animated(tmp_path / "a.gif", frames(3))
    numbered(tmp_path / "still", frames(4))
    assert clips.find_clip(tmp_path / "a.gif").count == 3
    assert clips.find_clip(tmp_path / "still").count == 4
    with pytest.raises(ValueError, match="with 2 sequences, like a.gif and still"):
        clips.find_clip(tmp_path)
    with pytest.raises(ValueError, match="which is not there"):
        clips.find_clip(tmp_path / "b.gif")


TEXT = """
[model]
class = "PredictiveGAN"

[generator]
network = "predictive_generator"

[discriminator]
network = "predictive_discriminator"

[data]
name = "mnist"
kind = "sequences"
frames = 2
image_size = 14
scale = 4

[training]
batch_size = 4
epochs = 1

[stages.mse]
epochs = 1
"""


def test_a_recipe_makes_sequences_of_a_data_set(monkeypatch):
    x = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 1), "uint8")

    def load(name, split, data_dir):
        return ganzoo.data.Pictures(x, name=name, split=split)

    monkeypatch.setattr(ganzoo.data, "load", load)
    (found,) = recipes.parse("mine", TEXT).load_data()
    wanted = ganzoo.data.moving_digits(ganzoo.data.downscaled(x, 4), 3, 14)
    np.testing.assert_array_equal(found, wanted)
    whole = TEXT.replace("scale = 4\n", "").replace("14", "28")
    (found,) = recipes.parse("mine", whole).load_data()
    np.testing.assert_array_equal(found, ganzoo.data.moving_digits(x, 3, 28))


def test_a_recipe_reads_sequences_of_a_folder(tmp_path):
    for i in range(10):
        numbered(tmp_path / f"{i}", frames(4, start=i))
    folder = f"folder = '{tmp_path}'"
    text = TEXT.replace("scale = 4\n", "").replace('name = "mnist"', folder)
    recipe = recipes.parse("mine", text)
    (train,), (test,) = recipe.load_data("train"), recipe.load_data("test")
    assert (train.shape, test.shape) == ((18, 3, 14, 14, 1), (2, 3, 14, 14, 1))
    assert recipe.find_content() and recipe.find_names() is None
    assert recipe._count_and_hash(recipe._open()).startswith("18 examples")


@pytest.mark.parametrize("image_size", [28, 128])
def test_settings_for_a_folder_build_a_model(image_size, tmp_path, narrow):
    numbered(tmp_path, frames(25, size=(20, 30)))
    recipe, survey = folder_recipes.recipe(tmp_path, "predictive_gan", image_size)
    assert (survey.count, survey.frames) == (15, 11)
    assert recipe.config["data"]["frames"] == 10
    (train,) = recipe.load_data()
    # The last sequence is held out, and those that overlap it left out.
    assert train.shape == (4, 11, image_size, image_size, 1)
    gan = recipe.build((train,), seed=0)
    assert gan.sequence_shape == train.shape[1:] and gan.averages


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("frames = 2\n", "", "`data.frames` says of how many"),
        ("frames = 2", "frames = 0", "`data.frames` must be an int of at least 1"),
        ("image_size = 14\n", "", "`data.image_size` is missing"),
        ('"PredictiveGAN"', '"DCGAN"', "for the class DCGAN. Received: 'sequences'"),
        ('"PredictiveGAN"', '"PredictiveGAN"\nframes = 2', "no key `model.frames`"),
        ('"predictive_generator"', '"unet_generator"', "made for what the class"),
        ("[stages.mse]\nepochs = 1", "", "`stages.mse.epochs` is missing"),
    ],
)
def test_recipes_that_do_not_fit_are_refused(old, new, message):
    with pytest.raises(ValueError, match=message):
        recipes.parse("mine", TEXT.replace(old, new))


def test_fit_takes_what_the_data_functions_return():
    gan = toys.untraced("PredictiveGAN")
    sequences = ganzoo.data.Sequences(toys.sequences(8))
    one = gan.evaluate(sequences, verbose=0)
    assert one == gan.evaluate(sequences.images, verbose=0)
    gan.fit(sequences, validation_data=sequences, batch_size=4, verbose=0)
    assert len(sequences.first(3)) == 3
    with pytest.raises(ValueError, match="`images` must be a uint8 array"):
        ganzoo.data.Sequences(toys.pictures())
