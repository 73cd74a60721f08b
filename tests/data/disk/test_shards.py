"""Images in shards: the same as in a folder, in the same order, to the bit."""

import pathlib
import shutil

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from ganzoo import cli
from ganzoo.data import tfds
from ganzoo.data.disk import folder
from ganzoo.data.disk import listings
from ganzoo.data.disk import shard_writer
from ganzoo.data.disk import shards
from ganzoo.data.disk import shards_or_folder
from ganzoo.data.disk import store
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs

tensorflow_datasets = pytest.importorskip("tensorflow_datasets")
pytest.importorskip("array_record")
# tensorflow-datasets imports modules that warn of their own deprecated ways.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

RECIPE = """
[model]
class = "CGAN"

[generator]
network = "cgan_generator"
units = [4, 4, 8]

[discriminator]
network = "cgan_discriminator"
units = [4, 4, 4]

[data]
folder = "{}"
image_size = 8
kind = "labels"

[training]
batch_size = 9
epochs = 2
"""


def fill(root, count=20, mode="RGB", width=12):
    """Images of noise, in two sub-folders in turn."""
    channels = () if mode == "L" else (3,)
    for i in range(count):
        path = root / "ab"[i % 2] / f"{i // 2:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(i).integers(0, 256, (width, width, *channels))
        Image.fromarray(noise.astype("uint8")).save(path)
    return root


def assert_same(found, wanted):
    """Assert that splits of shards and of a folder have the same in one order."""
    for split in ("train", "test"):
        one, two = found.split(split), wanted.split(split)
        for name in ("images", "labels", "class_names", "source", "target"):
            a, b = getattr(one, name, None), getattr(two, name, None)
            np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pictures_and_labels_are_those_of_the_folder(mode, tmp_path, monkeypatch):
    fill(tmp_path / "in", mode=mode)
    monkeypatch.setattr(shard_writer, "SHARD", 5 * 6 * 6)
    survey = shard_writer.write(tmp_path / "in", tmp_path / "out", 6, verbose=0)
    wanted = store.open_store(tmp_path / "in", 6, verbose=0)
    assert list(survey.summary_lines()) == list(wanted.survey.summary_lines())
    assert len(list((tmp_path / "out").glob("*train.array_record*"))) > 3
    assert_same(shards_or_folder.open_pictures(tmp_path / "out", 6), wanted)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_pairs_are_those_of_the_folder(tmp_path):
    fill(tmp_path / "in", mode="L")
    shutil.rmtree(tmp_path / "in" / "b")
    shutil.move(fill(tmp_path / "colours") / "b", tmp_path / "in")
    shard_writer.write(tmp_path / "in", tmp_path / "out", 6, of_pairs=True, verbose=0)
    found = shards_or_folder.open_pairs(tmp_path / "out", 6)
    assert [shape[-1] for shape in found.shapes] == [1, 3]
    assert_same(found, store.open_pairs(tmp_path / "in", 6, verbose=0))


def test_what_is_broken_or_a_copy_is_left_out(tmp_path):
    fill(tmp_path / "in", 30)
    names = [files[0] for files in listings.list_pictures(tmp_path / "in").items]
    names[5].write_text("no picture")
    shutil.copy(names[6], names[-1])
    survey = shard_writer.write(tmp_path / "in", tmp_path / "out", 6, verbose=0)
    assert (len(survey.unreadable), len(survey.duplicates)) == (1, 1)
    found = shards_or_folder.open_pictures(tmp_path / "out", 6)
    assert [len(found.split(split)) for split in ("train", "test")] == [25, 3]
    assert_same(found, store.open_store(tmp_path / "in", 6, verbose=0))


def test_any_user_of_tensorflow_datasets_reads_them(tmp_path):
    fill(tmp_path / "in")
    shard_writer.write(tmp_path / "in", tmp_path / "out", 6, verbose=0)
    builder = tensorflow_datasets.builder_from_directory(tmp_path / "out")
    assert builder.info.features["label"].names == ["a", "b"]
    images = shards_or_folder.open_pictures(tmp_path / "out", 6).split("test").images
    for example, image in zip(builder.as_data_source("test"), images, strict=True):
        np.testing.assert_array_equal(example["image"], image)


