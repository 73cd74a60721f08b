"""Protocols: what a score depends on, and which scores may stand in one column."""

import hashlib
import json

import keras

from ganzoo import backend
from ganzoo.backend import environment

# What all scores depend on. Seeds and versions move a score by less than a training
# seed does, and names not at all: a record has them, and its fingerprint does not.
COMPARED = (
    "features",
    "features_sha256",
    "resize",
    "reference.sha256",
    "reference.count",
    "samples.count",
    "samples.image_shape",
    "samples.mode",
    "samples.ema",
)
# How transparent samples were read, unless it was the default.
ALPHA, DROPPED = "samples.alpha", "drop"
# What only some depend on.
KERNEL = ("settings.kernel_subsets", "settings.kernel_subset_size")
ENCODER = ("encoder.sha256", "encoder.test_sha256", "encoder.untrained_seed")
COMPARED_TOO = {
    **dict.fromkeys(("kid", "kid_sd", "kd", "kd_sd"), KERNEL),
    **dict.fromkeys(
        ("inception_score", "inception_score_sd"), ("settings.inception_score_splits",)
    ),
    **dict.fromkeys(
        ("precision", "recall", "density", "coverage"), ("settings.neighbours",)
    ),
    **dict.fromkeys(("fid_infinity", "fd_infinity"), ("settings.infinity_points",)),
    "memorisation": ("train.sha256", "train.count"),
    "nn_accuracy": ENCODER,
    "nn_accuracy_penultimate": ENCODER,
    "nn_accuracy_untrained": ENCODER,
    "nn_accuracy_penultimate_untrained": ENCODER,
    "reconstruction_l1": ENCODER,
    "random_l1": ENCODER,
}


def protocol(reference, samples, extractor, settings, **details):
    """Return the protocol of the scores of samples against a reference.

    Args:
        reference: dict. Origin of the reference, as of `Statistics`.
        samples: dict. Origin of the samples.
        extractor: as `ganzoo.features.find` returns it.
        settings: dict. The constants of the scores.
        **details: What only some scores depend on, like the training images.

    Returns:
        A dict of what JSON can hold.
    """
    return {
        "features": extractor.name,
        "features_sha256": extractor.sha256,
        "resize": extractor.resize,
        "reference": reference,
        "samples": samples,
        "settings": settings,
        **details,
        "backend": keras.backend.backend(),
        "devices": backend.devices(),
        "versions": environment.versions(),
    }


def fingerprint(protocol, score=None):
    """Return 16 hexadecimal digits, equal for protocols whose scores compare.

    Args:
        protocol: dict, as of `protocol`.
        score: string or None. The name of a score in a record, whose own settings
            then count too.
    """
    text = json.dumps(_compared(protocol, score), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_comparable(protocols, score=None):
    """Raise a ValueError that names the differences, unless all scores compare.

    Args:
        protocols: iterable of dicts, as of `protocol`.
        score: string or None. The name of the score, whose own settings then count too.
    """
    first, *others = (_compared(protocol, score) for protocol in protocols)
    for other in others:
        different = [
            f"{entry}: {first.get(entry)!r} and {other.get(entry)!r}"
            for entry in {**first, **other}
            if first.get(entry) != other.get(entry)
        ]
        if different:
            raise ValueError(
                "Scores of unequal protocols have no common column. "
                f"Received: {'; '.join(different)}."
            )


def _compared(protocol, score):
    """The entries that decide, by their names, like `reference.count`."""
    compared = {
        entry: _entry(protocol, entry)
        for entry in (*COMPARED, *COMPARED_TOO.get(score, ()))
    }
    if _entry(protocol, ALPHA) == DROPPED:
        compared[ALPHA] = DROPPED
    return compared


def _entry(protocol, entry):
    for key in entry.split("."):
        protocol = (protocol or {}).get(key)
    return protocol
