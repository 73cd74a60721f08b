"""Hooks of MkDocs: content that the site takes from the repository.

A comment like `<!-- figures GAN -->` is replaced by measured tables or failures. Images
are copied. Equations become MathML, which needs no script. Notebooks are run, and the
site has their outputs beside their sources.
"""

import html
import inspect
import json
import logging
import os
import pathlib
import re
import runpy

import click
import jupytext
import nbclient
from latex2mathml import converter
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from ganzoo import cli
from ganzoo import networks
from ganzoo.benchmark import report
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.benchmark import table
from ganzoo.presets import registry
from ganzoo.training import recipes

log = logging.getLogger("mkdocs.hooks")

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
README = runpy.run_path(str(ROOT / "benchmarks" / "readme.py"))
# Files of the repository that the site has at the same paths.
COPIED = (
    "weights/*.png",
    "benchmarks/results/*/index.html",
    "benchmarks/results/*/*.png",
    "benchmarks/results/*/*.md",
    "benchmarks/results/openmoji/*/*.png",
    "benchmarks/results/openmoji/*/*.md",
)
# Scores of a record other than its Fréchet distances, and their names on the page.
MORE_SCORES = {
    "nn_accuracy": "1-NN accuracy of E(x)",
    "nn_accuracy_penultimate": "1-NN accuracy of E's last hidden layer",
    "nn_accuracy_untrained": "1-NN accuracy of E(x), untrained",
    "nn_accuracy_penultimate_untrained": "1-NN accuracy of that layer, untrained",
    "reconstruction_l1": "L1 of reconstructions",
    "random_l1": "L1 of images paired at random",
    "l1": "L1",
    "psnr": "PSNR, dB",
    "ssim": "SSIM",
}


def on_startup(command, dirty):
    """Run no notebooks in `mkdocs serve`, because they take minutes."""
    if command == "serve":
        os.environ["BUDGET"] = "0"


def on_files(files, config):
    """Copy images and reports of the repository, and run the notebooks."""
    for path in sorted((DOCS / "notebooks").glob("*.py")):
        place = path.relative_to(DOCS).with_suffix(".ipynb").as_posix()
        content = run_notebook(path, config["extra"]["notebooks"])
        files.append(File.generated(config, place, content=content))
    for pattern in COPIED:
        for path in sorted(ROOT.glob(pattern)):
            place = path.relative_to(ROOT).as_posix()
            files.append(File.generated(config, place, abs_src_path=str(path)))
    content = README["page_of_pages"]("report.html")
    place = "benchmarks/results/index.html"
    files.append(File.generated(config, place, content=content))
    return files


def on_config(config):
    """List the pages of all variants, named by their headings."""
    pages = [
        {re.sub("^# ", "", path.read_text("utf-8").partition("\n")[0]): name}
        for path in sorted((DOCS / "variants").glob("*.md"))
        if (name := path.relative_to(DOCS).as_posix())
    ]
    for entry in config["nav"]:
        if "Variants" in entry:
            entry["Variants"] = pages
    return config


def on_page_markdown(markdown, page, config, files):
    """Replace each comment by the content that it names."""

    def insert(found):
        name, argument = found.groups()
        if name not in INSERTED:
            raise PluginError(f"{page.file.src_uri}: there is no {found.group()}.")
        return INSERTED[name](*argument.split())

    return re.sub(r"^<!-- ([a-z]+)(.*) -->$", insert, markdown, flags=re.MULTILINE)


def on_page_content(content, page, config, files):
    """Convert the equations of `pymdownx.arithmatex` to MathML."""

    def convert(found):
        display = "block" if found.group("tag") == "div" else "inline"
        return converter.convert(html.unescape(found.group("tex")), display=display)

    return re.sub(
        r'<(?P<tag>div|span) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>',
        convert,
        content,
        flags=re.DOTALL,
    )


def run_notebook(path, budget):
    """A notebook with its outputs, as the text of an `.ipynb` file.

    Args:
        path: path. A Python file in jupytext's percent format.
        budget: float. The share of its work to do. With 0, the notebook has no
            outputs.

    Raises:
        PluginError: If a cell fails.
    """
    notebook = jupytext.read(path)
    if budget:
        log.info(f"Running {path.name}")
        client = nbclient.NotebookClient(notebook, timeout=None, kernel_name="python3")
        try:
            client.execute(cwd=path.parent, env={**os.environ, "BUDGET": str(budget)})
        except nbclient.exceptions.CellExecutionError as error:
            raise PluginError(f"{path.name}: {error}") from error
    return jupytext.writes(notebook, "ipynb")


# === Inserted content ===


def figures(variant):
    """Our scores of a variant, each beside the published one."""
    rows = [*_of_suites(variant), *_of_presets(variant)]
    lines = [
        "| trained on | score | ours | seeds | published | protocol |",
        "|---|---|--:|--:|--:|---|",
        *(f"| {' | '.join(cells)} |" for *cells, _ in rows),
    ]
    sources = {found["name"]: found for *_, found in rows if found}
    for found in sources.values():
        lines += ["", f"[{found['name']}]({found['url']}): {found['protocol']}."]
    return "\n".join(lines)


