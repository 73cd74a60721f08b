"""The command: every verb, its help, and errors without a traceback."""

import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
import toys
from click.testing import CliRunner
from PIL import Image

import ganzoo_command
from ganzoo import cli
from ganzoo import data
from ganzoo.backend import environment
from ganzoo.presets import records as preset_records
from ganzoo.presets import registry
from ganzoo.presets import weight_files
from ganzoo.scoring import protocols
from ganzoo.training import recipes

ROOT = pathlib.Path(__file__).parents[2]


def ganzoo(*args):
    return CliRunner().invoke(cli.main, [str(arg) for arg in args])


def test_the_command_speaks_to_tensorflow_before_it_is_imported(monkeypatch):
    code = "import ganzoo_command, sys; assert not {'ganzoo', 'keras'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    told = []
    monkeypatch.setattr(ganzoo_command, "is_running", False)
    monkeypatch.setattr(os, "environ", {"TF_ENABLE_ONEDNN_OPTS": "0"})
    monkeypatch.setattr(cli, "main", lambda *args: told.append((*args, *os.environ)))
    ganzoo_command.main(["list"])
    # What its user has chosen stands.
    assert told == [(["list"], "TF_ENABLE_ONEDNN_OPTS")]
    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == "0"


@pytest.mark.parametrize("verb", sorted(cli.main.commands))
def test_every_verb_has_help_with_an_example(verb):
    result = ganzoo(verb, "--help")
    assert result.exit_code == 0
    assert f"ganzoo {verb}" in result.output.split("Example", 1)[1]


def test_list_shows_every_recipe_with_its_paper_and_every_preset():
    result = ganzoo("list")
    assert result.exit_code == 0
    trainable, _, trained = result.output.partition("\nPresets, ")
    for name in recipes.names():
        assert f"\n{name} " in trainable
    assert trainable.count("https://") == len(recipes.names())
    for name in registry.names():
        assert f"\n{name} " in trained
    assert trained.count(" MB") == len(registry.names())
    assert re.search(r"\ndcgan_fashion_mnist_10k .*  no download\n", trainable)
    facts = registry.record("cgan_mnist")
    minutes = f"{facts['seconds'] / 60:.0f} min, 2 cores"
    assert re.search(rf"\ncgan_mnist .*  {minutes}\n", trainable)
    starts = {line.index("https://") for line in trainable.splitlines()[1:]}
    assert len(starts) == 1


def test_a_recipe_is_shown_and_how_to_train_it():
    result = ganzoo("info", "minimax_gan_fashion_mnist_10k")
    assert result.exit_code == 0, result.output
    assert "a recipe, to be trained first" in result.output
    assert "ganzoo train minimax_gan_fashion_mnist_10k --run-dir" in result.output
    assert '    class = "MinimaxGAN"' in result.output
    facts = ganzoo("info", "minimax_gan_fashion_mnist_10k", "--json").output
    assert json.loads(facts)["class"] == "MinimaxGAN"


def test_summaries_of_verbs_are_whole():
    for name, verb in cli.main.commands.items():
        # As `ganzoo --help` has room for in 80 columns.
        short = verb.get_short_help_str(78 - 6 - len("interpolate"))
        assert not short.endswith("..."), name


@pytest.fixture
def preset(tmp_path, monkeypatch):
    """A published preset, with a score, in a checkout of its own."""
    recipe = recipes.load("dcgan_fashion_mnist_10k")
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    (run_dir / "recipe.toml").write_text(recipe.text)
    (run_dir / "seed").write_text("0\n")
    header = "epoch,seconds,discriminator_loss,generator_loss\n"
    rows = [f"{epoch},1.25,1.0,1.0\n" for epoch in range(recipe.epochs)]
    (run_dir / "history.csv").write_text("".join([header, *rows]))
    about = environment.environment() | {"machine": "toy, 2 cores", "commit": "39f2279"}
    (run_dir / "environment.json").write_text(json.dumps(about))
    toys.compiled("DCGAN").save(run_dir / "model.keras")
    samples = {"recipe_sha256": recipe.sha256, "training_seed": 0}
    samples |= {"training_epochs": recipe.epochs}
    protocol = {"features": "toy", "samples": samples}
    score = {"fd": 12.5, "left_out": {}, "protocol": protocol}
    score["fingerprint"] = protocols.fingerprint(protocol)
    (tmp_path / "fd.json").write_text(json.dumps(score))
    (tmp_path / "presets.json").write_text("{}")
    monkeypatch.setattr(preset_records, "INDEX", tmp_path / "presets.json")
    monkeypatch.setattr(weight_files, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("GANZOO_WEIGHTS_URL", raising=False)
    options = ("--name", "toy", "--scores", tmp_path / "fd.json")
    result = ganzoo("publish", run_dir, *options)
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "weights" / "toy.keras") in result.output
    return "toy"


