"""Train every variant, score it, and report: the same as `ganzoo benchmark`.

python benchmarks/fid.py --help
"""

import os
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from ganzoo.cli import main  # noqa: E402

if __name__ == "__main__":
    main(["benchmark", *sys.argv[1:]], prog_name="ganzoo")
