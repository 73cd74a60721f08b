"""Write the table and the pictures of a finished benchmark into the README.

python benchmarks/fid.py --out benchmarks/results/quick
python benchmarks/readme.py benchmarks/results/quick
"""

import pathlib
import re
import sys

from ganzoo import recipes
from ganzoo.benchmark import records
from ganzoo.benchmark import report

ROOT = pathlib.Path(__file__).resolve().parents[1]


def main(folder):
    """Replace what stands between the README's two marks."""
    folder = pathlib.Path(folder).resolve()
    # The file is only ever appended to: the last run of a kind is what counts.
    runs = {
        (run["recipe"], run["seed"]): run
        for run in records.Records(folder / "results.jsonl").read()
        if run["recipe_sha256"] == recipes.load(run["recipe"]).sha256
    }
    runs = list(runs.values())
    seconds = sum(run["seconds"] for run in runs)
    block = "\n\n".join(
        [
            "<!-- results -->",
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
            "<!-- end of results -->",
        ]
    )
    path = ROOT / "README.md"
    pattern = "<!-- results -->.*<!-- end of results -->"
    text, count = re.subn(pattern, lambda _: block, path.read_text(), flags=re.DOTALL)
    if not count:
        raise SystemExit(f"{path} has lost its marks of where the results stand.")
    path.write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
