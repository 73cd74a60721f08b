"""Runs whose settings or images have changed, or moved, since they began."""

import json
import pathlib
import shutil

import keras
import numpy as np
import pytest
import toys
from click.testing import CliRunner
from PIL import Image

from ganzoo import cli
from ganzoo import evaluation
from ganzoo.data.disk import shard_writer
from ganzoo.evaluation import model_source
from ganzoo.presets import publishing
from ganzoo.presets import registry
from ganzoo.training import dataset_identity
from ganzoo.training import folder_recipes
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs
from ganzoo.training.history import read_history

RECIPE = """
[model]
class = "CGAN"

[generator]
network = "cgan_generator"
units = [4, 4, 8]

[discriminator]
network = "cgan_discriminator"
units = [4, 4, 4]

[optimizer]
name = "Adam"
learning_rate = 2e-4

[data]
folder = "images"
image_size = 28
channels = 1
kind = "labels"

[training]
batch_size = 27
epochs = 1
"""
# The `data` file that the version before layouts wrote for these images.
OLD_DATA = (
    "27 examples, sha256 "
    "429cb92db0ae2e17a2348bb7ccddb2a80b1eef45f23c39154eea14b9cee5c10e\n"
)
OLD_CLASSES = ("1", "10", "2")


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder with thirty images of three classes, and a run of one epoch on them."""
    root = tmp_path_factory.mktemp("begun")
    for i in range(30):
        noise = np.random.RandomState(i).randint(0, 256, (28, 28)).astype("uint8")
        path = root / "images" / ["1", "2", "10"][i % 3] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise).save(path)
    (root / "mine.toml").write_text(RECIPE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANZOO_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.chdir(root)
        toys.trace_nothing(patch)
        runs.train(recipes.load("mine.toml"), "run", verbose=0)
    return root


@pytest.fixture
def desk(begun, tmp_path, untraced, monkeypatch):
    """A copy of it, to work in."""
    shutil.copytree(begun, tmp_path / "desk")
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"


def ganzoo(line):
    return CliRunner().invoke(cli.main, line.split())


def train(**options):
    return runs.train(runs.load_recipe("run"), "run", verbose=0, **options)


def edit(path, old, new):
    text = pathlib.Path(path).read_text()
    assert old in text
    pathlib.Path(path).write_text(text.replace(old, new))


def make_old():
    """Make the run one of the version that kept no layout and no copy of its recipe."""
    pathlib.Path("run/data").write_text(OLD_DATA)
    for name in run_folder.SETTINGS:
        (pathlib.Path("run/backup") / name).unlink()


def replace_one_image(root="images"):
    """Replace an image behind those that are hashed first."""
    with (pathlib.Path(root) / "2" / "22.png").open("ab") as file:
        file.write(b"more")


# === Settings ===


@pytest.mark.parametrize(
    "command",
    [
        "train --run-dir run --epochs 2",
        "train run/recipe.toml --run-dir run --epochs 2",
        "train --run-dir run --data images",
        "evaluate run --features mnist-classifier",
        "publish run --name toy",
    ],
)
def test_an_edited_recipe_is_refused_wherever_the_run_is_read(desk, command):
    edit("run/recipe.toml", "learning_rate = 2e-4", "learning_rate = 1e-5")
    done = ganzoo(command)
    assert done.exit_code == 1
    told = "says 'learning_rate = 1e-5' and not 'learning_rate = 2e-4'"
    for words in ("--learning-rate R", "--epochs N", "another folder", told):
        assert words in done.output


def test_an_added_line_is_named(desk):
    edit("run/recipe.toml", "[data]", "clipnorm = 1.0\n[data]")
    with pytest.raises(ValueError, match="says 'clipnorm = 1.0' and not ''"):
        train(epochs=2)


def test_an_edited_seed_is_refused(desk):
    pathlib.Path("run/seed").write_text("5\n")
    for command in ("train --run-dir run", "evaluate run", "publish run --name toy"):
        assert "whose seed says '5' and not '0'" in ganzoo(command).output


def test_a_seed_beside_a_run_must_be_its_own(desk):
    assert ganzoo("train --run-dir run --seed 0").exit_code == 0
    done = ganzoo("train --run-dir run --seed 3")
    assert done.exit_code == 1 and "a run of another seed" in done.output


def test_comments_are_no_other_recipe(desk):
    edit("run/recipe.toml", "[optimizer]", "# As usual.\n[optimizer]")
    train(epochs=2)
    assert "# As usual." in pathlib.Path("run/backup/recipe.toml").read_text()


def test_a_recipe_may_be_edited_before_anything_is_trained(desk, monkeypatch):
    def interrupt(self, epoch, logs=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keras.callbacks.ModelCheckpoint, "on_epoch_begin", interrupt)
        with pytest.raises(KeyboardInterrupt):
            runs.train(recipes.load("mine.toml"), "new", verbose=0)
    edit("new/recipe.toml", "learning_rate = 2e-4", "learning_rate = 1e-5")
    assert ganzoo("train --run-dir new").exit_code == 0
    assert runs.load_recipe("new").learning_rate == pytest.approx(1e-5)


# === Learning rates ===


def rates():
    rows = read_history("run/history.csv")
    names = ("learning_rate_discriminator", "learning_rate_generator")
    return [tuple(row[name] for name in names) for row in rows]


def test_a_learning_rate_holds_from_the_next_epoch_on(desk):
    assert ganzoo("train --run-dir run --epochs 2 --learning-rate 5e-5").exit_code == 0
    assert ganzoo("train --run-dir run --epochs 3").exit_code == 0
    assert rates() == [("0.0002",) * 2, ("5e-05",) * 2, ("5e-05",) * 2]
    loaded = runs.load_model("run")
    for optimizer in (loaded.discriminator_optimizer, loaded.generator_optimizer):
        assert optimizer.get_config()["learning_rate"] == pytest.approx(5e-5)
        assert float(optimizer.learning_rate) == pytest.approx(5e-5)


def test_a_learning_rate_changes_what_is_learnt(desk):
    shutil.copytree("run", "other")
    usual = train(epochs=2)
    recipe = runs.load_recipe("other")
    slow = runs.train(recipe, "other", epochs=2, verbose=0, learning_rate=1e-9)
    before = keras.saving.load_model("other/model.keras").generator.get_weights()
    assert not toys.same(usual.generator.get_weights(), slow.generator.get_weights())
    assert toys.same(before, slow.generator.get_weights())


def test_a_learning_rate_works_from_the_start(desk):
    runs.train(
        recipes.load("mine.toml"), "new", epochs=1, verbose=0, learning_rate=1e-5
    )
    (row,) = read_history("new/history.csv")
    assert row["learning_rate_generator"] == "1e-05"


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_learning_rate_is_positive(desk, rate):
    with pytest.raises(ValueError, match="must be a positive number"):
        train(epochs=2, learning_rate=rate)


def test_a_learning_rate_that_nothing_would_come_of_is_refused(desk):
    with pytest.raises(ValueError, match="Ask for more epochs"):
        train(learning_rate=1e-5)
    text = RECIPE + '\n[schedule]\nname = "CosineDecay"\n'
    with pytest.raises(ValueError, match="Change the schedule in a copy"):
        runs.train(recipes.parse("x", text), "new", learning_rate=1e-5, verbose=0)


# === Images that have changed ===


def test_a_replaced_image_is_noticed_by_all_that_read_the_runs_data(desk):
    replace_one_image()
    for command in (
        "train --run-dir run --epochs 2",
        "train --run-dir run --epochs 2 --score fashion-classifier",
        "evaluate run --features mnist-classifier",
    ):
        done = ganzoo(command)
        assert done.exit_code == 1, done.output
        for words in (
            "Put the images back",
            "are not those that the run began with",
            "`ganzoo evaluate run REFERENCE`",
            "'run' of 27 examples",
        ):
            assert words in done.output
    with pytest.raises(dataset_identity.ChangedError):
        runs.load_recipe("run").load_pictures("train")


def test_added_images_are_noticed_by_old_runs_too(desk):
    make_old()
    for i in range(10):
        noise = np.random.RandomState(90 + i).randint(0, 256, (28, 28)).astype("uint8")
        Image.fromarray(noise).save(f"images/1/more{i}.png")
    with pytest.raises(ValueError, match="of 27 examples, .* and 36 examples"):
        evaluation.evaluate("run", features=toys.Features())


@pytest.mark.filterwarnings("ignore:A Fréchet distance of .* is biased")
def test_a_run_on_changed_images_is_scored_against_others(desk):
    shutil.copytree("images", "others")
    replace_one_image()
    options = {"features": toys.Features(), "scores": ["fid"], "count": 20}
    assert evaluation.evaluate("run", "others", **options)["fd"] > 0


def test_a_finished_run_is_left_as_it_is_whatever_its_images(desk):
    replace_one_image()
    before = pathlib.Path("run/data").read_text()
    assert ganzoo("train --run-dir run").exit_code == 0
    assert pathlib.Path("run/data").read_text() == before


def test_a_new_time_of_a_file_is_no_change(desk):
    pathlib.Path("images/2/22.png").touch()
    train(epochs=2)


@pytest.mark.filterwarnings("ignore:A Fréchet distance of .* is biased")
def test_scores_of_a_runs_own_data_are_left_out_beside_a_reference(desk, monkeypatch):
    def changed(self):
        raise dataset_identity.ChangedError("Put the images back.")

    monkeypatch.setattr(model_source.ModelSource, "own_scores", changed)
    record = evaluation.evaluate("run", "images", features=toys.Features(), count=20)
    assert record["left_out"]["encoder"] == "Put the images back."


# === Images that have moved ===


@pytest.mark.parametrize("is_old, epochs", [(False, 1), (True, 2)])
def test_a_run_goes_on_with_images_that_have_moved(desk, is_old, epochs):
    if is_old:
        make_old()
    pathlib.Path("images").rename("elsewhere")
    for command in ("train --run-dir run", "evaluate run --features mnist-classifier"):
        done = ganzoo(command)
        assert done.exit_code == 1
        assert "`ganzoo train --run-dir run --data FOLDER`" in done.output
    done = ganzoo(f"train --run-dir run --data elsewhere --epochs {epochs}")
    assert done.exit_code == 0, done.output
    for folder in ("run", "run/backup"):
        there = recipes.load(f"{folder}/recipe.toml").place
        assert there == str(desk / "elsewhere")
    train(epochs=epochs + 1)
    assert runs.load_recipe("run").load_data("test")[0].shape == (3, 28, 28, 1)


@pytest.mark.parametrize("is_old, epochs", [(False, 1), (True, 2)])
def test_other_images_are_not_taken_for_those_that_have_moved(desk, is_old, epochs):
    if is_old:
        make_old()
    shutil.copytree("images", "others")
    pathlib.Path("others/1/0.png").unlink()
    before = pathlib.Path("run/recipe.toml").read_text()
    done = ganzoo(f"train --run-dir run --data others --epochs {epochs}")
    assert done.exit_code == 1
    assert "are not those that the run began with" in done.output
    assert pathlib.Path("run/recipe.toml").read_text() == before


def test_a_place_may_be_of_the_home_folder(desk, monkeypatch):
    monkeypatch.setenv("HOME", str(desk))
    pathlib.Path("images").rename("moved")
    done = ganzoo("train --run-dir run --data ~/moved --epochs 2")
    assert done.exit_code == 0, done.output
    assert runs.load_recipe("run").place == str(desk / "moved")


def test_a_place_that_is_edited_in_the_recipe_is_taken_over(desk):
    pathlib.Path("images").rename("moved")
    edit("run/recipe.toml", '"images"', '"moved"')
    train(epochs=2)
    assert recipes.load("run/backup/recipe.toml").place == "moved"


def test_shards_that_have_moved_are_found_again(desk):
    shard_writer.write("images", "shards", 28, 1, verbose=0)
    edit("mine.toml", '"images"', '"shards"')
    runs.train(recipes.load("mine.toml"), "sharded", verbose=0)
    pathlib.Path("shards").rename("elsewhere")
    assert "--data FOLDER" in ganzoo("train --run-dir sharded --epochs 2").output
    done = ganzoo("train --run-dir sharded --data elsewhere --epochs 2")
    assert done.exit_code == 0, done.output
    shard_writer.write("images/1", "others", 28, 1, verbose=0)
    with pytest.raises(ValueError):
        runs.train(runs.load_recipe("sharded").move("others"), "sharded", epochs=3)


@pytest.mark.parametrize(
    "option, own",
    [
        ("--model dcgan", "--model cgan"),
        ("--image-size 64", "--image-size 28"),
        ("--batch-size 5", "--batch-size 27"),
        ("--bit-depth 12", "--bit-depth 16"),
        ("--seed 1", "a run of another seed"),
    ],
)
def test_options_that_contradict_the_run_are_refused(desk, option, own):
    done = ganzoo(f"train --run-dir run --data images {option} --epochs 2")
    assert done.exit_code == 1 and own in done.output
    assert run_folder.count_epochs("run") == 1


def test_options_that_agree_with_the_run_are_taken(desk):
    options = "--model cgan --image-size 28 --batch-size 27 --seed 0 --epochs 2"
    done = ganzoo(f"train --run-dir run --data images {options}")
    assert done.exit_code == 0, done.output


def test_the_header_of_a_recipe_tells_the_new_place(desk):
    recipe, _ = folder_recipes.recipe("images", image_size=28)
    moved = recipe.move("elsewhere")
    assert str(desk / "images") not in moved.text
    assert f" of {desk / 'elsewhere'},\n" in moved.text.splitlines(True)[0]
    assert moved.config["data"].pop("folder") == str(desk / "elsewhere")


def test_a_run_of_a_data_set_takes_no_folder(tiny_recipe, few_pictures, desk):
    runs.train(recipes.load(tiny_recipe()), "named", verbose=0)
    done = ganzoo("train --run-dir named --data images")
    assert done.exit_code == 1
    assert "of the data set 'fashion_mnist_10k'" in done.output


def test_raw_files_that_have_moved_are_named_by_their_option(desk, monkeypatch):
    monkeypatch.delenv("GANZOO_DATA_DIR", raising=False)
    recipe = recipes.parse(
        "x",
        RECIPE[: RECIPE.index("folder")] + 'name = "mnist"\nkind = "labels"\n'
        "[training]\nbatch_size = 27\nepochs = 1\n",
    )
    with pytest.raises(ValueError, match="--run-dir run --data-dir FOLDER"):
        run_folder.bind_recipe(recipe, "run").load_data("test", desk / "nowhere")


# === Runs of the version before layouts ===


@pytest.mark.filterwarnings("ignore:A Fréchet distance of .* is biased")
def test_an_old_run_keeps_its_split_and_the_order_of_its_classes(desk):
    _, labels = runs.load_recipe("run").load_data("test")
    assert sorted(labels) == [0, 1, 2]
    make_old()
    for epochs in 2, 3:
        train(epochs=epochs)
        recipe = runs.load_recipe("run")
        assert recipe.load_pictures().class_names == OLD_CLASSES
        images, labels = recipe.load_data("test")
        assert labels.tolist() == [2, 1, 1]
        assert images.sum() == 294_959
        assert runs.load_model("run").class_names == OLD_CLASSES
        text = pathlib.Path("run/data").read_text()
        assert text.startswith(OLD_DATA) and text.endswith("\nlayout 1\n")
    record = evaluation.evaluate("run", features=toys.Features(), count=20)
    assert record["protocol"]["reference"]["count"] == 3


def test_an_old_run_keeps_a_copy_of_its_recipe_from_now_on(desk):
    make_old()
    train(epochs=2)
    edit("run/recipe.toml", "2e-4", "1e-5")
    with pytest.raises(ValueError, match="Put back the recipe.toml"):
        train(epochs=3)


def test_a_run_of_a_newer_version_is_refused(desk):
    edit("run/data", "layout 2", "layout 9")
    with pytest.raises(ValueError, match="Update ganzoo"):
        train(epochs=2)


def test_a_run_without_its_data_file_is_not_taken_for_an_old_one(desk):
    pathlib.Path("run/data").write_text("")
    with pytest.raises(ValueError, match="Put back the `data`"):
        train(epochs=2)
    pathlib.Path("run/data").unlink()
    with pytest.raises(ValueError, match="of a lost `data` file, and 27 examples"):
        evaluation.evaluate("run", features=toys.Features())


# === Names of classes ===


def test_a_run_keeps_the_names_of_its_classes(desk):
    shutil.rmtree("images")
    assert runs.load_model("run").class_names == ("1", "2", "10")
    done = ganzoo("generate run --label 2 -n 2")
    assert done.output == "2 images of class '2' (label 1): samples.png\n"


def test_an_old_run_of_a_data_set_has_the_names_of_its_classes(desk):
    old = toys.compiled("CGAN", class_names=None)
    old.save("run/model.keras")
    name = recipes.class_names({"name": "mnist", "kind": "labels"})
    assert runs.load_model("run").class_names is None
    edit("run/recipe.toml", 'folder = "images"', 'name = "mnist"')
    edit("run/recipe.toml", "image_size = 28\nchannels = 1\n", "")
    # Only names that fit its number of classes.
    assert runs.load_model("run").class_names is None
    old.num_classes = 10
    recipes.name_classes(old, name)
    assert old.class_names == tuple("0123456789")


# === Presets of runs ===


@pytest.mark.filterwarnings("ignore:A Fréchet distance of .* is biased")
def test_a_preset_knows_the_images_of_its_run(desk):
    recipe = runs.load_recipe("run")
    publishing.save_preset(runs.load_model("run"), "mine", recipe=recipe)
    facts = registry.record("mine")
    assert facts["class_names"] == ["1", "2", "10"]
    assert facts["recipe"]["origin"]["layout"] == 2
    assert evaluation.evaluate("mine", features=toys.Features(), count=20)["fd"] > 0
    replace_one_image()
    with pytest.raises(dataset_identity.ChangedError):
        evaluation.evaluate("mine", features=toys.Features(), count=20)


def test_an_old_preset_has_the_oldest_layout(desk):
    publishing.save_preset(
        runs.load_model("run"), "mine", recipe=runs.load_recipe("run")
    )
    path = pathlib.Path("mine/preset.json")
    facts = json.loads(path.read_text())
    del facts["recipe"]["origin"]
    path.write_text(json.dumps(facts))
    recipe = registry.recipe_of(registry.record("mine"))
    assert recipe.load_pictures().class_names == OLD_CLASSES
