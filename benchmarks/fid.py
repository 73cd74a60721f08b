"""Train every variant, score it, and report: the same as `ganzoo benchmark`.

python benchmarks/fid.py --help
"""

import os
import sys

# TensorFlow reads these once. It would greet its user with a page of build details, and
# leave oneDNN off on processors without AVX-512, where training is then much slower.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

from ganzoo.cli import main  # noqa: E402

if __name__ == "__main__":
    main(["benchmark", *sys.argv[1:]], prog_name="ganzoo")