@pytest.mark.usefixtures("untraced")
def test_a_killed_run_goes_on_as_one_that_reads_the_folder_all_along(tmp_path):
    fill(tmp_path / "in", 24)
    shard_writer.write(tmp_path / "in", tmp_path / "out", 8, verbose=0)
    weights = []
    for name, times in (("in", [2]), ("out", [1, 2])):
        recipe = recipes.parse(name, RECIPE.format(tmp_path / name))
        for epochs in times:
            run_dir = tmp_path / "runs" / name
            model = runs.train(recipe, run_dir, epochs=epochs, verbose=0)
        assert run_folder.count_epochs(run_dir) == 2
        weights.append([np.array(v.numpy()) for v in model.variables])
        keras.backend.clear_session()
    for one, two in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_batch_reads_its_records_and_no_others(tmp_path, monkeypatch):
    fill(tmp_path / "in")
    shard_writer.write(tmp_path / "in", tmp_path / "out", 6, verbose=0)
    decoded = []
    decode = shards._pixels
    monkeypatch.setattr(shards, "_pixels", lambda *a: decoded.append(a) or decode(*a))
    arrays = recipes.parse(
        "mine", RECIPE.format(tmp_path / "out").replace("= 8", "= 6")
    ).load_data()
    # The ends of the shards, to see that they are whole.
    assert len(decoded) == 4
    decoded.clear()
    # Half of them, as one of two workers sees it.
    assert arrays[0][0::2][[1, 3]].shape == (2, 6, 6, 3)
    assert len(decoded) == 2


def test_on_the_command_line(tmp_path, timed, monkeypatch):
    fill(tmp_path / "in")
    trained = []
    monkeypatch.setattr(
        "ganzoo.training.trainer.train", lambda recipe, *a, **k: trained.append(recipe)
    )
    out = tmp_path / "out"
    for line in (
        f"shard {tmp_path / 'in'} --image-size 28 --channels 1 --pad --out {out}",
        f"train --data {out} --model cgan --run-dir {tmp_path / 'run'}",
    ):
        done = CliRunner().invoke(cli.main, line.split())
        assert done.exit_code == 0, done.output
    assert f"18 to train on, 28×28, grey, in shards: {out}" in done.output
    assert trained[0].load_data()[0].shape == (18, 28, 28, 1)


def foreign(root, shape=(6, 6, 3), split="train", file_format=None, **features):
    """A data set of tensorflow-datasets that is not from here."""
    tools = tensorflow_datasets.features
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (12, 6, 6, 3)).astype("uint8")
    labels = np.arange(12) % 3
    builder = tensorflow_datasets.dataset_builders.store_as_tfds_dataset(
        name="theirs",
        version="1.0.0",
        data_dir=root,
        features=tools.FeaturesDict(
            {
                "image": tools.Image(shape=shape, encoding_format="png"),
                "label": tools.ClassLabel(num_classes=3),
            }
        ),
        split_datasets={
            split: [(i, {"image": pictures[i], "label": labels[i]}) for i in range(12)]
        },
        disable_shuffling=True,
        file_format=file_format,
    )
    return builder.data_dir, pictures, labels


def test_those_of_others_are_read(tmp_path):
    path, pictures, labels = foreign(tmp_path, file_format="array_record")
    train = shards_or_folder.open_pictures(path, 6).split("train")
    np.testing.assert_array_equal(np.asarray(train.images), pictures)
    np.testing.assert_array_equal(np.asarray(train.labels), labels)
    with pytest.raises(ValueError, match=r"called `test`.*split='test'"):
        shards_or_folder.open_pictures(path, 6).split("test")


def test_tfrecord_files_are_told_how_to_be_written_anew(tmp_path):
    path, pictures, labels = foreign(tmp_path)
    with pytest.raises(ValueError, match=f"`ganzoo shard {path} --out FOLDER`"):
        shards_or_folder.open_pictures(path, 6).split("train")
    shard_writer.write(path, tmp_path / "out", verbose=0)
    train = shards_or_folder.open_pictures(tmp_path / "out", 6).split("train")
    np.testing.assert_array_equal(np.asarray(train.images), pictures)
    np.testing.assert_array_equal(train.labels, labels)
    with pytest.raises(ValueError, match="train on them as they are"):
        shard_writer.write(tmp_path / "out", tmp_path / "again")


