"""Time what the README offers to a newcomer, on the machine at hand.

    python benchmarks/first_steps.py
    python benchmarks/first_steps.py train python

The steps are `train`, `python`, `benchmark` and `tests`. They run one after the other,
each in a process of its own. `benchmarks/readme.py` writes their times into the README.
The last sheet of `train` becomes `docs/first_run.png`.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from ganzoo.backend import environment
from ganzoo.system import files

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "first_steps.json"
RECIPE = "dcgan_fashion_mnist_10k"


def commands(folder):
    """The command of each step, which writes into a folder."""
    readme = (ROOT / "README.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1]
    ganzoo = str(pathlib.Path(sys.executable).with_name("ganzoo"))
    script = str(ROOT / "benchmarks" / "fid.py")
    return {
        "train": [ganzoo, "train", RECIPE, "--run-dir", str(folder / "run")],
        "python": [sys.executable, "-c", code],
        "benchmark": [sys.executable, script, "--out", str(folder / "all")],
        "tests": [sys.executable, "-m", "pytest", "-n", "2"],
    }


def measure(step, folder):
    """Run a step, and return its seconds and what it ran on."""
    print(f"{step}...", flush=True)
    begin = time.perf_counter()
    cwd = ROOT if step == "tests" else folder
    subprocess.run(commands(folder)[step], cwd=cwd, check=True)
    seconds = round(time.perf_counter() - begin)
    if step == "train":
        sheet = sorted((folder / "run" / "samples").glob("*.png"))[-1]
        shutil.copyfile(sheet, ROOT / "docs" / "first_run.png")
    return {"seconds": seconds, **environment.environment()}


def main(steps):
    """Measure steps, and keep what is known of the others."""
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    for step in steps or ("train", "python", "benchmark", "tests"):
        with tempfile.TemporaryDirectory() as folder:
            kept[step] = measure(step, pathlib.Path(folder))
        files.write_text(RESULTS, json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
