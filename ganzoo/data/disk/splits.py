"""Folders whose sub-folders are splits of a data set, told by their names."""

import re

WORDS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
    "eval": ("eval", "evaluation"),
}
# "trainA" and "val2017", "train_A" and "A-train": each run of letters is a word.
LETTERS = re.compile("[A-Z]?[a-z]+|[A-Z]+")
SHOWN = 4  # names in a message


def find_splits(root, files):
    """Find the sub-folders that are splits.

    Args:
        root: `pathlib.Path`. The folder.
        files: list of `pathlib.Path`. Image files below it.

    Returns:
        dict. The split, one of `WORDS`, by the relative path of its folder; those to
        train on first. Empty unless there are two splits or more: a class may be called
        "train", too.
    """
    found = {}
    for parent in {file.parent for file in files}:
        parts = parent.relative_to(root).parts
        for depth, part in enumerate(parts, 1):
            if split := _split_of(part):
                found["/".join(parts[:depth])] = split
    if len(set(found.values())) < 2:
        return {}
    order = list(WORDS)
    return dict(sorted(found.items(), key=lambda item: (order.index(item[1]), item[0])))


def _split_of(name):
    """The split that a sub-folder is called after, or None."""
    for word in LETTERS.findall(name):
        # "testa", "trainset".
        word = re.sub("(set|data)?[ab]?$", "", word.lower())
        for split, words in WORDS.items():
            if word in words:
                return split
    return None


def first_split(found):
    """The folders of the first of the splits that were found."""
    first, *_ = found.values()
    return [name for name, split in found.items() if split == first]


def format_folders(names):
    """The first few of them, as folders."""
    names = list(names)
    more = len(names) - SHOWN
    shown = ", ".join(f"{name}/" for name in names[:SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def note(root, files):
    """What to warn of, where images of several splits would be mixed, or None."""
    found = find_splits(root, files)
    if not found:
        return None
    one = first_split(found)
    like = f", like {str(root / one[0])!r}" if len(one) == 1 else ""
    return (
        f"Pass a folder with the images of one split alone{like}: sub-folders that are "
        f"splits of a data set are mixed. Received: path={str(root)!r} with "
        f"{format_folders(found)}."
    )