def test_a_preset_is_listed_shown_downloaded_and_drawn_from(preset, tmp_path):
    listed = ganzoo("list").output
    assert re.search(r"\ntoy +DCGAN +0\.\d MB  no download\n", listed)
    card = ganzoo("info", preset).output
    facts = json.loads(ganzoo("info", preset, "--json").output)
    place = "toy, 2 cores; ", "; ganzoo 39f2279"
    for known in ("Radford et al., 2016", "12.5", "5 seconds", "Apache", *place):
        assert known in card
    card_of_run = ganzoo("info", tmp_path / "run").output
    of_run = json.loads(ganzoo("info", tmp_path / "run", "--json").output)
    for known in ("Radford et al., 2016", "4 of 4 in 5 s", "toy, 2 cores"):
        assert known in card_of_run
    assert "Not finished" not in card_of_run
    assert (of_run["epochs"], of_run["seconds"], of_run["seed"]) == (4, 5.0, 0)
    assert of_run["last"] == {"discriminator_loss": 1.0, "generator_loss": 1.0}
    assert facts["sha256"] in card and facts["scores"][0]["fingerprint"] in card
    path = tmp_path / "weights" / "toy.keras"
    assert ganzoo("download", preset).output == f"Model: {path}\n"
    out = tmp_path / "samples.npy"
    drawn = []
    for source in preset, tmp_path / "run":
        result = ganzoo("generate", source, "-n", 3, "--seed", 0, "--out", out)
        assert result.exit_code == 0, result.output
        drawn.append(np.load(out))
    assert drawn[0].shape == (3, 4, 4, 1)
    assert np.array_equal(*drawn)


def test_a_recipe_is_trained_and_drawn_from(tiny_recipe, few_pictures, timed, tmp_path):
    run_dir = tmp_path / "run"
    result = ganzoo("train", tiny_recipe(), "--run-dir", run_dir, "--epochs", 1)
    assert result.exit_code == 0, result.output
    assert (run_dir / "model.keras").exists()
    out = tmp_path / "samples.png"
    result = ganzoo("generate", run_dir, "-n", 4, "--seed", 0, "--out", out)
    assert result.exit_code == 0, result.output
    assert out.exists()
    result = ganzoo("film", run_dir, "--out", tmp_path / "film.gif")
    assert result.output.startswith("1 sheet of "), result.output
    assert (tmp_path / "film.gif").is_file()
    result = ganzoo("generate", run_dir, "--label", 1, "--out", out)
    assert result.exit_code == 1
    assert "takes no --label" in result.output


def test_what_a_model_shows_is_drawn(preset, tmp_path):
    film, sheet = tmp_path / "a.gif", tmp_path / "a.png"
    for command in (
        ("generate", preset, "-n", 3, "--numbers", "--out", sheet),
        ("interpolate", preset, "--spherical", "--pictures", 2, "--out", film),
        ("arithmetic", preset, "1,2 - 3", "--out", sheet),
    ):
        result = ganzoo(*command)
        assert result.exit_code == 0, result.output
    assert film.exists() and sheet.exists()
    result = ganzoo("arithmetic", preset, "1 -", "--out", sheet)
    assert result.exit_code == 1 and "The terms are numbers" in result.output


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """A run folder of a model whose classes are named by numbers, in another order."""
    folder = tmp_path_factory.mktemp("classes")
    names = ("bag", "dress", "4", "0", "10")
    toys.compiled("CGAN", class_names=names).save(folder / "model.keras")
    return folder


