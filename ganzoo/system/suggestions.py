"""What was meant by a word: one of some names, or a hint at the nearest."""

import difflib


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
    """A hint at the word that was meant; empty if none is near."""
    near = difflib.get_close_matches(word, list(words), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
