"""Runs the trainings of the laboratory and records them."""

import time

from ganzoo.backend import environment
from ganzoo.lab import page
from ganzoo.lab import records
from ganzoo.lab.trainings import adversary
from ganzoo.lab.trainings import collapse
from ganzoo.lab.trainings import convolution
from ganzoo.lab.trainings import densities
from ganzoo.lab.trainings import fits
from ganzoo.lab.trainings import halves
from ganzoo.lab.trainings import losses
from ganzoo.lab.trainings import orbits
from ganzoo.lab.trainings import saturation
from ganzoo.lab.trainings import settings
from ganzoo.lab.trainings import spectra
from ganzoo.lab.trainings import supports
from ganzoo.system import version
from ganzoo.system.durations import format_duration

TRAININGS = {
    "adversary": adversary.record,
    "orbits": orbits.record,
    "densities": densities.record,
    "saturation": saturation.record,
    "supports": supports.record,
    "collapse": collapse.record,
    "halves": halves.record,
    "fits": fits.record,
    "losses": losses.record,
    "settings": settings.record,
    "spectra": spectra.record,
    "convolution": convolution.record,
}


def run(folder, names=page.PANELS, budget=1.0, say=print):
    """Train what panels show, and write their records.

    Args:
        folder: path. Where to write them.
        names: sequence of str. The panels.
        budget: float. Train this many times the steps of the records in the package.
        say: function of a str, told what is done.

    Raises:
        ValueError: If there is no panel of a name.
    """
    page.check_names(names)
    about = environment.environment()
    for name in filter(names.__contains__, TRAININGS):
        say(f"{name}:")
        start = time.perf_counter()
        data = TRAININGS[name](budget, lambda what: say(f"  {what}"))
        seconds = time.perf_counter() - start
        say(f"  done in {format_duration(seconds)}")
        made = {
            "budget": budget,
            "ganzoo": version.__version__,
            "keras": about["versions"]["keras"],
            "backend": about["backend"],
            "time": format_duration(seconds),
            "machine": f"{about['processor']} ({about['machine']})",
        }
        records.save(name, {"made": made, "data": data}, folder)