def test_codes_are_traversed_where_there_are_any(classes, tmp_path):
    toys.compiled("InfoGAN").save(tmp_path / "model.keras")
    out = tmp_path / "codes.png"
    options = ["--rows", 2, "--steps", 3, "--out", out]
    result = ganzoo("traverse", tmp_path, *options)
    assert result.output == f"c1, c2, c3: {out}\n"
    result = ganzoo("traverse", tmp_path, "--code", "c2", *options)
    assert result.output == f"c2: {out}\n" and out.exists()
    result = ganzoo("traverse", tmp_path, "--code", "digit", *options)
    assert result.exit_code == 1 and "one of c1, c2, c3" in result.output
    result = ganzoo("traverse", classes, *options)
    assert result.exit_code == 1 and "Only a model with codes" in result.output
    for name in "samples.png", "samples.npz":
        result = ganzoo("generate", tmp_path, "-n", 3, "--out", tmp_path / name)
        assert result.exit_code == 0, result.output


def test_codes_are_asked_for(classes, tmp_path):
    gan = toys.compiled("InfoGAN")
    gan.save(tmp_path / "model.keras")
    out = tmp_path / "samples.npy"
    options = ["-n", 3, "--seed", 0, "--out", out]
    codes = ["--code", "c1=3", "--code", "c2=-0.5"]
    result = ganzoo("generate", tmp_path, *codes, *options)
    assert result.exit_code == 0, result.output
    wanted = gan.generate(3, seed=0, codes={"c1": 3, "c2": -0.5})
    np.testing.assert_array_equal(np.load(out), wanted)
    for wrong in ("c1", "c1=three", "c1=3.5", "c9=1", "=3"):
        result = ganzoo("generate", tmp_path, "--code", wrong, *options)
        assert result.exit_code == 1 and "Received: " in result.output
    result = ganzoo("generate", tmp_path, *codes, "--code", "c1=4", *options)
    assert result.exit_code == 1 and "given once" in result.output
    numbers = "--numbers", "--statistics", "standing"
    result = ganzoo("generate", tmp_path, *codes, *numbers, "--out", "a.png")
    assert result.exit_code == 1 and "ask for nothing else" in result.output
    result = ganzoo("generate", classes, *codes, *options)
    assert result.exit_code == 1 and "takes no --code" in result.output


def test_latents_are_truncated_and_statistics_chosen(classes, tmp_path):
    gan = toys.compiled("BigGAN")
    gan.save(tmp_path / "model.keras")
    out = tmp_path / "samples.npy"
    options = ["-n", 3, "--seed", 0, "--label", 2, "--out", out]
    chosen = ["--truncation", 0.5, "--statistics", "standing"]
    result = ganzoo("generate", tmp_path, *chosen, *options)
    assert result.exit_code == 0, result.output
    chosen = {"truncation": 0.5, "statistics": "standing"}
    np.testing.assert_array_equal(
        np.load(out), gan.generate(3, seed=0, labels=2, **chosen)
    )
    result = ganzoo("generate", tmp_path, "--truncation", 0, *options)
    assert result.exit_code == 1 and "a positive number" in result.output
    result = ganzoo("generate", tmp_path, "--noise", "none", *options)
    assert result.exit_code == 1 and "takes no --noise" in result.output
    result = ganzoo("generate", classes, "--truncation", 0.5, *options)
    assert result.exit_code == 1 and "takes no --truncation" in result.output


def test_styles_are_truncated_and_noise_chosen(tmp_path):
    gan = toys.compiled("StyleGAN2")
    gan.save(tmp_path / "model.keras")
    out = tmp_path / "samples.npy"
    asked = ["--truncation", 0, "--noise", "none", "-n", 3, "--seed", 0, "--out", out]
    result = ganzoo("generate", tmp_path, *asked)
    assert result.exit_code == 0, result.output
    wanted = gan.generate(3, seed=0, truncation=0, noise="none")
    np.testing.assert_array_equal(np.load(out), wanted)


@pytest.mark.parametrize(
    "label, told",
    [
        ("dress", " of class 'dress' (label 1)"),
        ("DRESS", " of class 'dress' (label 1)"),
        ("4", " of class '4' (label 2)"),
        ("1", " of class 'dress' (label 1)"),
        ("10", " of class '10' (label 4)"),
    ],
)
def test_a_class_is_drawn_by_its_name_and_else_by_its_number(
    classes, label, told, tmp_path
):
    out = tmp_path / "a.npy"
    result = ganzoo("generate", classes, "-n", 2, "--label", label, "--out", out)
    assert result.output == f"2 images{told}: {out}\n"


