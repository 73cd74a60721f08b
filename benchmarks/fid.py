"""Train variants, score them, and report: the same as `ganzoo benchmark`.

python benchmarks/fid.py --help
"""

import sys

from ganzoo_command import main

if __name__ == "__main__":
    main(["benchmark", *sys.argv[1:]], prog_name="ganzoo")
