"""Recipes so small that a whole run takes seconds."""

import collections
import gc
import importlib.util
import os
import shutil

# Fixtures import ganzoo: whoever only hands the tests out needs no TensorFlow.
import pytest
import toy_environment
import toy_trainings

# PyTorch traces and compiles nothing, and all tests are several times as fast there.
# What is a matter of the backend test_backends.py runs on the others too.
DEFAULT_BACKEND = "torch" if importlib.util.find_spec("torch") else "tensorflow"


def pytest_addoption(parser):
    """What tests may be given; no environment variable is asked."""
    group = parser.getgroup("ganzoo")
    group.addoption(
        "--backend",
        choices=["tensorflow", "jax", "torch"],
        default=DEFAULT_BACKEND,
        help=f"Keras's backend (default: {DEFAULT_BACKEND})",
    )
    group.addoption(
        "--without-tensorflow",
        action="store_true",
        help="run on another backend as where TensorFlow is not installed",
    )
    group.addoption(
        "--gpu", action="store_true", help="compute on the GPUs, and not on the CPU"
    )
    group.addoption(
        "--inception",
        type=os.path.abspath,
        metavar="PATH",
        help="the real Inception weights, which `ganzoo fetch inception` gets",
    )
    group.addoption(
        "--data-dir",
        type=os.path.abspath,
        metavar="DIR",
        help="a folder with the raw files of MNIST and CIFAR-10",
    )


def pytest_configure(config):
    toy_environment.isolate(
        config.getoption("backend"),
        config.getoption("without_tensorflow"),
        config.getoption("gpu"),
    )
    # A process that has no tests left takes some of another's.
    if getattr(config.option, "dist", None) == "load":
        config.option.dist = "worksteal"


def pytest_collection_modifyitems(items):
    """Let runs on other backends, the longest tests, begin first in each process."""
    runs = [item for item in items if item.name.startswith(LONGEST)]
    for item in runs:
        items.remove(item)
    for i, item in enumerate(runs):
        items.insert(i * len(items) // len(runs), item)


def pytest_report_header(config):
    devices = "GPUs" if config.getoption("gpu") else "the CPU"
    return f"ganzoo: {config.getoption('backend')} on {devices}"


def pytest_collection_finish():
    """Spare the garbage collector all that frameworks have loaded."""
    gc.collect()
    gc.freeze()
    # Graphs are many objects, and nearly all of them stay.
    gc.set_threshold(200_000)


def pytest_terminal_summary(terminalreporter):
    """Print how long the tests of each file took, where that is worth knowing."""
    seconds = collections.Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            file = getattr(report, "nodeid", "").partition("::")[0]
            seconds[file] += getattr(report, "duration", 0.0)
    slow = [(file, time) for file, time in seconds.most_common() if time >= SHOWN_FROM]
    if slow:
        terminalreporter.section(f"{sum(seconds.values()):.0f} s of tests, by file")
        for file, time in slow:
            terminalreporter.write_line(f"{time:6.1f} s  {file}")


SHOWN_FROM = 3.0  # seconds
LONGEST = "test_the_game_is_the_same_on_another_backend"
TINY = """
[model]
class = "{variant}"

[generator]
network = "{generator}"

[discriminator]
network = "{discriminator}"

{more}

[data]
name = "fashion_mnist_10k"
kind = "{kind}"

[training]
batch_size = 500
epochs = 1
"""


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium, which pages are opened in."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium here")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tiny_recipe(tmp_path):
    """Writes a tiny recipe of a kind of data and returns its path."""

    def write(kind="images"):
        variant, generator, discriminator, more = {
            "images": ("GAN", "mlp_generator", "maxout_discriminator", ""),
            "labels": ("CGAN", "cgan_generator", "cgan_discriminator", ""),
            "edges": ("Pix2Pix", "unet_generator", "patchgan_discriminator", ""),
        }[kind]
        units = {
            "mlp_generator": "units = [8]",
            "maxout_discriminator": "units = [4]",
            "cgan_generator": "units = [4, 4, 8]",
            "cgan_discriminator": "units = [4, 4, 4]",
            "unet_generator": "filters = 1",
            "patchgan_discriminator": "filters = 1",
        }
        text = TINY.format(
            variant=variant,
            kind=kind,
            more=more,
            generator=f'{generator}"\n{units[generator]}\n#"',
            discriminator=f'{discriminator}"\n{units[discriminator]}\n#"',
        )
        path = tmp_path / f"tiny_{kind}.toml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def tiny_suite(tiny_recipe, monkeypatch):
    """A suite "tiny" of three tiny recipes, one of each kind of data."""
    from ganzoo.benchmark import suites

    names = tuple(str(tiny_recipe(kind)) for kind in ("images", "labels", "edges"))
    suite = suites.Suite(
        name="tiny",
        data="fashion_mnist_10k",
        recipes=names,
        epochs=2,
        seeds=1,
        features=("fashion-classifier",),
        curve="fashion-classifier",
        curve_count=100,
        count=200,
    )
    monkeypatch.setitem(suites.SUITES, "tiny", suite)
    return suite


@pytest.fixture
def few_pictures(monkeypatch):
    """Let every recipe see only the first thousand images of its data."""
    from ganzoo.training import recipes

    load_few = toy_trainings.fewer(recipes.Recipe.load_data)
    monkeypatch.setattr(recipes.Recipe, "load_data", load_few)


@pytest.fixture
def untraced(monkeypatch):
    """Let games run as written, where how they come to be traced is not the point."""
    import toys

    toys.trace_nothing(monkeypatch)


@pytest.fixture
def few_subsets(monkeypatch):
    """Let kernel distances draw a few subsets, where their value is not the point."""
    from ganzoo.scoring import score_definitions

    monkeypatch.setattr(score_definitions, "SUBSETS", 3)


@pytest.fixture
def real_inception(request):
    """The path of the real Inception weights."""
    path = request.config.getoption("inception")
    return path or pytest.skip(
        "THE REAL INCEPTION WEIGHTS ARE NOT TESTED: give their path with --inception; "
        "`ganzoo fetch inception` prints it"
    )


@pytest.fixture
def real_data(request):
    """Loads a real data set from `--data-dir`."""

    def load(name, split):
        from ganzoo import data

        folder = request.config.getoption("data_dir")
        if folder is None:
            pytest.skip(f"{name} IS NOT TESTED: give its folder with --data-dir")
        return data.load(name, split, data_dir=folder)

    return load


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Keep what tests compute out of the user's cache, and the user's out of theirs."""
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True)
def one_classifier(monkeypatch):
    """Read and trace the classifier once, and not whenever images are scored."""
    import toys

    from ganzoo import features

    monkeypatch.setitem(features.NAMES, "fashion-classifier", toys.classifier)


@pytest.fixture
def narrow(monkeypatch):
    """Let networks for own images be so narrow that they train in a moment."""
    from ganzoo.training import folder_recipes

    config = toy_trainings.narrowed(folder_recipes._config)
    monkeypatch.setattr(folder_recipes, "_config", config)


@pytest.fixture
def timed(monkeypatch):
    """Let a step take a time that is known, and an epoch be of one pass."""
    from ganzoo.training.timing import estimates
    from ganzoo.training.timing import planning

    monkeypatch.setattr(planning, "FIRST_SHEET", 0.0)
    monkeypatch.setattr(estimates, "estimate", toy_trainings.estimate)
