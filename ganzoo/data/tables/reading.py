"""A CSV file beside images: a line for each, below the names of its columns."""

import csv
import dataclasses
import hashlib
from collections.abc import Callable

from ganzoo.data.disk.image_files import first_few
from ganzoo.system.suggestions import did_you_mean

FILE, SPLIT = "file", "split"  # columns that every table may have
SPLITS = ("train", "test")
SEPARATORS = ",;\t"  # as spreadsheets write them, by the language they are in
TEST_SHARE = 0.1  # where no column says what is held out


@dataclasses.dataclass(frozen=True)
class Form:
    """What a table must be.

    Args:
        name: str. The file's name.
        says: str. What must be there, and how, for messages.
        check_columns: function of the names of the other columns. Returns what is wrong
            with them, or None.
        read: function of a dict, the cells of a line by their columns. Returns what the
            line says, or raises `Mistake`.
    """

    name: str
    says: str
    check_columns: Callable
    read: Callable


class Mistake(Exception):
    """A line that is wrong: what it must have, and what it has."""


@dataclasses.dataclass(frozen=True)
class Table:
    """What is said of images.

    Args:
        name: str. The file's name.
        path: str. The folder.
        columns: tuple of strings. Names of the columns, but for `FILE` and `SPLIT`.
        rows: dict. By the path of an image within the folder, what its line says.
        test: set. Those of the images that are held out.
        is_drawn: bool. Whether these were drawn, and no column says them.
    """

    name: str
    path: str
    columns: tuple
    rows: dict
    test: set
    is_drawn: bool


def read(root, form):
    """Read the table of a folder.

    Args:
        root: `pathlib.Path`.
        form: `Form`.

    Returns:
        `Table`.

    Raises:
        ValueError: If there is none, columns are missing or twice there, a line has
            other values or another number of them, or is the second of an image.
    """
    path = root / form.name
    if not path.is_file():
        raise ValueError(
            f"{form.says} Received: path={str(root)!r}, without {form.name}."
        )
    try:
        # Spreadsheets begin a file so, some of them.
        with open(path, newline="", encoding="utf-8-sig") as file:
            separator = max(SEPARATORS, key=file.readline().count)
            file.seek(0)
            rows = csv.reader(file, delimiter=separator)
            lines = [(n, row) for n, row in enumerate(rows, 1) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"{form.name} must be a text file in UTF-8 ({error}). "
            f"Received: path={str(path)!r}."
        ) from error
    head = [cell.strip() for cell in lines[0][1]] if lines else []
    columns = tuple(name for name in head if name not in (FILE, SPLIT))
    _check_head(path, head, columns, form)
    rows, splits = {}, {}
    for number, cells in lines[1:]:
        try:
            line = _line(head, cells)
            file = line[FILE].replace("\\", "/").removeprefix("./")
            if file in rows:
                raise Mistake("an image of its own", f"{file!r} again")
            rows[file] = form.read({name: line[name] for name in columns})
            splits[file] = line.get(SPLIT)
        except Mistake as mistake:
            wanted, received = mistake.args
            raise ValueError(
                f"Line {number} of {form.name} must have {wanted}. "
                f"Received: path={str(path)!r} with {received}."
            ) from None
    is_drawn = SPLIT not in head
    test = {file for file, split in splits.items() if split == "test"}
    test = drawn(rows) if is_drawn else test
    return Table(form.name, str(root), columns, rows, test, is_drawn)


def _check_head(path, head, columns, form):
    """Raise a ValueError unless these are names of columns."""
    if FILE not in head:
        cure = f"{form.name} must have a column `{FILE}`, of the paths of the images."
        cure += did_you_mean(FILE, head)
    elif len(set(head)) < len(head) or not all(head):
        cure = f"The columns of {form.name} must have names, each another."
    else:
        cure = form.check_columns(columns)
    if cure:
        raise ValueError(
            f"{cure} {form.says} Received: path={str(path)!r} with {head}."
        )


def _line(head, cells):
    """The cells of a line by their columns, a dict."""
    if len(cells) != len(head):
        raise Mistake(f"{len(head)} values", f"{len(cells)} values")
    line = dict(zip(head, map(str.strip, cells)))
    if SPLIT in line and line[SPLIT] not in SPLITS:
        what = f"'train' or 'test' in the column {SPLIT!r}"
        raise Mistake(what, f"{line[SPLIT]!r}")
    return line


def drawn(files):
    """A tenth of the images, by a hash of their names, and one at least."""
    places = {
        file: int.from_bytes(hashlib.sha256(file.encode()).digest()[:8]) / 2**64
        for file in files
    }
    first = [min(places, key=places.get)] if places else []
    return {*first, *(file for file, place in places.items() if place < TEST_SHARE)}


def check_files(table, names):
    """Raise a ValueError if an image has no line, or a line no image.

    Args:
        table: `Table`.
        names: list of str. Paths of the images within the folder, all that it has.
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
            f"{table.name} must have a line for each image of the folder, and an image "
            f"for each line. Received: path={table.path!r} with {'; '.join(found)}."
        )
