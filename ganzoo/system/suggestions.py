"""What was meant by a word: one of some names, or a hint at the nearest."""

import difflib
import re

MIN_LETTERS = 2  # of what names may begin with
MAX_SHOWN = 3  # names that begin so


def find_name(word, names):
    """The index of a name, also of one in other case if no two differ by case only.

    Args:
        word: string.
        names: sequence of strings.

    Returns:
        int, or None if there is no such name.
    """
    if word in names:
        return names.index(word)
    folded = [name.casefold() for name in names]
    is_unique = folded.count(word.casefold()) == 1
    return folded.index(word.casefold()) if is_unique else None


def did_you_mean(word, words):
    """A hint at words that begin so, or else at the nearest one; empty for none.

    Upper and lower case, dashes and underscores do not matter.
    """
    known = {_plain(each): each for each in words}
    start = _plain(word)
    found = [key for key in known if key.startswith(start)][:MAX_SHOWN]
    if len(start) < MIN_LETTERS or not found:
        found = difflib.get_close_matches(start, known, n=1)
    meant = " or ".join(repr(known[key]) for key in found)
    return f" Did you mean {meant}?" if meant else ""


def _plain(word):
    return re.sub("[-_ ]", "", word.casefold())
