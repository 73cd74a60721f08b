"""The README's Python runs, and its commands are those of the house."""

import pathlib
import re
import runpy
import subprocess
import sys

import keras

import ganzoo

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    """Contents of the README's fenced blocks of a language, `""` for none."""
    fenced = README.split("```")[1::2]
    parts = [block.split("\n", 1) for block in fenced]
    return [text for name, text in parts if name == language]


def test_the_first_lines_of_python_run(monkeypatch):
    code = next(block for block in blocks("python") if "gan.fit" in block)
    fit = ganzoo.DCGAN.fit

    def fit_briefly(self, x, **kwargs):
        return fit(self, x[:64], **{**kwargs, "epochs": 1, "verbose": 0})

    monkeypatch.setattr(ganzoo.DCGAN, "fit", fit_briefly)
    names = {}
    exec(code, names)
    assert names["pictures"].shape == (64, 28, 28, 1)
    assert names["pictures"].dtype == "uint8"


def test_options_for_few_pictures_in_python_run():
    code = next(block for block in blocks("python") if "augmentation=" in block)
    names = {"ganzoo": ganzoo}
    exec(code, names)
    assert names["gan"].r1_weight == 10.0


def test_scores_in_python_run():
    code = next(block for block in blocks("python") if "callbacks.Score" in block)
    code = code.replace("epochs=20", "epochs=5, verbose=0")
    code = code.replace('10k").images', '10k").images[:128]')
    gan = ganzoo.GAN(image_shape=(28, 28, 1))
    gan.compile()
    names = {"ganzoo": ganzoo, "gan": gan}
    exec(code, names)
    assert len(gan.history.history["val_fd"]) == 1


def test_saving_and_resuming_in_python_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = next(block for block in blocks("python") if "BackupAndRestore" in block)
    code = code.replace("epochs=20", "epochs=1, verbose=0")
    gan = ganzoo.GAN(image_shape=(28, 28, 1))
    gan.compile()
    x_train = ganzoo.data.load("fashion_mnist_10k").images[:128]
    names = {"ganzoo": ganzoo, "keras": keras, "gan": gan, "x_train": x_train}
    exec(code, names)
    assert names["gan"] is not gan
    assert [path.name for path in tmp_path.iterdir()] == ["gan.keras"]


def test_presets_in_python_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"ganzoo": ganzoo}
    for code in blocks("python"):
        if "from_preset" in code:
            exec(code, names)
    assert names["pictures"].shape == (64, 28, 28, 1)
    assert type(names["gan"]) is ganzoo.DCGAN


def test_its_tables_are_those_that_the_script_writes():
    script = runpy.run_path(str(ROOT / "benchmarks" / "readme.py"))
    assert script["results"]()
    for paragraph in (*script["results"](), *script["shipped"]()):
        assert paragraph in README


def test_every_public_model_is_in_the_table():
    for name in ("GAN", "DCGAN", "LSGAN", "WGANGP", "CGAN", "Pix2Pix", "BiGAN"):
        assert f"| `{name}` |" in README


def test_every_name_in_the_tree_exists():
    tree = next(block for block in blocks("") if "ganzoo/adversarial_model.py" in block)
    for line in tree.splitlines():
        for name in re.split(r"\s{2,}", line)[0].split(", "):
            path = ROOT / name
            assert path.exists() or (ROOT / "ganzoo" / name).exists(), name


def test_ci_runs_the_readmes_test_command():
    command = re.compile("^python3 -m venv .* pytest", flags=re.MULTILINE)
    assert len(command.findall(README)) == 1
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_the_code_is_formatted_and_clean():
    for verb in (["format", "--check"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *verb, ROOT], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