def _of_suites(variant):
    for folder in sorted((ROOT / "benchmarks" / "results").glob("*/floor.json")):
        runs, _ = report.read(folder.parent)
        suite = suites.SUITES[folder.parent.name]
        for one in summary.tables(runs):
            for row in one.rows:
                if row.variant == variant:
                    cells = table.cells_of(suite, one, row)
                    name = row.runs[0]["score"]
                    epochs = max(run["epochs"] for run in row.runs)
                    yield _row(
                        f"{suite.data}, {epochs} epochs",
                        name,
                        cells["final"],
                        cells["n"],
                        summary.published(suite.data, variant),
                        one.fingerprint,
                    )


def _of_presets(variant):
    for name in registry.names():
        facts = registry.record(name)
        if facts["class"] != variant:
            continue
        data, epochs = facts["data"]["name"], facts["epochs"]
        trained_on = f"{data}, {epochs} epochs, preset"
        published = summary.published(data, variant)
        for score in facts["scores"]:
            key = "fid" if "fid" in score else "fd"
            ours, fingerprint = f"{score[key]:.1f}", score["fingerprint"]
            yield _row(trained_on, key, ours, "1", published, fingerprint)
            for key, words in MORE_SCORES.items():
                if key in score:
                    yield _row(trained_on, words, f"{score[key]:.3g}", "1", None, "")


def _row(trained_on, score, ours, seeds, published, fingerprint):
    """Cells of a row, and the source of its published figure or None."""
    published = published if score == "fid" else None
    figure = table.published(published) if published else ""
    score = score.upper() if score in ("fid", "fd") else score
    protocol = f"`{fingerprint}`" if fingerprint else ""
    return trained_on, score, ours, seeds, figure, protocol, published


def failure(name):
    """The image of a failure, with its scores as the caption."""
    above, below = json.loads((DOCS / "failures" / f"{name}.json").read_text("utf-8"))
    caption = (
        f"Above: {above['words']}, FD {above['fd']:.1f}. "
        f"Below: {below['words']}, FD {below['fd']:.1f}."
    )
    return f"![{caption}](../failures/{name}.png)\n\n*{caption}*"


def published():
    """The published FIDs that the tables show beside ours."""
    found = {
        (data, variant): summary.published(data, variant)
        for data in ("mnist", "fashion_mnist", "cifar10")
        for variant in ("GAN", "DCGAN", "LSGAN", "WGANGP")
    }
    lines = ["| dataset | variant | published FID |", "|---|---|--:|"]
    lines += [
        f"| {data} | {variant} | {table.published(figure)} |"
        for (data, variant), figure in found.items()
        if figure
    ]
    sources = {figure["name"]: figure for figure in found.values() if figure}
    for figure in sources.values():
        lines += ["", f"[{figure['name']}]({figure['url']}): {figure['protocol']}."]
    return "\n".join(lines)


def gallery():
    """A sheet of samples of each preset, with its data, epochs and FID."""
    paragraphs = []
    for name in registry.names():
        facts = registry.record(name)
        fid = next(score["fid"] for score in facts["scores"] if "fid" in score)
        paragraphs += [
            f"### {name}",
            f"`{facts['class']}` on {facts['data']['name']}, {facts['epochs']} epochs, "
            f"FID {fid:.1f}.",
            f"![Samples of {name}](weights/{name}.png)",
        ]
    return "\n\n".join(paragraphs)


def commands():
    """The help of every command, as `--help` prints it."""
    context = click.Context(cli.main, info_name="ganzoo")
    sections = []
    for name, command in cli.main.commands.items():
        inner = click.Context(command, info_name=name, parent=context)
        text = command.get_help(inner)
        sections.append(f"## ganzoo {name}\n\n```text\n{text}\n```")
    return "\n\n".join(sections)


def speed():
    """The speed of ganzoo relative to its peers, from the report of the benchmark."""
    report = ROOT / "benchmarks" / "results" / "throughput" / "report.md"
    blocks = report.read_text("utf-8").split("\n\n")
    return next(block for block in blocks if block.startswith("| ganzoo, TensorFlow"))


def scaling(heading):
    """A section of the report of the benchmark on several devices."""
    report = ROOT / "benchmarks" / "results" / "scaling" / "report.md"
    sections = re.split(r"^## (.*)$", report.read_text("utf-8"), flags=re.MULTILINE)
    return sections[sections.index(heading) + 1].strip()


def classes():
    """API reference of every variant."""
    return "\n".join(
        f"::: ganzoo.models.{name}\n    options:\n      heading: ganzoo.{name}"
        for name in recipes.variants()
    )


def all_networks():
    """API reference of every function that returns a network."""
    functions = (name for name, f in vars(networks).items() if inspect.isfunction(f))
    return "\n".join(f"::: ganzoo.networks.{name}" for name in functions)


INSERTED = {
    "classes": classes,
    "commands": commands,
    "failure": failure,
    "figures": figures,
    "gallery": gallery,
    "presets": lambda: "\n\n".join(README["shipped"]("weights/{}.png".format)),
    "networks": all_networks,
    "published": published,
    "scaling": scaling,
    "speed": speed,
    "variants": lambda: "\n".join(README["variants"]("variants/{}.md".format)),
    "results": lambda: "\n\n".join(README["results"]("benchmarks/results/{}".format)),
}
