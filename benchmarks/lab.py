"""Train what the laboratory shows, and write the records into the package.

KERAS_BACKEND=jax python benchmarks/lab.py
KERAS_BACKEND=jax python benchmarks/lab.py orbits collapse

`ganzoo lab` makes its page from these records. On one core of a processor all of them
take about an hour, most of it for random settings and for games on the ring.
"""

import sys

from ganzoo.lab import page
from ganzoo.lab import recording
from ganzoo.lab import records

if __name__ == "__main__":
    recording.run(records.FOLDER, sys.argv[1:] or page.PANELS)
