import copy

import pytest
import toys

from ganzoo.evaluation import protocols
from ganzoo.evaluation import scores


def protocol():
    reference = {
        "name": "cifar10:test",
        "count": 10_000,
        "image_shape": [32, 32, 3],
        "sha256": "ab",
        "data": "cifar10",
        "split": "test",
    }
    samples = {
        "name": "runs/a",
        "count": 10_000,
        "image_shape": [32, 32, 3],
        "sha256": None,
        "mode": "inference mode",
        "ema": False,
        "seed": 0,
    }
    extractor = toys.Features()
    return protocols.protocol(reference, samples, extractor, scores.SETTINGS)


def changed(*path, value):
    other = copy.deepcopy(protocol())
    entry = other
    for key in path[:-1]:
        entry = entry[key]
    entry[path[-1]] = value
    return other


@pytest.mark.parametrize(
    "path",
    [
        ("features",),
        ("features_sha256",),
        ("resize",),
        ("reference", "sha256"),
        ("reference", "split"),
        ("reference", "count"),
        ("samples", "count"),
        ("samples", "image_shape"),
        ("samples", "mode"),
        ("samples", "ema"),
        ("settings", "neighbours"),
    ],
)
def test_what_moves_a_score_moves_the_fingerprint_and_is_named(path):
    other = changed(*path, value="another")
    assert protocols.fingerprint(other) != protocols.fingerprint(protocol())
    with pytest.raises(ValueError, match=f"Received: {'.'.join(path)}: .*'another'"):
        protocols.check_comparable([protocol(), other])


@pytest.mark.parametrize(
    "path",
    [
        ("samples", "name"),
        ("samples", "seed"),
        ("samples", "sha256"),
        ("reference", "name"),
        ("versions",),
        ("backend",),
        ("devices",),
    ],
)
def test_what_a_column_may_mix_leaves_the_fingerprint(path):
    other = changed(*path, value="another")
    assert protocols.fingerprint(other) == protocols.fingerprint(protocol())
    protocols.check_comparable([protocol(), other, protocol()])


def test_every_difference_is_named():
    other = changed("samples", "count", value=5)
    other["resize"] = "clean"
    with pytest.raises(ValueError, match="resize: None and 'clean'; samples.count: 10"):
        protocols.check_comparable([protocol(), other])


def test_a_missing_entry_is_a_difference():
    other = protocol()
    del other["samples"]["mode"]
    with pytest.raises(ValueError, match="samples.mode: 'inference mode' and None"):
        protocols.check_comparable([protocol(), other])


def test_a_protocol_says_all_that_a_reader_needs():
    found = protocol()
    assert found["versions"]["keras-ganzoo"]
    assert found["settings"]["kernel_subset_size"] == 1000
    assert found["backend"] in ("tensorflow", "jax", "torch")
