"""A table of what images have: `attributes.csv` in their folder."""

import csv
import dataclasses
import hashlib

import numpy as np

from ganzoo.data.disk.image_files import first_few
from ganzoo.system.suggestions import did_you_mean

NAME = "attributes.csv"
FILE, SPLIT = "file", "split"  # columns that are no attributes
SPLITS = ("train", "test")
SEPARATORS = ",;\t"  # as spreadsheets write them, by the language they are in
VALUES = {"0": 0, "1": 1, "-1": 0}
TEST_SHARE = 0.1  # where no column says what is held out
FORM = (
    f"The folder must have a file {NAME}, with a line for each image below a head like "
    f"`{FILE},glasses,beard`: the path of the image within the folder, and 1 or 0 for "
    "each attribute, whether it has it or not."
)


@dataclasses.dataclass(frozen=True)
class Table:
    """What images have.

    Args:
        path: str. The folder.
        attributes: tuple of strings. Names of the columns.
        rows: dict. By the path of an image within the folder, a tuple of 0 and 1.
        test: set. Those of the images that are held out.
    """

    path: str
    attributes: tuple
    rows: dict
    test: set


def read(root):
    """Read the table of a folder.

    Args:
        root: `pathlib.Path`.

    Returns:
        `Table`.

    Raises:
        ValueError: If there is none, columns are missing or twice there, a line has
            other values or another number of them, or is the second of an image.
    """
    path = root / NAME
    if not path.is_file():
        raise ValueError(f"{FORM} Received: path={str(root)!r}, without {NAME}.")
    try:
        # Spreadsheets begin a file so, some of them.
        with open(path, newline="", encoding="utf-8-sig") as file:
            separator = max(SEPARATORS, key=file.readline().count)
            file.seek(0)
            rows = csv.reader(file, delimiter=separator)
            lines = [(n, row) for n, row in enumerate(rows, 1) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"{NAME} must be a text file in UTF-8 ({error}). "
            f"Received: path={str(path)!r}."
        ) from error
    head = [cell.strip() for cell in lines[0][1]] if lines else []
    _check_head(path, head)
    names = tuple(name for name in head if name not in (FILE, SPLIT))
    rows, splits = {}, {}
    for number, cells in lines[1:]:
        if len(cells) != len(head):
            raise _of_line(path, number, f"{len(head)} values", f"{len(cells)} values")
        line = dict(zip(head, map(str.strip, cells)))
        file = line[FILE].replace("\\", "/").removeprefix("./")
        if file in rows:
            raise _of_line(path, number, "an image of its own", f"{file!r} again")
        for name in names:
            if line[name] not in VALUES:
                what = f"1 or 0 in the column {name!r}"
                raise _of_line(path, number, what, f"{line[name]!r}")
        rows[file] = tuple(VALUES[line[name]] for name in names)
        splits[file] = line.get(SPLIT)
        if SPLIT in head and splits[file] not in SPLITS:
            what = f"'train' or 'test' in the column {SPLIT!r}"
            raise _of_line(path, number, what, f"{splits[file]!r}")
    if SPLIT in head:
        test = {file for file, split in splits.items() if split == "test"}
    else:
        test = _drawn(rows)
    return Table(str(root), names, rows, test)


def _check_head(path, head):
    """Raise a ValueError unless these are names of columns."""
    names = [name for name in head if name not in (FILE, SPLIT)]
    if FILE not in head:
        hint = did_you_mean(FILE, head)
        cure = f"{NAME} must have a column `{FILE}`, of the paths of the images.{hint}"
    elif not names:
        cure = f"{NAME} must have a column for an attribute or more, beside `{FILE}`."
    elif len(set(head)) < len(head) or not all(head):
        cure = f"The columns of {NAME} must have names, each another."
    else:
        return
    raise ValueError(f"{cure} {FORM} Received: path={str(path)!r} with {head}.")


def _of_line(path, number, wanted, received):
    return ValueError(
        f"Line {number} of {NAME} must have {wanted}. "
        f"Received: path={str(path)!r} with {received}."
    )


def _drawn(files):
    """A tenth of the images, by a hash of their names, and one at least."""
    places = {
        file: int.from_bytes(hashlib.sha256(file.encode()).digest()[:8]) / 2**64
        for file in files
    }
    first = [min(places, key=places.get)] if places else []
    return {*first, *(file for file, place in places.items() if place < TEST_SHARE)}


def find_alike(rows, names):
    """Names of the attributes that all images have, or none.

    Args:
        rows: array `(count, attributes)`, true where an image has one.
        names: sequence of str.

    Returns:
        List of str.
    """
    columns = np.asarray(rows).T.astype(bool)
    return [n for n, has in zip(names, columns) if has.all() or not has.any()]


def rows_of(table, names):
    """The attributes of images.

    Args:
        table: `Table`.
        names: list of str. Paths of the images within the folder, all that it has.

    Returns:
        int8 array `(count, attributes)` of 0 and 1.

    Raises:
        ValueError: If an image has no line, or a line no image.
    """
    without = sorted(set(names) - set(table.rows))
    unknown = sorted(set(table.rows) - set(names))
    if without or unknown:
        found = [
            f"{len(files)} {what}, {first_few(files)}"
            for files, what in (
                (unknown, "lines without an image"),
                (without, "images without a line"),
            )
            if files
        ]
        raise ValueError(
            f"{NAME} must have a line for each image of the folder, and an image for "
            f"each line. Received: path={table.path!r} with {'; '.join(found)}."
        )
    return np.array([table.rows[name] for name in names], "int8")
