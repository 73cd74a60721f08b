"""A folder of images, from the command line to a model."""

import json

import keras
import numpy as np
import pytest
import toy_folders
import toys
from click.testing import CliRunner
from PIL import Image

from ganzoo import cli
from ganzoo.cli import training
from ganzoo.training import folder_recipes
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training import runs
from ganzoo.training.timing import planning


@pytest.fixture
def pictures(tmp_path):
    """A folder of forty images of noise."""
    folder = tmp_path / "pictures"
    for i in range(40):
        noise = np.random.default_rng(i).integers(0, 256, (20, 30, 3), "uint8")
        path = folder / "ab"[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise).save(path)
    return folder


@pytest.fixture
def brief(narrow, untraced, monkeypatch):
    """Let a training show little, by narrow networks that run as they are written."""
    monkeypatch.setattr(folder_recipes, "IMAGES_SHOWN", {False: 16_000, True: 16_000})
    monkeypatch.setattr(planning, "USEFUL_STEPS", 1)


@pytest.fixture
def pairs(tmp_path):
    """A folder of twenty pairs of grey images."""
    folder = tmp_path / "pairs"
    for side in "ab":
        (folder / side).mkdir(parents=True)
        for i in range(20):
            noise = np.random.default_rng(i).integers(0, 256, (20, 30), "uint8")
            Image.fromarray(noise).save(folder / side / f"{i}.png")
    return folder


# Models that have residual networks and a penalty for large images.
RESIDUAL = ("gan", "dcgan", "lsgan", "hinge_gan", "minimax_gan", "rp_gan")


WITH_STYLES = ("stylegan2", "conditional_stylegan2", "stylegan3")
OTHERS = ("pix2pix", "cogan", "cyclegan", "icgan", "gan_cls", "predictive_gan")


@pytest.mark.parametrize("model", [m for m in folder_recipes.MODELS if m not in OTHERS])
@pytest.mark.parametrize("image_size", [28, 128])
def test_settings_build_every_model_at_every_size(model, image_size, pictures, narrow):
    recipe, survey = folder_recipes.recipe(pictures, model, image_size)
    assert survey.count == 40
    arrays = recipe.load_data()
    assert {len(array) for array in arrays} == {36}
    gan = recipe.build(arrays, seed=0)
    assert type(gan) is folder_recipes.MODELS[model]
    assert list(gan.batch_shapes.values()) == [array.shape[1:] for array in arrays]
    assert gan.image_shape == (image_size, image_size, 3)
    assert gan.augmentation == ()
    assert gan.averages
    residual = image_size == 128 and model in RESIDUAL
    # The game of R3GAN has both penalties at every size.
    of_styles = 0.01 * (image_size / 32) ** 2
    least = {"rp_gan": 0.05, "stylegan": 10.0, **dict.fromkeys(WITH_STYLES, of_styles)}
    least = least.get(model)
    if "r3gan" in model:
        # Which fall from what its class says.
        assert float(gan.r1_weight(0)) == float(gan.r2_weight(0)) > 0
        return
    assert gan.r1_weight == (10.0 if residual else least)
    assert gan.r2_weight == (gan.r1_weight if model == "rp_gan" else None)


@pytest.mark.parametrize(
    "model, image_size, shown, batch_size",
    [
        ("cogan", 28, 1_000_000, 64),
        ("cogan", 128, 1_000_000, 16),
        ("cyclegan", 32, 100_000, 4),
    ],
)
def test_two_folders_are_for_a_model_of_two_domains(
    model, image_size, shown, batch_size, pictures, narrow
):
    recipe, survey = folder_recipes.recipe(pictures, model, image_size)
    assert (recipe.kind, survey.count) == ("unpaired", 20)
    # All images of both are shown as often as those of one folder, or of pairs.
    assert recipe.epochs * recipe.passes == shown / 20
    assert recipe.batch_size == batch_size
    arrays = recipe.load_data()
    assert [a.shape for a in arrays] == [(18, image_size, image_size, 3)] * 2
    gan = recipe.build(arrays, seed=0)
    assert gan.image_shapes == [(image_size, image_size, 3)] * 2


