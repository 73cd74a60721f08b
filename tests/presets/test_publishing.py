"""Publishing: networks only, of a finished run, with what its folder tells."""

import hashlib
import io
import json
import os
import re
import shutil
import zipfile

import h5py
import keras
import numpy as np
import pytest
import toys

import ganzoo
from ganzoo import evaluation
from ganzoo.backend import environment
from ganzoo.presets import cards
from ganzoo.presets import publishing
from ganzoo.presets import records
from ganzoo.presets import registry
from ganzoo.presets import saving
from ganzoo.presets import weight_files
from ganzoo.scoring import protocols
from ganzoo.training import recipes
from ganzoo.training import runs

RECIPE = recipes.load("dcgan_fashion_mnist_10k")
HEADER = "epoch,seconds,discriminator_loss,generator_loss\n"
ENVIRONMENT = {
    "backend": "tensorflow",
    "versions": {"keras-ganzoo": "0.1", "keras": "3.15.1", "tensorflow": "2.21.0"},
    "python": "3.11.7",
    "machine": "x86_64, 2 cores",
    "devices": ["cpu"],
    "commit": "39f2279-dirty",
}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with one preset in its index, whose files are nowhere."""
    index = tmp_path / "presets.json"
    other = {"class": "GAN", "sha256": "0", "size": 1}
    index.write_text(json.dumps({"other": other}))
    monkeypatch.setattr(records, "INDEX", index)
    monkeypatch.setattr(weight_files, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("GANZOO_WEIGHTS_URL", raising=False)
    return tmp_path


def trained(variant, **averaging):
    """A toy game after two steps, so that all of its state is its own."""
    gan = toys.build(variant)
    gan.compile(
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        keras.optimizers.Adam(1e-2, beta_1=0.5, **averaging),
        run_eagerly=True,
    )
    gan.fit(*toys.data(variant, 16), batch_size=8, epochs=1, verbose=0)
    return gan


def history(epochs):
    """The text of a history, with 10.06 seconds to an epoch."""
    return HEADER + "".join(f"{i},10.06,{1 / (i + 1)},2.0\n" for i in range(epochs))


def write_run(folder, model):
    """A run folder, as after all epochs of a recipe of the package."""
    folder.mkdir()
    (folder / "recipe.toml").write_text(RECIPE.text)
    (folder / "seed").write_text("3\n")
    (folder / "history.csv").write_text(history(RECIPE.epochs))
    (folder / "environment.json").write_text(json.dumps(ENVIRONMENT))
    model.save(folder / "model.keras")
    return folder


@pytest.fixture(scope="module")
def model():
    return toys.compiled("DCGAN")


@pytest.fixture(scope="module")
def written(tmp_path_factory, model):
    return write_run(tmp_path_factory.mktemp("written") / "run", model)


@pytest.fixture
def run_dir(checkout, written):
    return shutil.copytree(written, checkout / "run")


def score_of(recipe=RECIPE, seed=3, epochs=RECIPE.epochs, protocol=None, **numbers):
    """What `evaluate` returns for a run folder."""
    if protocol is None:
        samples = {"name": "run", "count": 10_000, "seed": 0, "training_seed": seed}
        samples |= {"recipe": recipe.name, "recipe_sha256": recipe.sha256}
        samples |= {"training_epochs": epochs}
        reference = {"name": "fashion_mnist:test", "count": 10_000}
        protocol = {"features": "inception", "samples": samples, "reference": reference}
    return {
        **({"fid": 12.5, "precision": 0.75} | numbers),
        "left_out": {},
        "protocol": protocol,
        "fingerprint": protocols.fingerprint(protocol),
    }


@pytest.fixture
def refuse(checkout, run_dir, model, monkeypatch):
    """A function that publishes in vain, and looks that nothing has changed."""

    def refuse(match, **options):
        before = records.INDEX.read_text()
        with (
            monkeypatch.context() as patch,
            pytest.raises(ValueError, match=f"(?s){match}") as info,
        ):
            # To read it again takes longer than to refuse it.
            patch.setattr(keras.saving, "load_model", lambda path: model)
            publishing.publish(run_dir, **options)
        assert "Received: " in str(info.value)
        assert records.INDEX.read_text() == before
        assert (
            not weight_files.WEIGHTS.exists() or os.listdir(weight_files.WEIGHTS) == []
        )

    return refuse


# === The command that makes it again ===


def history_of(rates):
    """The text of a history with a learning rate for each epoch; None for no column."""
    header = HEADER.strip() + ",learning_rate_discriminator,learning_rate_generator\n"
    rows = (
        f"{i},10.06,1.0,2.0,{rate or ''},{rate or ''}\n" for i, rate in enumerate(rates)
    )
    return header + "".join(rows)


COMMAND = "ganzoo train dcgan_fashion_mnist_10k --run-dir runs/dcgan_fashion_mnist_10k"


@pytest.mark.parametrize(
    "rates, more",
    [
        ([None, None, "0.0002"], [""]),
        (["1e-05"] * 3, [" --learning-rate 1e-05"]),
        (
            [None, "1e-05", "0.0002"],
            [
                " --epochs 1",
                " --epochs 2 --learning-rate 1e-05",
                " --learning-rate 0.0002",
            ],
        ),
    ],
)
def test_the_command_of_a_preset_tells_its_learning_rates(run_dir, rates, more):
    usual, _ = publishing._usual_rates(RECIPE)
    rest = [rates[-1]] * (RECIPE.epochs - len(rates))
    text = history_of([*rates, *rest]).replace("0.0002", usual)
    (run_dir / "history.csv").write_text(text)
    facts, _ = publishing._facts_of(run_dir, RECIPE)
    parts = [f"{COMMAND} --seed 3{part}".replace("0.0002", usual) for part in more]
    assert facts["command"] == " && ".join(parts)


def test_a_run_whose_players_had_other_learning_rates_is_refused(refuse, run_dir):
    text = history_of(["0.0002"] * RECIPE.epochs)
    (run_dir / "history.csv").write_text(text.replace("2,0.0002", "2,0.0001", 1))
    refuse("one learning rate")


# === What is published ===


def stored(path):
    """Names and sizes in bytes of all arrays in a `.keras` file."""
    items = []
    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content, "r") as file:
        file.visititems(lambda name, item: items.append((name, item)))
        return {name: i.nbytes for name, i in items if isinstance(i, h5py.Dataset)}


@pytest.mark.parametrize("variant", ["DCGAN", "WGANGP", "CGAN", "Pix2Pix", "BiGAN"])
def test_networks_are_published_to_the_bit_without_optimizers(checkout, variant):
    gan = trained(variant)
    run_dir = write_run(checkout / "run", gan)
    before = (run_dir / "model.keras").read_bytes()
    path = publishing.publish(run_dir, name="toy")
    assert (run_dir / "model.keras").read_bytes() == before
    assert any("optimizer" in name for name in stored(run_dir / "model.keras"))
    assert not any("optimizer" in name for name in stored(path))
    networks = sum(a.nbytes for a in toys.copy_of(gan.variables))
    assert sum(stored(path).values()) == networks
    assert networks < sum(stored(run_dir / "model.keras").values()) / 2
    again = getattr(ganzoo, variant).from_preset("toy")
    # Seed states too.
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(gan.variables))


def test_a_published_preset_has_fresh_optimizers_of_the_paper_and_trains(checkout):
    run_dir = write_run(checkout / "run", trained("WGANGP"))
    publishing.publish(run_dir, name="toy")
    gan = ganzoo.from_preset("toy")
    assert gan.compiled
    wanted = ganzoo.WGANGP.default_optimizer().get_config()
    for optimizer in gan.discriminator_optimizer, gan.generator_optimizer:
        assert optimizer.get_config() == wanted | {"name": optimizer.name}
        assert toys.value(optimizer.iterations) == 0
    before = toys.copy_of(gan.variables)
    gan.fit(*toys.data("WGANGP", 8), batch_size=8, epochs=1, verbose=0)
    assert not toys.same(toys.copy_of(gan.variables), before)


@pytest.mark.parametrize("variant", ["DCGAN", "BiGAN"])
def test_averaged_weights_are_published_as_they_draw(checkout, variant):
    gan = trained(variant, use_ema=True, ema_momentum=0.5)
    last = toys.copy_of(gan.variables)
    publishing.publish(write_run(checkout / "run", gan), name="toy")
    again = ganzoo.from_preset("toy")
    with gan.averaged():
        averages = toys.copy_of(gan.variables)
    assert not toys.same(averages, last)
    assert toys.same(toys.copy_of(again.variables), averages)
    assert np.array_equal(again.generate(8, seed=0), gan.generate(8, seed=0))
    assert not again.averages


@pytest.mark.parametrize("variant", ["BiGAN", "BEGAN"])
def test_kernels_of_16_bits_are_the_nearest_and_take_half_the_room(checkout, variant):
    gan = trained(variant)
    run_dir = write_run(checkout / "run", gan)
    whole = publishing.publish(run_dir, name="toy").read_bytes()
    path = publishing.publish(run_dir, name="toy", half_precision=True)
    facts = registry.record("toy")
    assert facts["half_precision"] is True and facts["size"] == path.stat().st_size
    assert "kernels rounded to 16 bits" in cards.render("toy", facts)
    again = ganzoo.from_preset("toy")
    assert again.compiled
    # Statistics, biases and seed states are as they were.
    kernels = [
        a for a in toys.copy_of(gan.variables) if a.dtype == "float32" and a.ndim > 1
    ]
    rounded = [
        a.astype("float16").astype("float32")
        if a.dtype == "float32" and a.ndim > 1
        else a
        for a in toys.copy_of(gan.variables)
    ]
    assert toys.same(toys.copy_of(again.variables), rounded)
    (checkout / "whole.keras").write_bytes(whole)
    sizes = [sum(stored(p).values()) for p in (checkout / "whole.keras", path)]
    assert sizes[0] - sizes[1] == sum(a.nbytes for a in kernels) / 2
    publishing.publish(run_dir, name="toy")
    assert "half_precision" not in registry.record("toy")
    again = ganzoo.from_preset("toy")
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(gan.variables))


def test_a_kernel_that_16_bits_cannot_hold_is_not_published(checkout):
    gan = toys.compiled("DCGAN")
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(np.full(kernel.shape, 70_000.0))
    run_dir = write_run(checkout / "run", gan)
    with pytest.raises(
        ValueError, match="65504 at most: .*Received: gen.* up to 70000"
    ):
        publishing.publish(run_dir, half_precision=True)
    assert os.listdir(weight_files.WEIGHTS) == [] and registry.names() == ["other"]


def test_weights_that_are_not_finite_are_not_published(checkout):
    gan = toys.compiled("DCGAN")
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(np.full(kernel.shape, np.nan))
    run_dir = write_run(checkout / "run", gan)
    with pytest.raises(ValueError, match=f"diverged: .*Received: .*{kernel.path}"):
        publishing.publish(run_dir)
    assert os.listdir(weight_files.WEIGHTS) == [] and registry.names() == ["other"]


# === What its record says ===


def test_a_run_is_published_with_its_scores(checkout, run_dir):
    (checkout / "fid.json").write_text(json.dumps(score_of()))
    path = publishing.publish(run_dir, scores=[checkout / "fid.json", score_of(fid=9)])
    assert path == weight_files.WEIGHTS / f"{RECIPE.name}.keras"
    assert registry.names() == [RECIPE.name, "other"]
    assert registry.record("other")["size"] == 1
    facts = registry.record(RECIPE.name)
    assert facts["size"] == path.stat().st_size
    assert facts["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts["recipe"]["text"] == RECIPE.text
    assert [score["fid"] for score in facts["scores"]] == [12.5, 9]
    assert isinstance(ganzoo.from_preset(RECIPE.name), ganzoo.DCGAN)
    card = cards.render(RECIPE.name, facts)
    for known in (
        *("Radford et al., 2016, https://arxiv.org/abs/1511.06434", "Apache-2.0"),
        *("fashion_mnist_10k, images", "4 epochs, 40.2 seconds"),
        "x86_64, 2 cores; cpu; tensorflow 2.21.0; ganzoo 39f2279-dirty",
        *(facts["sha256"], f"{facts['size']:,} bytes", "12.5", "0.75"),
        *(facts["scores"][0]["fingerprint"], "10000, fashion_mnist:test"),
        'network = "dcgan_generator"',
    ):
        assert known in card


def test_facts_are_those_of_the_run_folder(run_dir):
    publishing.publish(run_dir, licence="CC0-1.0")
    facts = registry.record(RECIPE.name)
    assert {key: facts[key] for key in saving.FACTS} == {
        "data": {"name": "fashion_mnist_10k", "kind": "images"},
        "epochs": 4,
        "seconds": 40.2,
        "hardware": "x86_64, 2 cores; cpu; tensorflow 2.21.0",
        "commit": "39f2279-dirty",
        "seed": 3,
        "command": f"ganzoo train {RECIPE.name} --run-dir runs/{RECIPE.name} --seed 3",
        "licence": "CC0-1.0",
    }
    assert facts["versions"] == ENVIRONMENT["versions"]


def test_a_run_of_more_epochs_on_more_devices_says_so(run_dir):
    (run_dir / "history.csv").write_text(history(6))
    more = {"backend": "jax", "devices": ["A", "B"], "versions": {}, "commit": None}
    (run_dir / "environment.json").write_text(json.dumps(ENVIRONMENT | more))
    publishing.publish(run_dir)
    facts = registry.record(RECIPE.name)
    assert (facts["epochs"], facts["seconds"]) == (6, 60.4)
    assert facts["command"].endswith(" --seed 3 --epochs 6")
    assert facts["hardware"] == "x86_64, 2 cores; A, B; jax"
    assert facts["commit"] is None


def test_a_run_as_it_is_trained_and_scored_is_published(
    tiny_recipe, few_pictures, few_subsets, checkout
):
    recipe, run_dir = recipes.load(tiny_recipe()), checkout / "run"
    gan = runs.train(recipe, run_dir, seed=5, verbose=0)
    score = evaluation.evaluate(run_dir, features=toys.Features(), count=20)
    publishing.publish(run_dir, name="tiny", scores=[score])
    facts = registry.record("tiny")
    assert score["protocol"]["samples"]["name"] == str(run_dir)
    # The folder may be anywhere.
    score["protocol"]["samples"]["name"] = "tiny"
    assert score["notes"].keys() >= {"fd", "precision"}
    assert facts["scores"] == [json.loads(json.dumps(score))]
    assert facts["seconds"] > 0 and facts["seed"] == 5
    assert facts["versions"] == environment.versions()
    assert facts["hardware"].startswith(environment.environment()["machine"])
    again = ganzoo.from_preset("tiny")
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(gan.variables))


def test_what_was_rounded_is_scored_as_it_was_published(
    tiny_recipe, few_pictures, few_subsets, checkout
):
    recipe, run_dir = recipes.load(tiny_recipe()), checkout / "run"
    runs.train(recipe, run_dir, verbose=0)
    publishing.publish(run_dir, name="tiny", half_precision=True)
    score = evaluation.evaluate("tiny", features=toys.Features(), count=20)
    assert score["protocol"]["samples"]["half_precision"] is True
    of_run = evaluation.evaluate(run_dir, features=toys.Features(), count=20)
    assert score["fingerprint"] == of_run["fingerprint"]
    publishing.publish(run_dir, name="tiny", scores=[score], half_precision=True)
    assert registry.record("tiny")["scores"] == [json.loads(json.dumps(score))]


def test_a_score_of_the_run_is_none_of_what_was_rounded(refuse, run_dir):
    of_run = score_of()
    refuse(
        "half_precision': False.*half_precision': True",
        scores=[of_run],
        half_precision=True,
    )
    samples = of_run["protocol"]["samples"] | {"half_precision": True}
    rounded = score_of(protocol=of_run["protocol"] | {"samples": samples})
    refuse("half_precision': True.*half_precision': False", scores=[rounded])
    publishing.publish(run_dir, scores=[rounded], half_precision=True)
    assert registry.record(RECIPE.name)["scores"][0]["fid"] == 12.5


def test_a_score_of_an_earlier_epoch_is_refused(refuse):
    refuse("training_epochs': 3.*training_epochs': 4", scores=[score_of(epochs=3)])


def test_what_is_published_already_is_left_alone(run_dir):
    path = publishing.publish(run_dir, scores=[score_of()])
    written = [file.stat().st_mtime_ns for file in (path, records.INDEX)]
    publishing.publish(run_dir, scores=[score_of()])
    assert [file.stat().st_mtime_ns for file in (path, records.INDEX)] == written
    publishing.publish(run_dir, scores=[score_of(fid=9.0)])
    assert registry.record(RECIPE.name)["scores"][0]["fid"] == 9.0
    ganzoo.from_preset(RECIPE.name)


def test_averages_are_stated_and_scored_alike_before_and_after(
    tiny_recipe, few_pictures, few_subsets, checkout
):
    path = tiny_recipe()
    optimizer = '[optimizer]\nname = "Adam"\nuse_ema = true\n'
    path.write_text(f"{path.read_text()}\n{optimizer}")
    run_dir = checkout / "run"
    gan = runs.train(recipes.load(path), run_dir, verbose=0)
    options = {"features": toys.Features(), "count": 20}
    score = evaluation.evaluate(run_dir, **options)
    publishing.publish(run_dir, name="tiny", scores=[score])
    assert registry.record("tiny")["averages"] is True
    assert "weights     averaged" in cards.render("tiny", registry.record("tiny"))
    again = evaluation.evaluate("tiny", **options)
    assert again["protocol"]["samples"]["ema"] is True
    assert (again["fd"], again["fingerprint"]) == (score["fd"], score["fingerprint"])
    gan.save_preset(checkout / "mine")
    assert registry.record(checkout / "mine")["averages"] is True


def test_a_run_of_ones_own_recipe_is_published_under_a_given_name(run_dir, refuse):
    recipe = run_dir / "recipe.toml"
    recipe.write_text(recipe.read_text() + "\n# Mine.\n")
    refuse("pass a `name`")
    refuse("letters, digits and underscores", name="../x")
    publishing.publish(run_dir, name="mine")
    assert registry.record("mine")["command"].startswith("ganzoo train mine.toml ")


# === What is not published ===


@pytest.mark.parametrize(
    "licence", ["NVIDIA (non-commercial)", "CC BY-NC 4.0", "none stated by its authors"]
)
def test_a_licence_that_is_not_for_any_use_is_refused(run_dir, refuse, licence):
    refuse(f"not allow that.*licence='{re.escape(licence)}'", licence=licence)
    text = RECIPE.begin_with("elsewhere.keras", licence=licence).text
    (run_dir / "recipe.toml").write_text(text)
    # Whatever is said of a model that began with weights of others.
    for said in ({}, {"licence": "CC0-1.0"}):
        refuse(f"not allow that.*{re.escape(licence)}", name="mine", **said)


@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_an_unfinished_run_is_refused(run_dir, refuse, epochs):
    (run_dir / "history.csv").write_text(history(epochs))
    refuse(f"all epochs of its recipe.*with {epochs} of 4 epochs")
    (run_dir / "history.csv").unlink()
    refuse("with 0 of 4 epochs")


@pytest.mark.parametrize(
    "text",
    [
        "epoch\n0\n1\n2\n3\n",
        history(4).replace("seconds", "minutes"),
        history(5).replace("3,10.06", "2,10.06"),
        history(5).replace("0,10.06", "7,10.06"),
        history(4).replace("10.06", "long"),
        history(4) + "4\n",
        history(4).replace("\n0,", "\n0.5,"),
    ],
)
def test_a_history_that_cannot_be_read_is_refused(run_dir, refuse, text):
    (run_dir / "history.csv").write_text(text)
    refuse("The `history.csv` of a run folder has")


@pytest.mark.parametrize("loss", ["nan", "inf", "-inf"])
def test_a_run_that_diverged_is_refused(run_dir, refuse, loss):
    (run_dir / "history.csv").write_text(history(4).replace("2.0", loss))
    refuse("training has diverged.*in epoch 1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        json.dumps({**ENVIRONMENT, "versions": None}),
        json.dumps({**ENVIRONMENT, "devices": 1}),
        *(
            json.dumps({k: v for k, v in ENVIRONMENT.items() if k != missing})
            for missing in ("machine", "devices", "backend", "versions", "commit")
        ),
    ],
)
def test_a_run_that_does_not_tell_where_it_was_trained_is_refused(
    run_dir, refuse, text
):
    (run_dir / "environment.json").write_text(text)
    refuse("A run folder has an `environment.json`")
    (run_dir / "environment.json").unlink()
    refuse("A run folder has an `environment.json`.*FileNotFoundError")


def test_a_score_of_another_model_is_refused(refuse):
    other = recipes.load("gan_fashion_mnist_10k")
    for score in score_of(other), score_of(seed=4), score_of(seed=None):
        both = "(?=.*training_seed': 3)" + f"(?=.*{RECIPE.sha256})"
        both += f"(?=.*{score['protocol']['samples']['recipe_sha256']})"
        both += f"(?=.*training_seed': {score['protocol']['samples']['training_seed']})"
        refuse(f"scores of its own model.*Received: {both}.*", scores=[score])
    refuse("scores of its own model", scores=[score_of(), score_of(seed=4)])
    pictures = score_of(protocol={"samples": {"name": "folder", "count": 100}})
    refuse("scores of its own model", scores=[pictures])
    refuse("scores of its own model", scores=[score_of(protocol={})])


@pytest.mark.parametrize(
    "score",
    [
        7,
        [],
        {"fid": 1.0},
        {**score_of(), "fingerprint": "0"},
        {**score_of(), "protocol": "inception"},
        {**score_of(), "protocol": {"samples": [7]}},
    ],
)
def test_a_score_without_its_protocol_is_refused(refuse, checkout, score):
    refuse("A score comes with its protocol", scores=[score])
    (checkout / "score.json").write_text(json.dumps(score))
    refuse("A score comes with its protocol", scores=[checkout / "score.json"])


def test_a_file_without_a_score_is_refused(refuse, checkout):
    refuse("`ganzoo evaluate --json` printed", scores=[checkout / "none.json"])
    (checkout / "score.txt").write_text("FID 12.5")
    refuse("`ganzoo evaluate --json` printed", scores=[checkout / "score.txt"])


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), None])
def test_a_score_that_is_no_finite_number_is_refused(refuse, checkout, value):
    refuse("finite numbers.*psnr=", scores=[score_of(psnr=value)])
    (checkout / "score.json").write_text(json.dumps(score_of(psnr=value)))
    refuse("finite numbers.*psnr=", scores=[checkout / "score.json"])


def test_facts_that_json_cannot_hold_are_refused_by_their_name(refuse):
    refuse(r"finite numbers only.*Received: seconds=nan", seconds=float("nan"))
    refuse(r"consists of what JSON can hold", hardware={"a set"})
    protocol = score_of()["protocol"] | {"train": {"mean": float("inf")}}
    refuse("finite numbers only", scores=[score_of(protocol=protocol)])
    refuse(r"The record of a preset has", license="MIT")


def test_what_is_no_preset_is_not_published(run_dir, refuse, checkout, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "LIMIT", 10_000)
        refuse("at most 10,000 bytes: .* or publish it in half")
    with monkeypatch.context() as patch:
        patch.setattr(weight_files, "CHECKOUT", checkout)
        refuse("from a checkout of the zoo")
    (checkout / "file").touch()
    refuse("cannot be written here", weights_dir=checkout / "file")
    (run_dir / "model.keras").unlink()
    refuse("has a `model.keras`")


# === A folder of one's own ===


def test_what_could_not_be_loaded_is_not_saved(tmp_path):
    x = keras.Input((3,))
    y = keras.layers.Lambda(lambda x: keras.ops.tanh(x))(x)
    generator = keras.Model(x, keras.layers.Reshape((1, 3, 1))(y))
    z = keras.Input((1, 3, 1))
    discriminator = keras.Model(z, keras.layers.Dense(1)(keras.layers.Flatten()(z)))
    gan = ganzoo.GAN(generator=generator, discriminator=discriminator)
    folder = tmp_path / "mine"
    with pytest.raises(ValueError, match="names keras.layers.Lambda"):
        gan.save_preset(folder)
    assert os.listdir(folder) == []
    with pytest.raises(ValueError, match="A preset is of an `AdversarialModel`"):
        publishing.save_preset(generator, folder)
    gan = toys.build("GAN")
    with pytest.raises(ValueError, match=r"Received: \['license'\]"):
        gan.save_preset(folder, license="MIT")
    with pytest.raises(ValueError, match="A score comes with its protocol"):
        gan.save_preset(folder, scores=[{"fid": 1.0}])
    with pytest.raises(ValueError, match="finite numbers.*fid=inf"):
        gan.save_preset(folder, scores=[score_of(fid=float("inf"))])
    with pytest.raises(ValueError, match="Received: seconds=nan"):
        gan.save_preset(folder, seconds=float("nan"))
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="A preset cannot be written here.*file"):
        gan.save_preset(tmp_path / "file")
    assert os.listdir(folder) == []


def test_ones_own_record_says_what_is_passed(tmp_path, model):
    facts = {"commit": "39f2279", "hardware": "2 cores", "seconds": 61.5, "epochs": 4}
    model.save_preset(tmp_path, RECIPE, [score_of(seed=9)], **facts)
    record = registry.record(tmp_path)
    assert {key: record[key] for key in facts} == facts
    assert record["scores"][0]["fid"] == 12.5 and record["licence"] is None
    assert record["versions"] == environment.versions()
    # With its optimizers, unlike a published one.
    assert any("optimizer" in name for name in stored(tmp_path / "model.keras"))


def test_a_published_score_names_no_folder_of_a_machine(run_dir):
    score = score_of()
    score["protocol"]["reference"]["name"] = str(run_dir / "real_images")
    publishing.publish(run_dir, scores=[score])
    (published,) = registry.record(RECIPE.name)["scores"]
    assert published["protocol"]["reference"]["name"] == "real_images"
    assert published["fingerprint"] == score["fingerprint"]
