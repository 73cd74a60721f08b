"""How near translations that were learnt without pairs come to the true partners.

python benchmarks/translation.py --data-dir FOLDER [--pix2pix RUN] [--seeds 1]

CycleGAN is trained by a recipe whose domains are the two sides of pairs, by default
`cyclegan_openmoji_64`: line art of one half of OpenMoji is the domain a, and emoji of
the other half in colour are b. Emoji that were held out are translated both ways, and
each result is compared with its true partner. L1 is the mean absolute difference as a
share of the range, less is better.

Beside it are the image itself, in the channels of its partner; the mean colour of the
training images of the domain; and, with `--pix2pix`, the translations of that run,
which has learnt from pairs of the same data set, twice as many emoji. "There and back"
is the L1 of images that are translated to the other domain and back again: near 0
beside translations that are far from their partners it tells that these hide the image.

Runs are kept in folders below `--runs`, and are resumed. A measured seed is two lines
of `results.jsonl` below `--out`, and is not repeated. `report.md` there shows all of
them, and `a.png` and `b.png` translations of seed 0 to each domain.
"""

import argparse
import os
import pathlib
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks import reports  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.metrics import paired  # noqa: E402
from ganzoo.training import recipes  # noqa: E402
from ganzoo.training import run_folder  # noqa: E402
from ganzoo.training import runs  # noqa: E402
from ganzoo.training.history import read_history  # noqa: E402
from ganzoo.visualization import grids  # noqa: E402
from ganzoo.visualization import samples  # noqa: E402
from ganzoo.visualization import sheets  # noqa: E402

OUT = HERE / "results" / "translation"
RECIPE = "cyclegan_openmoji_64"
OURS, SUPERVISED = "CycleGAN", "pix2pix"
METHODS = (OURS, SUPERVISED, "the image itself", "mean colour")
SHOWN = 16  # images on a sheet
CREDIT = (
    "Emoji are designed by [OpenMoji](https://openmoji.org), the open-source emoji and "
    "icon project. They and all images that are made of them are under "
    "[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)."
)


def in_channels(images, channels):
    """uint8 images in colour, or in grey by their luminance."""
    if images.shape[-1] == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=-1)
    grey = (np.asarray(grids.to_pillow(image).convert("L")) for image in images)
    return np.stack(list(grey))[..., None]


def baselines(given, shape, known):
    """What translates nothing.

    Args:
        given: uint8 array. The images to translate.
        shape: tuple. Of their partners, all together.
        known: uint8 array. Training images of the domain of the partners.

    Returns:
        Dict of uint8 arrays of this shape, by the names of the methods.
    """
    mean = np.mean(known, axis=(0, 1, 2)).round().astype("uint8")
    return {
        "the image itself": in_channels(given, shape[-1]),
        "mean colour": np.broadcast_to(mean, shape),
    }


def supervised(run_dir, given, wanted):
    """Translations of a run that learnt from pairs, as it is scored."""
    batch = samples.translation_batch(run_folder.load_recipe(run_dir))
    arrays = (given, wanted)
    chunks = samples.draw(runs.load_model(run_dir), arrays, len(given), 0, batch)
    return np.concatenate(list(chunks))


def score(model, train, test, pix2pix=None):
    """L1 of each method's translations to each domain, to their true partners.

    Args:
        model: `AdversarialModel` that translates both ways.
        train: tuple of uint8 arrays, the images of both domains that it was trained on.
        test: tuple of uint8 arrays, of both domains, partners at equal places.
        pix2pix: path or None. A run of pairs, which translates to the second domain.

    Returns:
        Dict by the name of the domain of pairs: scores by the names of the methods,
        with that of "there and back"; and a Pillow image that compares some results.
    """
    few = np.random.RandomState(0).permutation(len(test[0]))[:SHOWN]
    found = {}
    for number, to in enumerate(model.domains):
        given, wanted = test[1 - number], test[number]
        results = {OURS: model.translate(given, to=to)}
        if pix2pix and number == 1:
            results[SUPERVISED] = supervised(pix2pix, given, wanted)
        shown = {"image": given, **results, "partner": wanted}
        columns = [images[few] for images in shown.values()]
        results |= baselines(given, wanted.shape, train[number])
        scores = {m: float(paired.l1(wanted, r).mean()) for m, r in results.items()}
        back = model.translate(results[OURS], to=1 - number)
        scores["there and back"] = float(paired.l1(given, back).mean())
        found[to] = scores, sheets.compare(columns, list(shown), groups=2)
    return found


def measure(recipe, seed, run_dir, data_dir=None, pix2pix=None):
    """Train with one seed, and score it on what was held out.

    Returns:
        What `score` does; and the seconds of training.
    """
    keras.backend.clear_session()
    runs.train(recipe, run_dir, seed, data_dir=data_dir, verbose=2)
    train, test = (
        tuple(map(np.asarray, recipe.load_data(split, data_dir)))
        for split in ("train", "test")
    )
    seconds = sum(
        float(row["seconds"]) for row in read_history(run_dir / "history.csv")
    )
    return score(runs.load_model(run_dir), train, test, pix2pix), seconds


def report(out, lines):
    """Write `report.md` into a folder."""
    table = ["| to | method | recipe | L1 | there and back | seeds |"]
    table.append("|---|---|---|--:|--:|--:|")
    for recipe, to in dict.fromkeys((line["recipe"], line["to"]) for line in lines):
        of_domain = [r for r in lines if (r["recipe"], r["to"]) == (recipe, to)]
        for method in METHODS:
            found = [line["scores"] for line in of_domain if method in line["scores"]]
            if found:
                l1 = reports.mean_and_sd([scores[method] for scores in found], 4)
                back = [scores["there and back"] for scores in found]
                back = reports.mean_and_sd(back, 4) if method == OURS else ""
                cells = to, method, recipe, l1, back, str(len(found))
                table.append(f"| {' | '.join(cells)} |")
    minutes = {line["recipe"]: line["seconds"] / 60 for line in lines}
    times = (f"{name} in {time:.0f} minutes" for name, time in minutes.items())
    blocks = ["\n".join(table), f"Trained: {', '.join(times)}."]
    for to in dict.fromkeys(line["to"] for line in lines):
        blocks.append(f"![Images, their translations to {to} and partners]({to}.png)")
    if any("openmoji" in line["recipe"] for line in lines):
        blocks.append(CREDIT)
    reports.write(out, __doc__, blocks, lines)


def main(argv=None):
    """Read the command line, and train and measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", default=RECIPE, metavar="NAME")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--data-dir", metavar="FOLDER", help="files of the data set")
    parser.add_argument("--pix2pix", metavar="RUN", help="a run that learnt from pairs")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument(
        "--runs", default="runs/translation", type=pathlib.Path, metavar="FOLDER"
    )
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    recipe = recipes.load(args.recipe)
    if args.epochs:
        recipe = recipe.adapt(epochs=args.epochs)
    for seed in range(args.seeds):
        run = {"recipe": recipe.name, "recipe_sha256": recipe.sha256, "seed": seed}
        if any(run.items() <= line.items() for line in kept.read()):
            continue
        print(f"{recipe.name}, seed {seed}", file=sys.stderr, flush=True)
        folder = args.runs / f"{recipe.name}-seed{seed}"
        found, seconds = measure(recipe, seed, folder, args.data_dir, args.pix2pix)
        for to, (scores, sheet) in found.items():
            if seed == 0:
                grids.save(args.out / f"{to}.png", sheet)
            line = {**run, "to": to, "seconds": round(seconds), "scores": scores}
            kept.append({**line, **environment.environment()})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
