"""Write the tables and images of what was measured into the README and its like.

python benchmarks/fid.py --suite fashion_mnist --out benchmarks/results/fashion_mnist
python benchmarks/fid.py --seeds 2 --out benchmarks/results/quick
python benchmarks/presets.py
python benchmarks/first_steps.py
python benchmarks/readme.py

It writes between the marks of `README.md`, and `README.md` and `index.html` of
`benchmarks/results`, `weights/README.md` and `docs/presets.png` as a whole.
"""

import inspect
import json
import pathlib
import re

import jinja2
from PIL import Image
from PIL import ImageDraw
from PIL import ImageFont

from ganzoo import models
from ganzoo.benchmark import report
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.benchmark import table
from ganzoo.presets import registry
from ganzoo.system.terminal.counts import format_count
from ganzoo.training import recipes

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
# Those of the README, in this order, as far as they are there.
SHOWN = ("fashion_mnist", "mnist", "cifar10", "quick")
COLUMNS = 3  # sheets in a row
# Pixels of three samples by four of a preset's sheet, and of all with a caption.
SAMPLES, GAP, HEIGHT = (176, 236), 16, 290
IN_A_ROW = 7  # presets
FIRST_STEPS = RESULTS / "first_steps.json"
STEPS = {
    "train": "the first command",
    "python": "the first lines of Python",
    "benchmark": "the benchmark",
    "tests": "the tests",
}


def main():
    """Write all that the module's docstring names."""
    path = ROOT / "README.md"
    text = _replace(path.read_text("utf-8"), "variants", ["\n".join(by_kind())])
    path.write_text(_replace(text, "times", times()), "utf-8")
    for path, page in PAGES.items():
        path.write_text(page(), "utf-8")
    preset_samples().save(ROOT / "docs" / "presets.png", optimize=True)


def _replace(text, name, paragraphs):
    marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = "\n\n".join([marks[0], *paragraphs, marks[1]])
    pattern = re.compile(".*".join(map(re.escape, marks)), re.DOTALL)
    text, count = pattern.subn(lambda _: block, text)
    if not count:
        raise SystemExit(f"The README has lost its marks of where {name} stand.")
    return text


# What `fit` takes, by the kind of the data.
TAKES = {
    "images": "images",
    "labels": "images, labels",
    "attributes": "images, attributes",
    "captions": "images, captions",
    "pairs": "sources, targets",
    "downscaled": "small images, large images",
    "sequences": "sequences of images",
    "unpaired": "images of two domains",
}


def by_kind():
    """The table of all variants by what `fit` takes, as lines."""
    yield "| `fit` takes | variants |"
    yield "|---|---|"
    for kind, takes in TAKES.items():
        pages = [page_of(name) for name in recipes.variants() if kind_of(name) == kind]
        yield f"| {takes} | {', '.join(pages)} |"


def kind_of(variant):
    """The kind of a variant's data, one of `TAKES`."""
    *_, kind = recipes.kinds_of(getattr(models, variant))
    return kind


def page_of(variant, link="docs/variants/{}.md".format):
    """A variant's name, which leads to its page."""
    module = getattr(models, variant).__module__
    return f"[`{variant}`]({link(module.rpartition('.')[2])})"


def variants(link):
    """The table of all variants, as lines.

    Args:
        link: function of the name of a variant's file. Where its page is.
    """
    yield "| class | paper | what it is | `fit` takes | to train it |"
    yield "|---|---|---|---|---|"
    for name in recipes.variants():
        authors, url = recipes.paper(name)
        what = inspect.getdoc(getattr(models, name)).partition("\n")[0]
        cells = [page_of(name, link), f"[{authors}]({url})", what, TAKES[kind_of(name)]]
        yield f"| {' | '.join([*cells, f'`{quickest(name)}`'])} |"


def quickest(variant):
    """The name of a variant's recipe for the images of the package."""
    names = [n for n in recipes.names() if recipes.load(n).variant == variant]
    return next((n for n in names if n.endswith("_10k")), names[0])


def times():
    """How long the README's commands take, as paragraphs."""
    measured = json.loads(FIRST_STEPS.read_text("utf-8"))
    machines = sorted({run["machine"] for run in measured.values()})
    told = [
        f"{STEPS[step]} {max(1, round(run['seconds'] / 60))} min"
        for step, run in measured.items()
    ]
    return [f"Measured on {' and '.join(machines)}: {', '.join(told)}."]


def results(link="{}".format):
    """The tables and the image of each suite that was run, as paragraphs.

    Args:
        link: function of the name of a suite. Where its folder is.
    """
    done = suites_run()
    paragraphs = [p for name in done for p in suite_results(RESULTS / name, link(name))]
    for name in SHOWN:
        if name not in done:
            command = f"python benchmarks/fid.py --suite {name}"
            paragraphs.append(f"Not run: the suite {name}, `{command}`.")
    return paragraphs


def suites_run():
    """Names of the suites whose results are there."""
    return [name for name in SHOWN if (RESULTS / name / "floor.json").is_file()]