@pytest.mark.parametrize("verb", ["interpolate", "arithmetic"])
def test_other_verbs_name_the_class_too(verb, classes, tmp_path):
    terms = ["1 - 2"] if verb == "arithmetic" else []
    options = ["--label", "dress", "--out", tmp_path / "a.png"]
    result = ganzoo(verb, classes, *terms, *options)
    assert result.exit_code == 0, result.output
    assert " of class 'dress' (label 1): " in result.output
    result = ganzoo(verb, classes, *terms, "--label", "dres")
    assert result.exit_code == 1 and "Did you mean 'dress'?" in result.output


def test_a_preset_of_a_named_data_set_has_the_names_of_its_classes(classes, tmp_path):
    model = toys.compiled("CGAN")
    facts = registry.record("cgan_fashion_mnist")
    assert registry.class_names(facts)[3] == "Dress"
    # A model of as many classes takes them, any other is left without.
    recipes.name_classes(model, registry.class_names(facts))
    assert model.class_names is None
    recipes.name_classes(model, tuple("abcde"))
    assert model.class_names == tuple("abcde")
    assert "3 Dress, 4 Coat" in ganzoo("info", "cgan_fashion_mnist").output
    assert "classes" not in ganzoo("info", "dcgan_fashion_mnist").output


@pytest.mark.parametrize("verb", ["translate", "reconstruct"])
def test_a_folder_is_changed_by_a_model(verb, tmp_path):
    gan = toys.compiled("Pix2Pix" if verb == "translate" else "BiGAN")
    (tmp_path / "run").mkdir()
    gan.save(tmp_path / "run" / "model.keras")
    source = tmp_path / "pictures"
    source.mkdir()
    Image.new("L", (9, 9), 100).save(source / "a.jpg")
    out = tmp_path / "out"
    result = ganzoo(verb, tmp_path / "run", source, "--out", out)
    assert result.exit_code == 0, result.output
    assert [path.name for path in out.iterdir()] == ["a.png"]
    assert f"Comparison: {tmp_path / 'out_comparison.png'}\n" in result.output
    assert (tmp_path / "out_comparison.png").is_file()
    result = ganzoo(verb, tmp_path / "run", source, "--out", out)
    assert result.exit_code == 1 and "Choose another output folder" in result.output


def test_translate_goes_the_way_that_is_asked_for(tmp_path):
    gan, source = toys.compiled("CycleGAN"), tmp_path / "pictures"
    source.mkdir()
    gan.save(tmp_path / "model.keras")
    Image.fromarray(toys.pictures(1)[0, ..., 0]).save(source / "a.png")
    for to in ("a", "1"):
        out = tmp_path / to
        options = ("--out", out, "--to", to)
        result = ganzoo("translate", tmp_path / "model.keras", source, *options)
        assert result.exit_code == 0, result.output
        wanted = gan.translate(toys.pictures(1), to="a" if to == "a" else "b")[0]
        np.testing.assert_array_equal(
            np.asarray(Image.open(out / "a.png")), wanted[..., 0]
        )
    result = ganzoo(
        "translate", tmp_path / "model.keras", source, "--out", tmp_path / "c"
    )
    assert result.exit_code == 1 and "Say by --to which domain" in result.output


def test_translate_says_that_a_model_wants_outlines(tmp_path):
    run_dir, source = tmp_path / "run", tmp_path / "photographs"
    run_dir.mkdir()
    source.mkdir()
    toys.compiled("Pix2Pix").save(run_dir / "model.keras")
    (run_dir / "recipe.toml").write_text(recipes.load("pix2pix_fashion_mnist").text)
    Image.new("L", (9, 9), 100).save(source / "a.jpg")
    for edges in (), ("--edges",):
        out = tmp_path / f"out{len(edges)}"
        result = ganzoo("translate", run_dir, source, "--out", out, *edges)
        assert result.exit_code == 0, result.output
        assert ("translates outlines" in result.output) == (not edges)


def test_the_benchmark_reports(tiny_suite, few_pictures, untraced, tmp_path):
    options = ("--suite", "tiny", "--variants", "GAN", "--out", tmp_path / "out")
    result = ganzoo("benchmark", *options)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "index.html").exists()
    assert "| GAN |" in result.output


@pytest.fixture
def two_sets(tmp_path):
    """Two sets of Fashion-MNIST's images, in files."""
    images = data.load("fashion_mnist_10k", "train").images
    for i, name in enumerate("ab"):
        np.save(tmp_path / f"{name}.npy", images[i * 200 : i * 200 + 200])
    return tmp_path / "a.npy", tmp_path / "b.npy"


