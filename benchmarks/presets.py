"""Make the presets that come with the zoo: train each recipe, score it, publish it.

    python benchmarks/presets.py                           # all of them
    python benchmarks/presets.py dcgan_fashion_mnist --data-dir DIR

Stopped and started again, it goes on where it was; what a suite of `benchmarks/fid.py`
has trained in `--out` is not trained again. `python benchmarks/readme.py` writes the
table of the README anew. A score is of 10,000 pictures of the preset against the 10,000
of the test split, at the end of training: the canonical FID, for which `ganzoo fetch
inception` must have been run, and the distance on a shipped classifier. A file of more
than 6 MB is published in half precision.
"""

import argparse
import os
import pathlib
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from ganzoo import evaluation  # noqa: E402
from ganzoo.evaluation import table  # noqa: E402
from ganzoo.presets import publishing  # noqa: E402
from ganzoo.presets import registry  # noqa: E402
from ganzoo.system import files  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import run_folder
from ganzoo.training import runs  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402
from ganzoo.visualization import samples  # noqa: E402

CLASSIFIERS = {"fashion_mnist": "fashion-classifier", "mnist": "mnist-classifier"}
NAMES = [
    name
    for name in recipes.names()
    if recipes.load(name).config["data"]["name"] in CLASSIFIERS
]
SEED = 0
LARGE = 6_000_000  # bytes
# On 2,048 features the others take longer than the network; on a classifier's few, all.
DEAR = ("fid", "kid", "prdc")


def main(argv=None):
    """Train, score and publish the recipes named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("runs"))
    parser.add_argument("--data-dir", type=pathlib.Path, help="raw files of the data")
    arguments = parser.parse_args(argv)
    unknown = sorted(set(arguments.names) - set(NAMES))
    if unknown:
        parser.error(f"there are {NAMES}, received {unknown}")
    for name in arguments.names or NAMES:
        print(f"== {name}", flush=True)
        make(name, arguments.out, arguments.data_dir)


def make(name, out, data_dir=None):
    """Train one recipe in a folder of its own, score it there, and publish it."""
    recipe = recipes.load(name)
    run_dir = out / run_folder.folder_name(recipe, SEED)
    runs.train(recipe, run_dir, SEED, data_dir=data_dir, verbose=2)
    half_precision = size_of(run_dir) > LARGE
    paths = []
    classifier = CLASSIFIERS[recipe.config["data"]["name"]]
    for features, scores in ("inception", DEAR), (classifier, None):
        path = run_dir / f"score-preset-{features}.json"
        if not path.is_file():
            publishing.publish(run_dir, half_precision=half_precision)
            record = evaluation.evaluate(
                name,
                features=features,
                scores=scores,
                data_dir=data_dir,
                verbose=1,
            )
            files.write_text(path, table.as_json(record))
            print(table.render(record), flush=True)
        paths.append(path)
    path = publishing.publish(run_dir, scores=paths, half_precision=half_precision)
    test = recipe.load_data("test", data_dir)
    sheet = samples.sheet(recipe, registry.open_model(name), test, SEED)
    grids.save_png(path.with_suffix(".png"), sheet)
    print(path, flush=True)


def size_of(run_dir):
    """How many bytes the networks of a run have."""
    players = runs.load_model(run_dir).players.values()
    return 4 * sum(network.count_params() for network in players)


if __name__ == "__main__":
    sys.exit(main())
