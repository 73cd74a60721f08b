"""Hints at what was meant, to follow a message."""

import difflib


def did_you_mean(word, words):
    """A hint at the word that was meant; empty if none is near."""
    near = difflib.get_close_matches(word, list(words), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