def test_any_two_sets_of_pictures_are_scored(two_sets):
    result = ganzoo("evaluate", *two_sets, "--features", "fashion-classifier")
    assert result.exit_code == 0, result.output
    assert "Fréchet distance" in result.stdout and "recall" in result.stdout
    assert "Features of" in result.stderr


def test_machines_read_one_object(two_sets):
    result = ganzoo("evaluate", *two_sets, "--features", "fashion-classifier", "--json")
    record = json.loads(result.stdout)
    assert record["fd"] > 0 and record["kd_sd"] > 0
    assert record["fingerprint"] and record["protocol"]["samples"]["count"] == 200


@pytest.mark.filterwarnings("always:Transparent images", "always:A Fréchet distance")
def test_transparent_images_are_read_as_other_tools_do_where_it_is_asked(tmp_path):
    rng = np.random.default_rng(0)
    for i in range(2):
        grey = rng.integers(0, 256, (28, 28, 2)).astype("uint8")
        grey[:14, :, 1] = 0
        Image.fromarray(grey).save(tmp_path / f"{i}.png")
    options = ("--features", "fashion-classifier", "--scores", "fid")
    told = ganzoo("evaluate", tmp_path, "fashion_mnist_10k:test", *options)
    assert "Warning: Transparent images are laid on white" in told.stderr
    assert "transparent images on white" in told.stdout
    options += ("--alpha", "drop")
    told = ganzoo("evaluate", tmp_path, "fashion_mnist_10k:test", *options)
    assert "Transparent" not in told.stderr
    assert "colours under the transparency kept" in told.stdout
    told = ganzoo(
        "statistics", tmp_path, tmp_path / "a.npz", *options[:2], *options[4:]
    )
    assert told.exit_code == 0, told.output


def test_statistics_stand_for_pictures(two_sets, tmp_path):
    a, b = two_sets
    features = ("--features", "fashion-classifier")
    result = ganzoo("statistics", b, tmp_path / "b.npz", *features)
    assert result.exit_code == 0, result.output
    records = [
        json.loads(
            ganzoo("evaluate", a, x, *features, "--scores", "fid", "--json").stdout
        )
        for x in (b, tmp_path / "b.npz")
    ]
    assert records[0]["fd"] == records[1]["fd"]
    parts = (a, tmp_path / "b.npz", tmp_path / "both.npz")
    assert ganzoo("statistics", *parts, *features).exit_code == 0
    with np.load(tmp_path / "both.npz") as both:
        assert json.loads(str(both["ganzoo"]))["origin"]["count"] == 400


@pytest.mark.parametrize(
    "args, message",
    [
        (("evaluate", "nowhere", "nowhere"), "There is nothing of this name"),
        (
            ("evaluate", "fashion_mnist_10k:test"),
            "a preset brings its own",
        ),
        (
            ("evaluate", "mnist:test", "mnist:test", "--scores", "fed"),
            "Received: 'fed'",
        ),
        (("evaluate", "fashion_mnist_10k:test", "mnist"), "'mnist:test'"),
        (("train", "dcgan_fashion", "--run-dir", "x"), "Did you mean 'dcgan_fashion_m"),
        (("generate", "nowhere"), "has a `model.keras`"),
        (("info", "nowhere"), "There is no preset, recipe or folder of this name"),
        (("info", "nowhere"), "a run folder"),
        (("info", "DCGAN"), "Did you mean 'dcgan_fashion_mnist' or 'dcgan_"),
        (("train", "dcgan", "--run-dir", "x"), "Did you mean 'dcgan_fashion_mnist' or"),
        (("generate", "rp_gan_fashion_mnist"), "the name of a recipe: train it first"),
        (("evaluate", "fashion_mnst:test"), "Did you mean 'fashion_mnist'?"),
        (("download", "nowhere"), "Only a preset that comes with the zoo"),
        (("publish", "nowhere"), "has a `model.keras`"),
        (("benchmark", "--variants", "NOGAN"), "has the variants"),
        (("benchmark", "--budget", "0"), "not in the range"),
        (("benchmark", "--budget", "nan"), "--budget must be positive"),
    ],
)
def test_errors_are_messages(args, message):
    result = ganzoo(*args)
    assert result.exit_code != 0
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_lost_game_ends_with_a_message_and_what_was_good(
    tiny_recipe, few_pictures, timed, tmp_path
):
    recipe = tiny_recipe()
    text = recipe.read_text()
    recipe.write_text(
        text.replace(
            "[data]", '[optimizer]\nname = "SGD"\nlearning_rate = 1e38\n\n[data]'
        )
    )
    result = ganzoo("train", recipe, "--run-dir", tmp_path / "run")
    assert result.exit_code == 1
    assert "Error: Training has diverged in epoch 1" in result.output
    assert not (tmp_path / "run" / "model.keras").exists()