@pytest.mark.filterwarnings("ignore:A Fréchet distance of")
def test_a_run_of_two_folders_from_the_command_line(pictures, brief, timed, tmp_path):
    """Trained, stopped, moved and gone on with; drawn, and scored by domain."""
    for i in range(5):
        toy_folders.save(pictures / "a" / f"more_{i}.png", 100 + i, size=(30, 20))

    def call(*arguments):
        done = CliRunner().invoke(cli.main, list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        return done.output

    run, straight = tmp_path / "run", tmp_path / "straight"
    options = ("--model", "cogan", "--image-size", 28, "--batch-size", 6, "--small")
    told = call("train", "--data", pictures, "--run-dir", run, *options, "--epochs", 1)
    assert "first domain: 25 images" in told and "second domain: 20 images" in told
    assert "images that are not square are cropped" in told
    call("train", "--data", pictures, "--run-dir", straight, *options, "--epochs", 2)
    moved = pictures.rename(tmp_path / "moved")
    call("train", "--run-dir", run, "--data", moved, "--epochs", 2)
    one, two = (runs.load_model(folder) for folder in (run, straight))
    assert toys.same(toys.copy_of(one.variables), toys.copy_of(two.variables))
    call("generate", run, "-n", 4, "--seed", 1, "--out", tmp_path / "pairs.png")
    with Image.open(tmp_path / "pairs.png") as image:
        # Two columns of pairs of 2 x 28 pixels, and a gap of 2.
        assert image.width % 114 == 0 and image.height % 58 == 0
    pair = one.generate(4, seed=1)
    for domain, wanted in (("0", pair[0]), ("second", pair[1])):
        out = tmp_path / f"{domain}.npy"
        call("generate", run, "-n", 4, "--seed", 1, "--domain", domain, "--out", out)
        np.testing.assert_array_equal(np.load(out), wanted)
    for domain, name in ((0, "first"), (1, "second")):
        told = call(
            *("evaluate", run, "--features", "random-convolutions", "--domain", domain),
            *("--scores", "fid", "-n", 4, "--json"),
        )
        assert (
            json.loads(told[told.index("{") :])["protocol"]["samples"]["domain"] == name
        )


def test_images_are_enlarged_from_the_command_line(pictures, brief, timed, tmp_path):
    """Trained by both stages, moved and gone on with; then used, and scored."""

    def call(*arguments):
        done = CliRunner().invoke(cli.main, list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        return done.output

    run, options = tmp_path / "run", ("--model", "srgan", "--image-size", 28, "--small")
    told = call("train", "--data", pictures, "--run-dir", run, *options, "--epochs", 1)
    assert f"ganzoo upscale {run} FOLDER enlarged" in told
    recipe = runs.load_recipe(run)
    assert recipe.config["data"] == {
        **{"folder": str(pictures), "image_size": 28, "kind": "downscaled", "scale": 4}
    }
    # The recipe is that of this run, whose stages are as long as its game.
    assert recipe.epochs == 1
    assert recipe.stages["content"] == run_folder.count_epochs(run, "content") == 1
    moved = pictures.rename(tmp_path / "moved")
    call("train", "--run-dir", run, "--data", moved, "--epochs", 2)
    assert run_folder.count_epochs(run) == 2
    assert run_folder.count_epochs(run, "content") == 1
    small = toy_folders.save(tmp_path / "few" / "a.png", size=(9, 7)).parent
    told = call("upscale", run, small, tmp_path / "large")
    assert f"1 image with sides 4 times as long: {tmp_path / 'large'}" in told
    with Image.open(tmp_path / "large" / "a.png") as image:
        assert image.size == (36, 28)
    # SRResNet is a model, too.
    srresnet = run / "model_content.keras"
    call("upscale", srresnet, small / "a.png", tmp_path / "one.png")
    told = call(
        "evaluate", run, "--features", "random-convolutions", "--scores", "psnr"
    )
    assert "PSNR" in told


def test_a_million_pictures_are_shown_however_few_there_are(pictures):
    few, _ = folder_recipes.recipe(pictures, image_size=28)
    assert few.epochs * few.passes == 1_000_000 / 40
    # After each of them it is saved and drawn.
    assert few.epochs == 200


def test_a_hundred_thousand_pairs_are_shown_however_few_there_are(pairs):
    few, _ = folder_recipes.recipe(pairs, "pix2pix", image_size=28)
    assert few.epochs * few.passes == 100_000 / 20
    assert few.epochs == 200


def test_enough_pictures_pass_once_in_an_epoch(pictures, monkeypatch):
    monkeypatch.setattr(folder_recipes, "IMAGES_SHOWN", {False: 8_000, True: 8_000})
    recipe, _ = folder_recipes.recipe(pictures, image_size=28)
    assert (recipe.epochs, recipe.passes) == (200, 1)
    assert "passes" not in recipe.text


def test_a_network_that_does_not_take_the_pictures_is_told_before_the_training(
    pictures, narrow, timed, tmp_path
):
    run_dir = tmp_path / "run"
    done = CliRunner().invoke(
        cli.main,
        ["train", "--data", str(pictures), "--run-dir", str(run_dir)]
        + ["--image-size", "28", "--score", "fashion-classifier"],
    )
    assert done.exit_code == 1 and "Received: images.shape=" in done.output
    assert not run_dir.exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--time", "20m", "--epochs", "3"],
        ["--filters", "8", "--small"],
        ["--time", "20m", "--workers", "a:1,b:1"],
    ],
)
def test_options_that_contradict_one_another_are_refused(options, pictures, tmp_path):
    command = ["train", "--data", str(pictures), "--run-dir", str(tmp_path / "run")]
    done = CliRunner().invoke(cli.main, [*command, *options])
    assert done.exit_code == 2 and "not both" in done.output


