"""Write the tables and the pictures of what was measured into the README.

python benchmarks/fid.py --suite fashion_mnist --out benchmarks/results/fashion_mnist
python benchmarks/fid.py --seeds 2 --out benchmarks/results/quick
python benchmarks/presets.py
python benchmarks/readme.py
"""

import inspect
import pathlib
import re

from ganzoo import models
from ganzoo.benchmark import report
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.benchmark import table
from ganzoo.presets import registry
from ganzoo.training import recipes

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
# Those of the README, in this order, as far as they are there.
SHOWN = ("fashion_mnist", "mnist", "cifar10", "quick")
COLUMNS = 3  # sheets in a row


def main():
    """Replace what stands between the README's marks."""
    path = ROOT / "README.md"
    text = path.read_text("utf-8")
    text = _replace(text, "variants", ["\n".join(variants())])
    text = _replace(text, "results", results())
    path.write_text(_replace(text, "presets", shipped()), "utf-8")


def _replace(text, name, paragraphs):
    marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = "\n\n".join([marks[0], *paragraphs, marks[1]])
    pattern = re.compile(".*".join(map(re.escape, marks)), re.DOTALL)
    text, count = pattern.subn(lambda _: block, text)
    if not count:
        raise SystemExit(f"The README has lost its marks of where {name} stand.")
    return text


# What `fit` takes, by the kind of the data.
TAKES = {"images": "images", "labels": "images, labels", "pairs": "sources, targets"}


def variants(link=None):
    """The table of all variants, as lines.

    Args:
        link: function of the name of a variant's file, or None. Where its page is.
    """
    yield "| class | paper | what it is | `fit` takes |"
    yield "|---|---|---|---|"
    for name in recipes.variants():
        model_class = getattr(models, name)
        authors, url = recipes.paper(name)
        what = inspect.getdoc(model_class).partition("\n")[0]
        *_, kind = recipes.kinds_of(model_class)
        shown = f"`{name}`"
        if link:
            shown = f"[{shown}]({link(model_class.__module__.rpartition('.')[2])})"
        yield f"| {shown} | [{authors}]({url}) | {what} | {TAKES[kind]} |"


def results():
    """The tables and the picture of each suite that was run, as paragraphs."""
    done = [name for name in SHOWN if (RESULTS / name / "floor.json").is_file()]
    paragraphs = [p for name in done for p in suite_results(RESULTS / name)]
    for name in SHOWN:
        if name not in done:
            command = f"python benchmarks/fid.py --suite {name}"
            paragraphs.append(f"Not run: the suite {name}, `{command}`.")
    return paragraphs


def suite_results(folder):
    """The tables and the picture of one suite, as paragraphs."""
    runs, floor = report.read(folder)
    suite = suites.SUITES[folder.name]
    seconds = sum(run["seconds"] for run in runs)
    machines = {
        f"{run['trained_on']['backend']} on {run['trained_on']['machine']} "
        f"({', '.join(run['trained_on']['devices'])})"
        for run in runs
    }
    at = folder.relative_to(ROOT)
    return [
        f"### {suite.name}",
        *(table.markdown(suite, one, floor) for one in summary.tables(runs)),
        f"Added up, training these {len(runs)} runs took {seconds / 60:.0f} minutes, "
        f"whatever ran beside each, with {' and '.join(sorted(machines))}. Curves, "
        "pictures, protocols, and the command of every run: "
        f"[page]({at}/index.html), to download.",
        f"![Samples of every variant on {suite.data}]({at}/overview.png)",
    ]


def shipped():
    """The scores and a sheet of each preset, as paragraphs."""
    lines = [
        "| preset | class | FID | its protocol | FD | epochs | minutes | MB |",
        "|---|---|--:|---|--:|--:|--:|--:|",
        *(_row(name, registry.record(name)) for name in registry.names()),
    ]
    caption = (
        "FID of 10,000 pictures at the end of training against the 10,000 of the test "
        "split, and FD on the features of a shipped classifier; one training seed."
    )
    return [caption, "\n".join(lines), _sheets(registry.names())]


def _sheets(names):
    """A Markdown table of pictures, so many in a row."""
    cells = [f"![{name}](weights/{name}.png)<br>`{name}`" for name in names]
    cells += [""] * (-len(cells) % COLUMNS)
    rows = [cells[i : i + COLUMNS] for i in range(0, len(cells), COLUMNS)]
    rows.insert(1, ["---"] * COLUMNS)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(name, facts):
    fid = next(score for score in facts["scores"] if "fid" in score)
    fd = next(score for score in facts["scores"] if "fd" in score)
    cells = [
        f"`{name}`",
        facts["class"],
        f"{fid['fid']:.1f}",
        f"`{fid['fingerprint']}`",
        f"{fd['fd']:.1f}",
        str(facts["epochs"]),
        f"{facts['seconds'] / 60:.0f}",
        f"{facts['size'] / 1e6:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
