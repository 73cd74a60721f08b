"""What has to be said beside a score: it is of few images, or of copies."""

BIASED_UP = "the score is biased upwards. Compare it at equal counts only"
BIASED_DOWN = "the score is biased downwards. Compare it at equal counts only"
VARIES = "another draw may score very differently"
SAMPLES, REFERENCE = "samples", "reference images"

# Of whose images a score needs how many, and what it is with fewer.
ENOUGH = {
    "fid": ((SAMPLES, REFERENCE), 10_000, BIASED_UP),
    "inception_score": ((SAMPLES,), 10_000, BIASED_DOWN),
    "kid": ((SAMPLES, REFERENCE), 1_000, VARIES),
    "prdc": ((SAMPLES, REFERENCE), 1_000, VARIES),
    "modes": ((SAMPLES,), 1_000, VARIES),
    "memorisation": ((SAMPLES,), 1_000, VARIES),
}


def on_few_images(score, comparison):
    """What to say of a score of few images.

    Args:
        score: string, a name of `SCORES`.
        comparison: `Comparison`.

    Returns:
        String; "" if there are enough, or a file of statistics does not tell.
    """
    whose, enough, what = ENOUGH.get(score, ((), 0, ""))
    counts = {
        SAMPLES: comparison.samples.count,
        REFERENCE: comparison.reference.count,
    }
    few = [
        f"{counts[who]:,} {who}" for who in whose if (counts[who] or enough) < enough
    ]
    return f"{' and '.join(few)}, fewer than {enough:,}: {what}." if few else ""


def on_duplicates(empty, k):
    """What to say of precision, recall, density and coverage where images are copies.

    Args:
        empty: dict. How many balls of "reference" and "samples" are empty.
        k: int. Which neighbour a ball reaches to.

    Returns:
        Dict of strings, by the scores that are lowered.
    """
    notes = {}
    for side, who, lowered in (
        ("reference", REFERENCE, ("precision", "density", "coverage")),
        ("samples", SAMPLES, ("recall",)),
    ):
        if empty[side]:
            note = (
                f"{empty[side]:,} {who} have {k} copies or more in their set: their "
                "balls are empty by convention, which lowers the score."
            )
            notes |= dict.fromkeys(lowered, note)
    return notes
