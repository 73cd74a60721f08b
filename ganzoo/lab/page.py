"""The page of the laboratory: one file without a network."""

import pathlib

import jinja2

from ganzoo.lab import records
from ganzoo.system import files
from ganzoo.system.suggestions import did_you_mean

# In the order of the lectures. Each has a text and a drawing in `templates/panels`.
PANELS = (
    *("adversary", "orbits", "densities", "saturation", "supports", "collapse"),
    *("halves", "fits", "losses", "settings", "spectra", "convolution"),
)


def write(out, names=PANELS, folder=records.FOLDER):
    """Write `index.html` from the records of trainings.

    Args:
        out: path. Folder of the page; made if it is missing.
        names: sequence of str. The panels to show.
        folder: path. Where the records are; by default those in the package.

    Returns:
        `pathlib.Path` of the page.

    Raises:
        ValueError: If there is no panel of a name, or some are asked for of which one
            has no record, or `out` is called like a file. Of all panels those without
            a record are left out.
    """
    check_names(names, folder)
    files.check_folder_name(out)
    found = {name: records.load(name, folder) for name in PANELS if name in names}
    missing = [name for name, record in found.items() if not record]
    if missing and len(found) < len(PANELS):
        raise ValueError(
            f"Train first: `ganzoo lab --panels {','.join(missing)} --budget 1`. There "
            f"is no record yet. Received: panels={missing}."
        )
    path = pathlib.Path(out) / "index.html"
    files.write_text(path, render({k: v for k, v in found.items() if v}))
    return path


def check_names(names, folder=records.FOLDER):
    """Raise a ValueError for the name of a panel that there is not.

    The error offers the panels that have a record in `folder`.
    """
    unknown = sorted(set(names) - set(PANELS))
    if unknown:
        recorded = [name for name in PANELS if records.load(name, folder)] or PANELS
        raise ValueError(
            f"There is no such panel.{did_you_mean(unknown[0], PANELS)} Choose from "
            f"{', '.join(recorded)}. Received: panels={unknown}."
        )


def render(found):
    """The whole page as HTML.

    Args:
        found: dict. Records by the names of their panels.

    Returns:
        str.
    """
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.PackageLoader("ganzoo.lab"),
                # What all pages of the house look like.
                jinja2.PackageLoader("ganzoo.benchmark"),
            ]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Curves keep the order that their records have.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    # Title, text and so on, as each panel's file sets them.
    panels = {
        name: environment.get_template(f"panels/{name}.html").module for name in found
    }
    return environment.get_template("lab.html").render(
        panels=panels,
        records=found,
        data={name: record["data"] for name, record in found.items()},
    )
