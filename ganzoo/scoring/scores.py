"""All scores of samples against a reference, and the record of them."""

import click

from ganzoo.scoring import notes
from ganzoo.scoring import protocols
from ganzoo.scoring.score_definitions import OF_PAIRS
from ganzoo.scoring.score_definitions import ON_REQUEST
from ganzoo.scoring.score_definitions import SCORES
from ganzoo.scoring.score_definitions import add_note
from ganzoo.scoring.score_definitions import name_of
from ganzoo.scoring.score_definitions import settings
from ganzoo.system.suggestions import did_you_mean


def compute(comparison, names=None, translation=False):
    """Compute scores.

    Args:
        comparison: `Comparison`.
        names: collection of strings, names from `SCORES` or keys of a record. None for
            all that apply, but for those of one kind of model.
        translation: bool. Whether samples are made of the sources of the reference, so
            that all that apply are those of pairs too.

    Returns:
        Two dicts: numbers by name, and for each score that does not apply the reason.

    Raises:
        ValueError: If a score that was asked for by name is unknown or does not apply.
    """
    chosen = choose(names, translation)
    left_out = check(comparison, chosen, must=names is not None)
    numbers = {}
    for name in chosen:
        if name in left_out:
            continue
        if comparison.verbose:
            click.echo(f"Computing {name}", err=True)
        found = SCORES[name].compute(comparison)
        numbers |= found
        add_note(comparison, found, notes.on_few_images(name, comparison))
    renamed = {
        name_of(key, comparison.extractor): value for key, value in numbers.items()
    }
    return renamed, left_out


def choose(names, translation=False):
    """The names of `SCORES` that are meant, in their order.

    Raises:
        ValueError: If one is unknown, or there is none.
    """
    if names is None:
        others = (*ON_REQUEST, *(() if translation else OF_PAIRS))
        return [n for n in SCORES if n not in others]
    names = {names} if isinstance(names, str) else set(names)
    chosen = [n for n, score in SCORES.items() if names & {n, *score.keys}]
    unknown = names - {n for c in chosen for n in (c, *SCORES[c].keys)}
    if unknown or not names:
        hint = did_you_mean(min(unknown, default=""), SCORES)
        raise ValueError(
            f"Scores are {', '.join(SCORES)}.{hint} "
            f"Received: {', '.join(sorted(unknown))!r}."
        )
    return chosen


def check(comparison, chosen, must):
    """Find the scores that cannot be had, before any image is looked at.

    Args:
        comparison: `Comparison`.
        chosen: list of names from `SCORES`.
        must: bool. Whether one that cannot be had is an error.

    Returns:
        Dict of reasons, by name.

    Raises:
        ValueError: If one cannot be had and `must` is True.
    """
    reasons = {name: SCORES[name].objection(comparison) for name in chosen}
    reasons = {name: reason for name, reason in reasons.items() if reason}
    for name, reason in reasons.items():
        if must:
            raise ValueError(f"The score `{name}` {reason}")
    return reasons


def record(numbers, left_out, comparison, details=None):
    """Return scores with all that they depend on, as a dict that JSON can hold.

    Args:
        numbers: dict, as of `compute`.
        left_out: dict, as of `compute`.
        comparison: `Comparison` that they were computed from.
        details: dict or None. What else the protocol says.
    """
    c = comparison
    protocol = protocols.protocol(
        c.reference.origin,
        c.samples.origin,
        c.extractor,
        settings(c),
        **({"train": c.train.origin} if "memorisation" in numbers else {}),
        **(details or {}),
    )
    return {
        **numbers,
        "left_out": left_out,
        "notes": {key: " ".join(c.notes[key]) for key in numbers if c.notes.get(key)},
        "protocol": protocol,
        "fingerprint": protocols.fingerprint(protocol),
        "fingerprints": {key: protocols.fingerprint(protocol, key) for key in numbers},
    }
