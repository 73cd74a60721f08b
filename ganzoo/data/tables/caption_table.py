"""A table of what images show, in words: `captions.csv` in their folder."""

import dataclasses

import numpy as np

from ganzoo.data.tables import reading
from ganzoo.data.vocabulary import split_words
from ganzoo.system.suggestions import did_you_mean

NAME = "captions.csv"
CAPTION = "caption"


def read(root):
    """Read the table of a folder, a `pathlib.Path`: a `Table` of strings.

    Where no column says what is held out, a caption that has no word in common with
    those to train on is one to train on: nothing could be drawn of it.

    Raises:
        ValueError: As in `reading.read`.
    """
    table = reading.read(root, FORM)
    if not table.is_drawn:
        return table
    words = {file: set(split_words(text)) for file, text in table.rows.items()}
    known = set().union(*(words[file] for file in table.rows if file not in table.test))
    test = {file for file in table.test if words[file] & known}
    return dataclasses.replace(table, test=test or table.test)


def fields(table, names):
    """What `Pictures` have of some images.

    Args:
        table: `Table`.
        names: list of str. Paths of the images within the folder.

    Returns:
        Dict of an array of strings `(count,)`.
    """
    # As long as the longest of all, whichever images these are.
    dtype = np.array([*table.rows.values(), ""]).dtype
    return {"captions": np.array([table.rows[name] for name in names], dtype)}


def find_alike(table, names):
    """The column of captions, if they are the same for some images, a list."""
    return [CAPTION] if len({table.rows[name] for name in names}) == 1 else []


def _check_columns(names):
    if names == (CAPTION,):
        return None
    if CAPTION in names:
        others = ", ".join(f"`{name}`" for name in names if name != CAPTION)
        return f"Leave out the other columns of {NAME}: {others}."
    return f"{NAME} must have a column `{CAPTION}`.{did_you_mean(CAPTION, names)}"


def _read(cells):
    if not split_words(cells[CAPTION]):
        what = f"a word or more in the column {CAPTION!r}"
        raise reading.Mistake(what, f"{cells[CAPTION]!r}")
    return cells[CAPTION]


FORM = reading.Form(
    NAME,
    f"The folder must have a file {NAME}, with a line for each image below the head "
    "`file,caption`: the path of the image within the folder, and what it shows, in "
    'quotation marks if that has commas, as in `a.png,"a cat, asleep"`.',
    _check_columns,
    _read,
)
