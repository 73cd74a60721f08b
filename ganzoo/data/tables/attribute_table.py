"""A table of what images have: `attributes.csv` in their folder."""

import numpy as np

from ganzoo.data.tables import reading

NAME = "attributes.csv"
VALUES = {"0": 0, "1": 1, "-1": 0}


def read(root):
    """Read the table of a folder, a `pathlib.Path`: a `Table` of tuples of 0 and 1.

    Raises:
        ValueError: As in `reading.read`.
    """
    return reading.read(root, FORM)


def fields(table, names):
    """What `Pictures` have of some images.

    Args:
        table: `Table`.
        names: list of str. Paths of the images within the folder.

    Returns:
        Dict of an int8 array `(count, attributes)` of 0 and 1, and of their names.
    """
    rows = [table.rows[name] for name in names]
    rows = np.array(rows, "int8").reshape(len(rows), len(table.columns))
    return {"attributes": rows, "attribute_names": table.columns}


def find_alike(table, names):
    """Names of the attributes that all of some images have, or none, a list."""
    columns = np.array([table.rows[name] for name in names]).T
    return [n for n, has in zip(table.columns, columns) if (has == has[0]).all()]


def _check_columns(names):
    if not names:
        return f"{NAME} must have a column for an attribute or more, beside `file`."
    return None


def _read(cells):
    for name, cell in cells.items():
        if cell not in VALUES:
            raise reading.Mistake(f"1 or 0 in the column {name!r}", f"{cell!r}")
    return tuple(VALUES[cell] for cell in cells.values())


FORM = reading.Form(
    NAME,
    f"The folder must have a file {NAME}, with a line for each image below a head like "
    "`file,glasses,beard`: the path of the image within the folder, and 1 or 0 for "
    "each attribute, whether it has it or not.",
    _check_columns,
    _read,
)
