"""Protocols: what a score depends on, and which scores may stand in one column."""

import hashlib
import importlib.metadata
import json

import keras

from ganzoo import backend

PACKAGES = ("keras-ganzoo", "keras", "tensorflow", "jax", "torch", "numpy", "scipy")
# What a score depends on. Seeds and versions move it by less than a training seed does,
# and names not at all: a record has them, and its fingerprint does not.
COMPARED = ("features", "features_sha256", "resize", "reference", "samples", "settings")
NOT_COMPARED = ("reference.name", "samples.name", "samples.sha256", "samples.seed")


def protocol(reference, samples, extractor, settings):
    """Return the protocol of the scores of samples against a reference.

    Args:
        reference: dict. Origin of the reference, as of `Statistics`.
        samples: dict. Origin of the samples.
        extractor: as `ganzoo.features.find` returns it.
        settings: dict. The constants of the scores.

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
        "backend": keras.backend.backend(),
        "devices": backend.devices(),
        "versions": versions(),
    }


def versions():
    """Versions of the packages that a number may depend on, as a dict."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def fingerprint(protocol):
    """Return 16 hexadecimal digits, equal for protocols whose scores compare.

    Args:
        protocol: dict, as of `protocol`.
    """
    text = json.dumps(_compared(protocol), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_comparable(protocols):
    """Raise a ValueError that names the differences, unless all scores compare.

    Args:
        protocols: iterable of dicts, as of `protocol`.
    """
    first, *others = map(_compared, protocols)
    for other in others:
        different = [
            f"{key}: {first.get(key)!r} and {other.get(key)!r}"
            for key in sorted(first.keys() | other.keys())
            if first.get(key) != other.get(key)
        ]
        if different:
            raise ValueError(
                "Scores of unequal protocols have no common column. "
                f"Received: {'; '.join(different)}."
            )


def _compared(protocol):
    """The entries that decide, flat: `reference.count` and so on."""
    flat = {}
    for key in COMPARED:
        value = protocol.get(key)
        if isinstance(value, dict):
            flat |= {f"{key}.{k}": v for k, v in value.items()}
        else:
            flat[key] = value
    return {key: value for key, value in flat.items() if key not in NOT_COMPARED}