def test_a_run_has_a_folder_of_its_name(
    pictures, brief, timed, tmp_path, monkeypatch, tiny_recipe, few_pictures
):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        done = CliRunner().invoke(cli.main, ["train", *map(str, arguments)])
        assert done.exit_code == 0, done.output
        return done.output

    options = ("--data", "pictures", "--image-size", "28", "--small", "--pad")
    told = call(*options, "--epochs", 1)
    run_dir = tmp_path / "runs" / "pictures-dcgan"
    assert f"  ganzoo generate {run_dir.relative_to(tmp_path)}\n" in told
    assert "--epochs 2" in told
    assert "pad = true" in (run_dir / "recipe.toml").read_text()
    # The same again goes on, whatever a step takes now.
    call(*options, "--epochs", 2)
    assert run_folder.count_epochs(run_dir) == 2
    done = CliRunner().invoke(cli.main, ["train", *options[:-2], "--filters", "7"])
    assert "has --filters 1. Received: --filters 7" in done.output
    recipe = tiny_recipe()
    told = call(recipe, "--epochs", 1)
    assert "generator: network mlp_generator" in told and "on this machine" in told
    assert run_folder.count_epochs(tmp_path / "runs" / recipe.stem) == 1


def test_settings_of_a_run_without_an_epoch_are_those_it_began_with(
    pictures, narrow, timed, tmp_path, monkeypatch
):
    """A step may take another time now, and the same command goes on."""
    trained = []

    def train(recipe, run_dir, *args, **kwargs):
        trained.append(recipe.text)
        run_folder.write_settings(run_dir, recipe, 0, recipe.epochs)

    monkeypatch.setattr("ganzoo.training.trainer.train", train)
    command = ["train", "--data", str(pictures), "--image-size", "28"]
    command += ["--run-dir", str(tmp_path / "run"), "--time"]
    for time in "20m", "2h":
        done = CliRunner().invoke(cli.main, [*command, time])
        assert done.exit_code == 0, done.output
    assert "--time is of new runs" in done.output
    assert trained[0] == trained[1]


def test_a_folder_is_trained_on_and_gone_on_with(pictures, brief, timed, tmp_path):
    run_dir = tmp_path / "run"
    options = ["--image-size", "28", "--batch-size", "36", "--epochs", "2"]
    done = CliRunner().invoke(
        cli.main,
        ["train", "--data", str(pictures), "--run-dir", str(run_dir), *options],
    )
    assert done.exit_code == 0, done.output
    for line in (
        "40 images, in colour",
        "Timing a step...",
        "generator: network dcgan_generator, filters 1",
        "2 epochs in batches of 36: an epoch shows each of 36 training images once",
        " on this machine, and ",
    ):
        assert line in done.output
    recipe = runs.load_recipe(run_dir)
    assert recipe.data == str(pictures)
    # The same folder again, for longer, is the same run.
    options[-1] = "3"
    done = CliRunner().invoke(
        cli.main,
        ["train", "--data", str(pictures), "--run-dir", str(run_dir), *options],
    )
    assert done.exit_code == 0, done.output
    assert run_folder.count_epochs(run_dir) == 3
    done = CliRunner().invoke(
        cli.main, ["train", "--run-dir", str(run_dir), "--epochs", "4"]
    )
    assert done.exit_code == 0, done.output
    assert run_folder.count_epochs(run_dir) == 4
    done = CliRunner().invoke(
        cli.main,
        ["evaluate", str(run_dir), "--features", "fashion-classifier", "-n", "20"],
    )
    # The classifier looks at images of 28 pixels, grey.
    assert done.exit_code == 1 and "Received" in done.output