def test_pictures_of_several_sizes_are_refused(tmp_path):
    path, *_ = foreign(tmp_path, shape=(None, None, 3))
    with pytest.raises(ValueError, match="of uint8 images of one size"):
        shards_or_folder.open_pictures(path, 6)


def test_mistakes_are_told(tmp_path, monkeypatch):
    fill(tmp_path / "in")
    out = tmp_path / "out"
    shard_writer.write(tmp_path / "in", out, 6, verbose=0)
    for call, message in (
        (lambda: shards_or_folder.open_pictures(out, 7), r"are 6×6, .* image_size=7\."),
        (
            lambda: shards_or_folder.open_pictures(out, 6, 1),
            r"have 3 channels, .* channels=1\.",
        ),
        (
            lambda: shards_or_folder.open_pairs(out, 6),
            "a feature `source` of uint8 images",
        ),
        (lambda: shard_writer.write(tmp_path / "in", out, 6), "that is not there yet"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    shard = next(out.glob("*train.array_record*"))
    shard.write_bytes(shard.read_bytes()[:100])
    with pytest.raises(ValueError, match="split .train. anew: they cannot be read"):
        shards_or_folder.open_pictures(out, 6).split("train").images[[0]]
    (out / "dataset_info.json").write_text("{")
    with pytest.raises(ValueError, match="as tensorflow-datasets writes it"):
        shards_or_folder.open_pictures(out, 6)


def cut(shard):
    shard.write_bytes(shard.read_bytes()[: shard.stat().st_size // 2])


def fill_with_zeros(shard):
    whole = shard.read_bytes()
    shard.write_bytes(whole[: len(whole) // 2].ljust(len(whole), b"\0"))


@pytest.mark.parametrize("damage", [cut, fill_with_zeros, pathlib.Path.unlink])
@pytest.mark.parametrize("split", ["train", "test"])
def test_a_damaged_shard_of_any_split_is_refused_when_it_is_opened(
    split, damage, tmp_path, monkeypatch
):
    fill(tmp_path / "in", 30)
    monkeypatch.setattr(shard_writer, "SHARD", 2 * 6 * 6 * 3)
    shard_writer.write(tmp_path / "in", tmp_path / "out", 6, verbose=0)
    damage(sorted((tmp_path / "out").glob(f"*{split}.array_record*"))[-1])
    with pytest.raises(ValueError, match=f"Copy .* split '{split}' anew.*path="):
        shards_or_folder.open_pictures(tmp_path / "out", 6)


@pytest.mark.parametrize("damage", [cut, pathlib.Path.unlink])
def test_a_damaged_tfrecord_file_is_not_written_anew(damage, tmp_path):
    path, *_ = foreign(tmp_path)
    damage(next(pathlib.Path(path).glob("*tfrecord*")))
    with pytest.raises(ValueError, match="Copy .* split 'train' anew.*path="):
        shard_writer.write(path, tmp_path / "out", verbose=0)
    assert not (tmp_path / "out").exists()


def test_a_remote_place_is_not_taken_for_a_folder(monkeypatch):
    asked = []

    def refuse(path):
        asked.append(path)
        raise OSError("no network")

    monkeypatch.setattr("etils.epath.gpath._GPath.exists", refuse)
    monkeypatch.setattr(folder, "checked_arguments", None)
    with pytest.raises(ValueError, match=r"OSError: no network.* path='gs://b/c'\.$"):
        shards_or_folder.open_pictures("gs://b/c", 6)
    assert [str(path) for path in asked] == ["gs://b/c/dataset_info.json"]


def test_a_kill_while_writing_leaves_nothing_to_trust(tmp_path, monkeypatch):
    fill(tmp_path / "in")
    out = tmp_path / "out"

    def killed(self):
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(tfds.Writer, "close", killed)
        # As after a kill, which tidies nothing up.
        context.setattr(shutil, "rmtree", lambda *args, **kwargs: None)
        with pytest.raises(KeyboardInterrupt):
            shard_writer.write(tmp_path / "in", out, 6, verbose=0)
    assert not out.exists()
    shard_writer.write(tmp_path / "in", out, 6, verbose=0)
    assert_same(
        shards_or_folder.open_pictures(out, 6),
        store.open_store(tmp_path / "in", 6, verbose=0),
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
