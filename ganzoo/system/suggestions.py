"""What was meant by a word: one of some names, or a hint at the nearest."""

import difflib
import re

SHORTEST = 2  # letters of what names may begin with
MOST = 3  # names that begin so


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
    """A hint at the word that was meant, or at some that begin so; empty for none.

    Upper and lower case, dashes and underscores do not matter.
    """
    known = {_plain(each): each for each in words}
    near = difflib.get_close_matches(_plain(word), known, n=1)
    if not near and len(_plain(word)) >= SHORTEST:
        near = [key for key in known if key.startswith(_plain(word))][:MOST]
    meant = " or ".join(repr(known[key]) for key in near)
    return f" Did you mean {meant}?" if meant else ""


def _plain(word):
    return re.sub("[-_ ]", "", word.casefold())
