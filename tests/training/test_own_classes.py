"""Classes of a user's own in recipes: imported where they are named, and only there."""

import dataclasses
import sys

import pytest
from click.testing import CliRunner

from ganzoo import cli
from ganzoo.benchmark import suites
from ganzoo.training import recipes
from ganzoo.training import run_models

MODULE = """
import keras
from keras import ops

import ganzoo

with open("imported", "a") as file:
    file.write("once ")


@keras.saving.register_keras_serializable("toy_own_gans")
class HingeGAN(ganzoo.AdversarialModel):
    def discriminator_loss(self, x):
        on_real = ops.mean(ops.relu(1 - self.D(x)))
        return on_real + ops.mean(ops.relu(1 + self.D(self.G(self.sample_z(x)))))

    def generator_loss(self, x):
        return -ops.mean(self.D(self.G(self.sample_z(x))))

    @staticmethod
    def default_optimizer():
        return keras.optimizers.Adam(2e-4, beta_1=0.5)


class Unregistered(HingeGAN):
    pass


@keras.saving.register_keras_serializable("toy_own_gans")
class Derived(ganzoo.DCGAN):
    pass


@keras.saving.register_keras_serializable("toy_own_gans")
class Critic(ganzoo.WGANGP):
    pass
"""
NAME = "toy_hinge:HingeGAN"


@pytest.fixture
def desk(tmp_path, tiny_recipe, monkeypatch):
    """A working folder with a module and a recipe, `mine.toml`, of a class in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "toy_hinge.py").write_text(MODULE)
    text = tiny_recipe().read_text().replace('class = "GAN"', f'class = "{NAME}"')
    (tmp_path / "mine.toml").write_text(text)
    yield tmp_path
    sys.modules.pop("toy_hinge", None)


def command(*arguments):
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


def test_a_recipe_that_is_named_is_trained_and_drawn_from(
    desk, few_pictures, untraced, timed
):
    done = command("train", "mine.toml", "--epochs", 1)
    assert done.exit_code == 0, done.output
    assert f"model: class {NAME}" in done.output
    assert "\n  ganzoo --import toy_hinge generate runs/mine\n" in done.output
    run_dir = desk / "runs" / "mine"
    assert type(run_models.load_model(run_dir)).__name__ == "HingeGAN"
    done = command("info", run_dir)
    assert done.exit_code == 0 and NAME in done.output
    done = command("train", "--run-dir", run_dir, "--epochs", 2)
    assert done.exit_code == 0, done.output
    # As by somebody who has only the folder.
    del sys.modules["toy_hinge"]
    (desk / "imported").unlink()
    for arguments in (
        ("generate", run_dir),
        ("generate", run_dir / "model.keras"),
        ("train", "--run-dir", run_dir),
        ("info", run_dir),
    ):
        done = command(*arguments)
        assert done.exit_code == 1
        assert "`ganzoo --import toy_hinge ...`" in done.output
        assert not (desk / "imported").exists()
    done = command("--import", "toy_hinge", "generate", run_dir, "-n", 2)
    assert done.exit_code == 0, done.output
    assert (desk / "imported").read_text() == "once "


def test_a_recipe_of_a_record_imports_nothing(desk):
    text = (desk / "mine.toml").read_text()
    with pytest.raises(ValueError, match="Import toy_hinge first, if you trust it"):
        recipes.parse("theirs", text)
    with pytest.raises(ValueError, match="Import toy_hinge first"):
        recipes.load("mine.toml")
    assert not (desk / "imported").exists()
    assert recipes.load("mine.toml", may_import=True).model_class.__name__ == "HingeGAN"
    assert recipes.parse("mine", text).variant == NAME


@pytest.mark.parametrize(
    "name, message",
    [
        ("toy_hinge:Hinge", "has no attribute 'Hinge'"),
        ("toy_missing:GAN", "No module named 'toy_missing'"),
        ("toy_hinge:keras", "derives from `ganzoo.AdversarialModel`"),
        ("toy_hinge:Unregistered", "register_keras_serializable"),
    ],
)
def test_what_is_no_class_of_a_model_is_told(desk, name, message):
    with pytest.raises(ValueError, match=message):
        recipes.find_class(name, may_import=True)


def test_a_suite_has_a_recipe_for_a_class(desk):
    suite = suites.SUITES["quick"]
    names = (NAME, "toy_hinge:Critic", "toy_hinge:Derived")
    by_variant = dataclasses.replace(suite, own=names).load(budget=2)
    assert len(by_variant) == len(suite.recipes) + 3
    for name, base in zip(names, ("dcgan", "wgangp", "dcgan")):
        found, known = by_variant[name.lower()], by_variant[base]
        sections = {**known.config, "model": {**known.config["model"], "class": name}}
        assert found.config == sections
    assert found.name == "derived_fashion_mnist_10k"
    with pytest.raises(ValueError, match="No recipe of the suite has the networks"):
        pairs = (r for r in suite.recipes if "pix2pix" in r)
        dataclasses.replace(suite, recipes=tuple(pairs), own=(NAME,)).load()


def test_the_benchmark_trains_and_reports_a_class(
    desk, tiny_suite, few_pictures, untraced
):
    done = command("benchmark", "--suite", "tiny", "--variants", NAME, "--out", "out")
    assert done.exit_code == 0, done.output
    assert f"| {NAME} |" in done.output
    assert (desk / "out" / "index.html").exists()
    done = command("benchmark", "--suite", "tiny", "--variants", NAME, "--ray", "local")
    assert done.exit_code == 1 and "leave out --ray" in done.output