def suite_results(folder, link):
    """The tables and the image of one suite, whose folder is at a link."""
    runs, floor = report.read(folder)
    suite = suites.SUITES[folder.name]
    seconds = sum(run["seconds"] for run in runs)
    machines = {
        f"{run['trained_on']['backend']} on {run['trained_on']['machine']} "
        f"({', '.join(run['trained_on']['devices'])})"
        for run in runs
    }
    return [
        f"## {suite.name}",
        *(table.markdown(suite, one, floor) for one in summary.tables(runs)),
        f"Added up, training these {len(runs)} runs took {seconds / 60:.0f} minutes, "
        f"whatever ran beside each, with {' and '.join(sorted(machines))}. Curves, "
        "samples, protocols, and the command of every run: "
        f"[page]({link}/index.html), to download.",
        f"![Samples of every variant on {suite.data}]({link}/overview.png)",
    ]


def page_of_pages(report="report.md"):
    """The page that leads to those of all suites, and to all reports, as HTML.

    Args:
        report: str. What a report is called in its folder: a site has it as HTML.
    """
    folders = [ROOT / "benchmarks", ROOT / "ganzoo" / "benchmark" / "templates"]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    done = suites_run()
    return environment.get_template("pages.html").render(
        suites=[_card(RESULTS / name) for name in done],
        not_run=[name for name in SHOWN if name not in done],
        reports=[
            (path.with_name(report).relative_to(RESULTS).as_posix(), _title(path))
            for path in sorted(RESULTS.rglob("report.md"))
        ],
    )


def _card(folder):
    """What the page of pages says of a suite."""
    runs, _ = report.read(folder)
    best = summary.tables(runs)[0].rows[0]
    variants = len({run["variant"] for run in runs})
    data, score = suites.SUITES[folder.name].data, best.runs[0]["score"].upper()
    text = (
        f"{format_count(variants, 'variant')} on {data}, "
        f"{format_count(len(runs), 'run')}. {best.variant} has the lowest {score}, "
        f"{table.mean_and_sd(best.scores('final'))}."
    )
    with Image.open(folder / "overview.png") as image:
        width, height = image.size
    found = {"name": folder.name, "data": data, "text": text}
    return {**found, "width": width, "height": height}


def _title(path):
    """The heading of a report, as plain text."""
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip().rstrip(".").replace("`", "")


def shipped(link="{}.png".format):
    """The scores and a sheet of each preset, as paragraphs.

    Args:
        link: function of the name of a preset. Where its sheet is.
    """
    lines = [
        "| preset | class | FID | its protocol | FD | epochs | minutes | MB |",
        "|---|---|--:|---|--:|--:|--:|--:|",
        *(_row(name, registry.record(name)) for name in registry.names()),
    ]
    caption = (
        "FID of 10,000 images at the end of training against the 10,000 of the test "
        "split, and FD on the features of a shipped classifier; one training seed."
    )
    return [caption, "\n".join(lines), _sheets(registry.names(), link)]


def _sheets(names, link):
    """A Markdown table of sheets, so many in a row."""
    cells = [f"![{name}]({link(name)})<br>`{name}`" for name in names]
    cells += [""] * (-len(cells) % COLUMNS)
    rows = [cells[i : i + COLUMNS] for i in range(0, len(cells), COLUMNS)]
    rows.insert(1, ["---"] * COLUMNS)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def preset_samples():
    """The first samples of the sheet of every preset, so many beside each other."""
    names = registry.names()
    rows = -(-len(names) // IN_A_ROW)
    size = IN_A_ROW * (SAMPLES[0] + GAP) - GAP, rows * (HEIGHT + GAP) - GAP
    columns = Image.new("L", size, 255)
    draw, font = ImageDraw.Draw(columns), ImageFont.load_default(20)
    for i, name in enumerate(names):
        row, column = divmod(i, IN_A_ROW)
        left, top = column * (SAMPLES[0] + GAP), row * (HEIGHT + GAP)
        with Image.open(ROOT / "weights" / f"{name}.png") as sheet:
            place = left, top + HEIGHT - SAMPLES[1]
            columns.paste(sheet.crop((0, 0, *SAMPLES)), place)
        facts = registry.record(name)
        caption = f"{facts['class']}\n{facts['data']['name']}"
        draw.text((left, top), caption, fill=0, font=font)
    return columns


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


def _page(title, text, paragraphs):
    return "\n\n".join([f"# {title}", text, *paragraphs]) + "\n"


# Whole pages, by their paths.
PAGES = {
    RESULTS / "README.md": lambda: _page(
        "Results",
        "`python benchmarks/readme.py` writes this page, and `index.html` with links "
        "to the pages of all suites and to all reports. "
        "[Evaluation](../../docs/evaluation.md) explains how to read it.",
        results(),
    ),
    RESULTS / "index.html": page_of_pages,
    ROOT / "weights" / "README.md": lambda: _page(
        "Presets",
        "Load one with `ganzoo.from_preset(NAME)`. `ganzoo info NAME` shows its model "
        "card. `python benchmarks/readme.py` writes this page.",
        shipped(),
    ),
}


if __name__ == "__main__":
    main()