def test_a_folder_of_pairs_is_trained_on_scored_and_translated(
    pairs, narrow, timed, tmp_path, monkeypatch
):
    run_dir = tmp_path / "run"
    monkeypatch.setattr(folder_recipes, "PAIRS_SHOWN", {False: 20_000, True: 20_000})
    monkeypatch.setattr(planning, "USEFUL_STEPS", 1)

    def call(*arguments):
        done = CliRunner().invoke(cli.main, [str(a) for a in arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    train = "train --model pix2pix --image-size 28 --epochs 1".split()
    told = call(*train, "--data", pairs, "--run-dir", run_dir)
    for line in (
        "20 pairs of images, sources grey, targets grey",
        "generator: network unet_generator, filters 1",
        "optimizer: name Adam, learning_rate 0.0002, beta_1 0.5",
        "1 epoch in batches of 4: an epoch shows each of 18 training images once",
    ):
        assert line in told
    recipe = runs.load_recipe(run_dir)
    # The recipe is that of this run, whatever was planned.
    assert recipe.epochs == recipe.passes == 1
    source, target = recipe.load_data("train")
    assert source.shape == target.shape == (18, 28, 28, 1)
    assert isinstance(source, np.memmap) and isinstance(target, np.memmap)
    scores = "--scores l1,psnr,ssim --features fashion-classifier --json".split()
    record = json.loads(call("evaluate", run_dir, *scores))
    assert 0 < record["l1"] < 1 and record["protocol"]["reference"]["count"] == 2
    call("translate", run_dir, pairs / "a", "--out", tmp_path / "out")
    with Image.open(tmp_path / "out" / "3.png") as picture:
        assert (picture.size, picture.mode) == ((28, 28), "L")
    done = CliRunner().invoke(cli.main, ["generate", str(run_dir)])
    assert done.exit_code == 1 and "translates given images" in done.output


@pytest.mark.parametrize("model, parts", [("dcgan", [""]), ("pix2pix", ["a", "b"])])
def test_a_bit_depth_is_kept_in_the_recipe(model, parts, timed, tmp_path, monkeypatch):
    for part in parts:
        (tmp_path / "deep" / part).mkdir(parents=True)
        for i in range(12):
            noise = np.random.default_rng(i).integers(0, 4096, (8, 8)).astype("uint16")
            Image.fromarray(noise).save(tmp_path / "deep" / part / f"{i}.png")
    trained = []
    monkeypatch.setattr(
        "ganzoo.training.trainer.train", lambda recipe, *a, **k: trained.append(recipe)
    )
    line = f"train --data {tmp_path / 'deep'} --model {model} --image-size 28"
    command = [*line.split(), "--bit-depth", "12", "--run-dir", str(tmp_path / "run")]
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 0, done.output
    assert "bit_depth = 12" in trained[0].text
    for array in trained[0].load_data():
        assert array.max() == 255


def test_a_folder_without_pairs_is_told_before_training(pictures, tmp_path):
    done = CliRunner().invoke(
        cli.main,
        ["train", "--data", str(pictures), "--model", "pix2pix"]
        + ["--run-dir", str(tmp_path / "run")],
    )
    assert done.exit_code == 1
    assert "must have a partner of the same name" in done.output


def test_an_interrupted_training_says_how_to_go_on(
    pictures, brief, timed, tmp_path, monkeypatch
):
    run_dir = tmp_path / "run"

    def interrupt(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(keras.callbacks.ModelCheckpoint, "on_epoch_begin", interrupt)
    done = CliRunner().invoke(
        cli.main,
        ["train", "--data", str(pictures), "--run-dir", str(run_dir)]
        + ["--image-size", "28", "--epochs", "4"],
    )
    assert done.exit_code == 130
    assert "after 1 of 4 epochs, which are saved" in done.output
    again = f"ganzoo train --data {pictures} --run-dir {run_dir} --image-size 28"
    assert f"To go on, the same again: {again} --epochs 4\n" in done.output
    monkeypatch.undo()
    # It goes on to as many epochs as it was begun for, also where only it is named.
    resume = ["train", "--run-dir", str(run_dir)]
    done = CliRunner().invoke(cli.main, resume)
    assert done.exit_code == 0 and run_folder.count_epochs(run_dir) == 4
    done = CliRunner().invoke(cli.main, resume)
    assert "This run is finished: it has 4 of 4 epochs" in done.output


def test_a_training_interrupted_at_once_says_that_nothing_is_kept(
    tiny_recipe, few_pictures, timed, tmp_path, monkeypatch
):
    def interrupt(self, epoch, logs=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.callbacks.ModelCheckpoint, "on_epoch_begin", interrupt)
    run_dir = tmp_path / "my run"
    done = CliRunner().invoke(
        cli.main, ["train", str(tiny_recipe()), "--run-dir", str(run_dir)]
    )
    assert "within the first epoch, of which nothing is kept" in done.output
    assert done.output.endswith(f"--run-dir '{run_dir}'\n")


@pytest.mark.parametrize(
    "options, message",
    [
        (
            ["--image-size", "100"],
            "--image-size must be one of 28, 32, 64, 128, 256. "
            "Received: --image-size 100.",
        ),
        (["--model", "wgan-gp"], "Did you mean 'wgan_gp'?"),
        (["--data", "nowhere"], "must be an existing folder"),
    ],
)
def test_mistakes_are_told(options, message, pictures, tmp_path):
    done = CliRunner().invoke(
        cli.main,
        [
            "train",
            "--data",
            str(pictures),
            "--run-dir",
            str(tmp_path / "run"),
            *options,
        ],
    )
    assert done.exit_code == 1
    assert message in done.output


def test_a_run_goes_on_with_the_pictures_that_it_began_with(pictures, brief, tmp_path):
    recipe, _ = folder_recipes.recipe(pictures, image_size=28)
    runs.train(recipe, tmp_path / "run", epochs=1, verbose=0)
    more = pictures / "b" / "more.png"
    Image.fromarray(np.full((30, 30, 3), 77, "uint8")).save(more)
    for _ in range(2):
        with pytest.raises(ValueError, match="of 36 examples, .* and 37 examples"):
            runs.train(recipe, tmp_path / "run", epochs=2, verbose=0)
    more.unlink()
    runs.train(recipe, tmp_path / "run", epochs=2, verbose=0)
    assert run_folder.count_epochs(tmp_path / "run") == 2


def test_a_run_folder_among_linked_images_is_refused(pictures, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "linked").symlink_to(pictures / "a")
    folder_recipes.check_apart(tmp_path / "set", pictures / "run")
    with pytest.raises(ValueError, match="The run folder is among the images"):
        folder_recipes.check_apart(tmp_path / "set", pictures / "a" / "run")


def test_nothing_to_train_is_told(tmp_path):
    run_dir = str(tmp_path / "run")
    for options in ["--run-dir", run_dir], []:
        done = CliRunner().invoke(cli.main, ["train", *options])
        assert done.exit_code == 2 and "There is nothing to train" in done.output
    done = CliRunner().invoke(
        cli.main,
        ["train", "dcgan_mnist", "--data", "x", "--run-dir", run_dir],
    )
    assert done.exit_code == 2 and "not both" in done.output


@pytest.mark.parametrize(
    "options, needed",
    [
        (["--model", "gan"], "--data"),
        (["--image-size", "28"], "--data"),
        (["--batch-size", "7"], "--data"),
        (["--bit-depth", "12"], "--data"),
        (["--pad"], "--data"),
        (["--time", "20m"], "--data"),
        (["--filters", "8"], "--data"),
        (["--small"], "--data"),
        (["--score-every", "3"], "--score"),
    ],
)
def test_an_option_that_nothing_would_come_of_is_refused(options, needed, tmp_path):
    run_dir = tmp_path / "run"
    command = ["train", "dcgan_mnist", "--run-dir", str(run_dir), *options]
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 2 and not run_dir.exists()
    message = f"{options[0]} is with {needed}, and would change nothing here"
    assert message in " ".join(done.output.split())


def test_a_conditional_model_needs_sub_folders(tmp_path):
    for i in range(12):
        noise = np.random.default_rng(i).integers(0, 256, (8, 8, 3), "uint8")
        Image.fromarray(noise).save(tmp_path / f"{i}.png")
    with pytest.raises(ValueError, match="needs a class for each image"):
        folder_recipes.recipe(tmp_path, "cgan", 28)


def test_a_recipe_has_a_name_or_a_folder(pictures):
    recipe, _ = folder_recipes.recipe(pictures, image_size=28)
    with pytest.raises(ValueError, match="`data.image_size` is missing"):
        recipes.parse("x", recipe.text.replace("image_size = 28", ""))
    with pytest.raises(ValueError, match="no key `data.name`"):
        recipes.parse("x", recipe.text.replace("folder =", 'name = "mnist"\nfolder ='))


def test_the_help_names_the_models_that_are_for_folders():
    assert training.MODELS == sorted(folder_recipes.MODELS)


@pytest.fixture
def faces(tmp_path):
    """A folder of forty images with a table of two attributes, one of them rare."""
    folder = toy_folders.fill(tmp_path / "faces", 40, size=(30, 30))
    lines = [f"{i:03d}.png,{i % 2},{int(i in (4, 5))}" for i in range(40)]
    text = "\n".join(["file,glasses,beard", *lines])
    (folder / "attributes.csv").write_text(text)
    return folder


@pytest.mark.parametrize("image_size", [28, 128])
def test_a_folder_with_attributes_is_for_a_model_of_them(image_size, faces, narrow):
    recipe, survey = folder_recipes.recipe(faces, "icgan", image_size)
    assert recipe.kind == "attributes" and survey.count == 40
    arrays = recipe.load_data()
    assert arrays[0].shape[1:] == (image_size, image_size, 3)
    assert arrays[1].shape == (len(arrays[0]), 2)
    gan = recipe.build(arrays, seed=0)
    assert gan.attributes == ("glasses", "beard")
    assert gan.image_shape == (image_size, image_size, 3)


def test_a_run_of_attributes_from_the_command_line(faces, brief, tmp_path, monkeypatch):
    """Timed though an attribute is rare, trained, edited, and gone on with."""
    monkeypatch.setattr(
        folder_recipes, "IMAGES_SHOWN", dict.fromkeys([False, True], 80)
    )

    def call(*arguments):
        done = CliRunner().invoke(cli.main, list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        return done.output

    run = tmp_path / "run"
    options = ("--model", "icgan", "--image-size", 28, "--batch-size", 18, "--small")
    told = call("train", "--data", faces, "--run-dir", run, *options)
    assert "2 attributes: glasses 50%, beard 5%" in told
    assert "This run is finished" not in told
    edited = tmp_path / "edited"
    call("edit", run, faces, edited, "--set", "glasses=on")
    assert len(list(edited.glob("*.png"))) == 40
    told = call("train", "--run-dir", run)
    assert "This run is finished" in told
    (run / "history_attributes.csv").unlink()
    told = call("train", "--run-dir", run)
    assert "This run is finished" not in told


def test_a_folder_without_attributes_is_refused_before_anything_is_trained(pictures):
    with pytest.raises(ValueError, match="must have a file attributes.csv"):
        folder_recipes.recipe(pictures, "icgan", 28)


@pytest.fixture
def stars(tmp_path):
    """A folder of forty images with captions."""
    folder = toy_folders.fill(tmp_path / "stars", 40, size=(30, 30))
    lines = [f"{i:03d}.png,a {('red', 'blue')[i % 2]} star" for i in range(40)]
    (folder / "captions.csv").write_text("\n".join(["file,caption", *lines]))
    return folder


def test_a_run_of_captions_from_the_command_line(
    stars, brief, timed, tmp_path, monkeypatch
):
    """Trained in both stages, drawn of a text, and finished."""
    monkeypatch.setattr(
        folder_recipes, "IMAGES_SHOWN", dict.fromkeys([False, True], 80)
    )

    def call(*arguments):
        done = CliRunner().invoke(cli.main, list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        return done.output

    run = tmp_path / "run"
    options = ("--model", "gan_cls", "--image-size", 28, "--batch-size", 18, "--small")
    told = call("train", "--data", stars, "--run-dir", run, *options)
    assert "captions of 4 different words, 0 of them in one caption only" in told
    out = tmp_path / "a.png"
    call("generate", run, "-n", 4, "--text", "a blue star", "--out", out)
    assert runs.load_model(run).vocabulary.words == ("a", "blue", "red", "star")
    told = call("train", "--run-dir", run)
    assert "This run is finished" in told
