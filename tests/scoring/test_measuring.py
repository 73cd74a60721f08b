"""One pass over images, kept and found again."""

import numpy as np
import pytest
import toys
from PIL import Image
from toy_statistics import assert_same
from toy_statistics import source

from ganzoo.scoring import measuring
from ganzoo.scoring import named_sources
from ganzoo.scoring import sources
from ganzoo.system import cache


def cached():
    return sorted(path.suffix for path in (cache.folder() / "statistics").iterdir())


def test_moments_are_those_of_the_features():
    measured = measuring.measure(source(), toys.Features())
    features = toys.Features()(source().images)
    np.testing.assert_array_equal(measured.features, features)
    assert measured.moments.count == 600
    covariance = np.cov(features.astype("float64"), rowvar=False)
    np.testing.assert_allclose(measured.moments.covariance, covariance, rtol=1e-10)
    assert not list(cache.folder().iterdir())


def test_pictures_are_seen_once():
    extractor = toys.Features()
    first = measuring.measure(source(), extractor, keep=True)
    assert extractor.seen == 600
    second = measuring.measure(source(), extractor, keep=True)
    assert extractor.seen == 600
    assert_same(first, second)
    np.testing.assert_array_equal(first.features, second.features)
    assert cached() == [".npy", ".npz"]


def test_other_pictures_and_other_networks_are_measured_anew():
    extractor = toys.Features()
    measuring.measure(source(), extractor, keep=True)
    measuring.measure(source(seed=1), extractor, keep=True)
    assert extractor.seen == 1200
    extractor.sha256 = "1" * 64
    measuring.measure(source(), extractor, keep=True)
    assert extractor.seen == 1800


class Interrupted(toys.Features):
    def __call__(self, images, **kwargs):
        if self.seen:
            raise KeyboardInterrupt
        return super().__call__(images)


def test_an_interrupted_pass_leaves_nothing_behind():
    with pytest.raises(KeyboardInterrupt):
        measuring.measure(source(), Interrupted(), keep=True)
    assert cached() == []
    extractor = toys.Features()
    measuring.measure(source(), extractor, keep=True)
    assert extractor.seen == 600


def damage_nothing(path):
    path.unlink()


def damage_end(path):
    path.write_bytes(path.read_bytes()[:100])


def damage_all(path):
    path.write_bytes(b"")


def damage_numbers(path):
    content = bytearray(path.read_bytes())
    content[-5000:] = bytes(5000)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage", [damage_nothing, damage_end, damage_all, damage_numbers]
)
@pytest.mark.parametrize("ending", [".npz", ".npy"])
def test_what_was_kept_and_is_damaged_is_computed_again(ending, damage):
    extractor = toys.Features()
    first = measuring.measure(source(), extractor, keep=True)
    features = np.array(first.features)
    (path,) = (cache.folder() / "statistics").glob(f"*{ending}")
    damage(path)
    for _ in range(2):
        again = measuring.measure(source(), extractor, keep=True)
        np.testing.assert_array_equal(again.features, features)
        assert_same(first, again)
    assert extractor.seen == 1200


def test_equal_pictures_have_one_hash_in_a_record(tmp_path):
    images = source().images
    (tmp_path / "folder").mkdir()
    for i, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / "folder" / f"{i:03}.png")
    kinds = [
        source(),
        named_sources.find(tmp_path / "folder"),
        sources.Drawn("model", 600, (6, 5, 3), lambda: iter([images]), {}),
    ]
    hashes = {
        measuring.measure(kind, toys.Features(), keep).origin["sha256"]
        for kind in kinds
        for keep in (True, False, True)
    }
    assert len(hashes) == 1


def test_a_full_disk_is_an_error_and_leaves_nothing(monkeypatch):
    class Full(toys.Features):
        def __call__(self, images):
            if self.seen >= 100:
                raise OSError(28, "No space left on device")
            return super().__call__(images)

    for keep in (True, False):
        with pytest.raises(ValueError, match="No space left on device.*make room"):
            measuring.measure(source(), Full(), keep=keep)
    assert cached() == []


def test_progress_is_shown_on_the_standard_error(capsys):
    measuring.measure(source(), toys.Features(), verbose=1)
    out, err = capsys.readouterr()
    assert out == "" and "Features of array" in err