@pytest.fixture
def run(tmp_path):
    """A run folder of a GAN, and a folder of an image and of strokes for it."""
    (tmp_path / "run").mkdir()
    toys.compiled("BiGAN").save(tmp_path / "run" / "model.keras")
    for name in ("good", "bad"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        Image.new("L", (8, 8), 100).save(tmp_path / "pictures" / name / "a.png")
    painted = Image.new("RGBA", (8, 8), (200, 200, 200, 255))
    painted.putpixel((0, 0), (0, 0, 0, 0))
    painted.save(tmp_path / "strokes.png")
    return tmp_path / "run"


def test_a_folder_is_projected_and_scored(run, tmp_path):
    source, out = tmp_path / "pictures", tmp_path / "z.npz"
    sheet = tmp_path / "sheet.png"
    quick = "--steps", 2
    result = ganzoo("project", run, source, out, "--images", sheet, *quick)
    assert result.exit_code == 0, result.output
    assert f"2 latents: {out}\n" in result.output and sheet.is_file()
    assert "PSNR of the projections: median" in result.output
    for by in ("search", "encoder"):
        scores = tmp_path / f"{by}.csv"
        options = "--by", by, "--out", scores, "--sheet", sheet, "--normal", "good"
        result = ganzoo("anomalies", run, source, *options, *quick)
        assert result.exit_code == 0, result.output
        assert f"2 scores: {scores}\n" in result.output
        assert "AUROC: 50.0 %" in result.output
        assert scores.read_text().startswith("file,score,anomaly")


def test_an_image_is_painted(run, tmp_path):
    image, out = tmp_path / "pictures" / "good" / "a.png", tmp_path / "out.png"
    words = "paint", run, image, tmp_path / "strokes.png", out, "--steps", 2
    result = ganzoo(*words)
    assert result.exit_code == 0, result.output
    assert f"Result: {out}\nComparison: {tmp_path / 'out_comparison.png'}" in (
        result.output
    )
    result = ganzoo("paint", run, image, image, out)
    assert result.exit_code == 1 and "background is transparent" in result.output
    result = ganzoo("project", run, tmp_path / "nowhere", tmp_path / "z.npz")
    assert result.exit_code == 1 and "existing folder of images" in result.output
    result = ganzoo("project", run, image, tmp_path / "z.npz", "--label", "3")
    assert result.exit_code == 1 and "takes no --label" in result.output


@pytest.fixture
def attribute_run(tmp_path):
    """A run folder of a model of images with glasses and beards, and a folder."""
    (tmp_path / "run").mkdir()
    gan = toys.compiled("IcGAN")
    for stage in gan.stages:
        gan.fit(*toys.data("IcGAN"), stage=stage, verbose=0)
    gan.save(tmp_path / "run" / "model.keras")
    for i in range(3):
        (tmp_path / "faces").mkdir(exist_ok=True)
        Image.new("L", (8, 8), 80 * i).save(tmp_path / "faces" / f"{i}.png")
    return tmp_path / "run"


def test_images_of_a_folder_are_edited(attribute_run, tmp_path):
    gan = registry.open_model(attribute_run)
    images = np.stack([np.full(toys.X, 80 * i, "uint8") for i in range(3)])
    for flags in ([], ["--optimise"]):
        out = tmp_path / f"edited{len(flags)}"
        words = "edit", attribute_run, tmp_path / "faces", out, *flags
        result = ganzoo(*words, "--set", "glasses=on", "--set", "beard=off")
        assert result.exit_code == 0, result.output
        assert f"3 images: {out}\nComparison: {out}_comparison.png" in result.output
        options = {"latents": "optimised", "verbose": 0} if flags else {}
        wanted = gan.edit(images, {"glasses": True, "beard": False}, **options)
        for i in range(3):
            with Image.open(out / f"{i}.png") as image:
                np.testing.assert_array_equal(np.asarray(image), wanted[i, ..., 0])


@pytest.mark.parametrize(
    "words, message",
    [
        ([], "Set an attribute or more, as NAME=on or NAME=off: the model knows glas"),
        (["--set", "glases=on"], "Did you mean 'glasses'"),
        (["--set", "glasses"], "Set each attribute once, as NAME=on or NAME=off"),
        (["--set", "glasses=1"], "Received: --set glasses=1"),
        (["--set", "beard=on", "--set", "beard=off"], "Set each attribute once"),
    ],
)
def test_edits_that_cannot_be_meant_are_refused(
    attribute_run, tmp_path, words, message
):
    out = tmp_path / "out"
    result = ganzoo("edit", attribute_run, tmp_path / "faces", out, *words)
    assert result.exit_code == 1 and message in result.output
    assert "Traceback" not in result.output and not out.exists()


def test_only_models_with_attributes_edit(run, tmp_path):
    words = "edit", run, tmp_path / "pictures", tmp_path / "out", "--set", "a=on"
    result = ganzoo(*words)
    assert result.exit_code == 1 and "Only a model of images with attributes" in (
        result.output
    )
    result = ganzoo("generate", run, "--set", "a=on", "--out", tmp_path / "a.png")
    assert result.exit_code == 1 and "takes no --set" in result.output


def test_images_with_attributes_are_projected_and_scored(attribute_run, tmp_path):
    out, image = tmp_path / "z.npz", tmp_path / "faces" / "1.png"
    words = attribute_run, tmp_path / "faces", "--set", "glasses=on", "--steps", 1
    result = ganzoo("project", *words, out)
    assert result.exit_code == 0, result.output
    with np.load(out) as arrays:
        assert (arrays["attributes"][:, 0] == 1).all()
    files = "--out", tmp_path / "scores.csv", "--sheet", tmp_path / "sheet.png"
    result = ganzoo("anomalies", *words, *files)
    assert result.exit_code == 0, result.output
    result = ganzoo("project", attribute_run, image, out, "--set", "glases=on")
    assert result.exit_code == 1 and "Did you mean 'glasses'" in result.output
    edited = tmp_path / "edited.png"
    result = ganzoo("edit", attribute_run, image, edited, "--set", "beard=on")
    assert result.exit_code == 0 and edited.is_file(), result.output
    assert f"Comparison: {tmp_path / 'edited_comparison.png'}" in result.output


def test_attributes_are_drawn_as_they_are_set(attribute_run, tmp_path):
    gan, out = registry.open_model(attribute_run), tmp_path / "a.npy"
    words = "generate", attribute_run, "-n", 4, "--seed", 2, "--set", "beard=on"
    assert ganzoo(*words, "--out", out).exit_code == 0
    wanted = gan.generate(4, seed=2, attributes={"beard": True})
    np.testing.assert_array_equal(np.load(out), wanted)
    result = ganzoo(*words, "--numbers", "--out", tmp_path / "a.png")
    assert result.exit_code == 0, result.output


@pytest.fixture
def text_run(tmp_path):
    """A run folder of a model of images of texts."""
    (tmp_path / "texts").mkdir()
    toys.compiled("GANCLS").save(tmp_path / "texts" / "model.keras")
    return tmp_path / "texts"


def test_images_are_drawn_of_a_text(text_run, tmp_path):
    gan, out = registry.open_model(text_run), tmp_path / "a.npy"
    words = "generate", text_run, "-n", 4, "--seed", 2, "--text", "a red heart"
    result = ganzoo(*words, "--out", out)
    assert result.exit_code == 0, result.output
    wanted = gan.generate(4, seed=2, texts="a red heart")
    np.testing.assert_array_equal(np.load(out), wanted)
    result = ganzoo(*words, "--numbers", "--out", tmp_path / "a.png")
    assert result.exit_code == 0, result.output


def test_texts_that_cannot_be_drawn_are_told(text_run, run, tmp_path):
    out = "--out", tmp_path / "a.png"
    result = ganzoo("generate", text_run, "--text", "green hart", *out)
    assert result.exit_code == 1 and "Did you mean 'heart'" in result.output
    result = ganzoo("generate", run, "--text", "a star", *out)
    assert result.exit_code == 1 and "takes no --text" in result.output
