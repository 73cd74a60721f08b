"""Write the tables and the pictures of what was measured into the README.

python benchmarks/fid.py --out benchmarks/results/quick
python benchmarks/presets.py
python benchmarks/readme.py
"""

import pathlib
import re

from ganzoo import presets
from ganzoo import recipes
from ganzoo.benchmark import records
from ganzoo.benchmark import report

ROOT = pathlib.Path(__file__).resolve().parents[1]
QUICK = ROOT / "benchmarks" / "results" / "quick"
COLUMNS = 3  # sheets in a row


def main():
    """Replace what stands between the README's marks."""
    path = ROOT / "README.md"
    text = path.read_text("utf-8")
    text = _replace(text, "results", results(QUICK))
    path.write_text(_replace(text, "presets", shipped()), "utf-8")


def _replace(text, name, paragraphs):
    marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = "\n\n".join([marks[0], *paragraphs, marks[1]])
    pattern = re.compile(".*".join(map(re.escape, marks)), re.DOTALL)
    text, count = pattern.subn(lambda _: block, text)
    if not count:
        raise SystemExit(f"The README has lost its marks of where {name} stand.")
    return text


def results(folder):
    """The table and two sheets of a finished benchmark, as paragraphs."""
    # The file is only ever appended to: the last run of a kind is what counts.
    runs = {
        (run["recipe"], run["seed"]): run
        for run in records.Records(folder / "results.jsonl").read()
        if run["recipe_sha256"] == recipes.load(run["recipe"]).sha256
    }
    runs = list(runs.values())
    seconds = sum(run["seconds"] for run in runs)
    return [
        report.table(runs),
        f"Training these {len(runs)} runs took {seconds / 60:.1f} minutes with "
        f"{runs[0]['backend']} on {runs[0]['machine']} "
        f"({', '.join(runs[0]['devices'])}). The protocol and every sheet: "
        f"[report]({(folder / 'report.md').relative_to(ROOT)}).",
        *(
            f"![{run['variant']}]({(folder / run['samples']).relative_to(ROOT)})"
            for run in runs
            if run["variant"] in ("DCGAN", "Pix2Pix") and run["seed"] == 0
        ),
    ]


def shipped():
    """The scores and a sheet of each preset, as paragraphs."""
    lines = [
        "| preset | class | FID | its protocol | FD | epochs | minutes | MB |",
        "|---|---|--:|---|--:|--:|--:|--:|",
        *(_row(name, presets.record(name)) for name in presets.names()),
    ]
    caption = (
        "FID of 10,000 pictures at the end of training against the 10,000 of the test "
        "split, and FD on the features of a shipped classifier; one training seed."
    )
    return [caption, "\n".join(lines), _sheets(presets.names())]


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
