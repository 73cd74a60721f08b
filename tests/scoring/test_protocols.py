import copy

import pytest
import toys

from ganzoo.scoring import protocols


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
    settings = {
        "kernel_subsets": 100,
        "kernel_subset_size": 1000,
        "inception_score_splits": 10,
        "neighbours": 5,
        "infinity_points": 15,
        "seed": 0,
    }
    train = {"name": "cifar10:train", "count": 50_000, "sha256": "cd"}
    extractor = toys.Features()
    return protocols.protocol(reference, samples, extractor, settings, train=train)


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
        ("reference", "count"),
        ("samples", "count"),
        ("samples", "image_shape"),
        ("samples", "mode"),
        ("samples", "ema"),
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
        ("reference", "split"),
        ("samples", "split"),
        ("settings", "neighbours"),
        ("train", "sha256"),
        ("versions",),
        ("backend",),
        ("devices",),
    ],
)
def test_what_a_column_may_mix_leaves_the_fingerprint(path):
    other = changed(*path, value="another")
    assert protocols.fingerprint(other) == protocols.fingerprint(protocol())
    protocols.check_comparable([protocol(), other, protocol()])


@pytest.mark.parametrize(
    "score, path",
    [
        ("kid", ("settings", "kernel_subset_size")),
        ("kd", ("settings", "kernel_subsets")),
        ("inception_score", ("settings", "inception_score_splits")),
        ("coverage", ("settings", "neighbours")),
        ("fid_infinity", ("settings", "infinity_points")),
        ("memorisation", ("train", "sha256")),
    ],
)
def test_a_score_has_settings_of_its_own(score, path):
    other = changed(*path, value="another")
    protocols.check_comparable([protocol(), other], "fid")
    with pytest.raises(ValueError, match=f"{'.'.join(path)}: .*'another'"):
        protocols.check_comparable([protocol(), other], score)
    assert protocols.fingerprint(other, score) != protocols.fingerprint(
        protocol(), score
    )


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
    assert found["train"]["count"] == 50_000
    assert found["backend"] in ("tensorflow", "jax", "torch")
