import json

import numpy as np
import pytest
import toys
from PIL import Image

from ganzoo.metrics.frechet import Moments
from ganzoo.scoring import named_sources
from ganzoo.scoring import sources
from ganzoo.scoring import statistics
from ganzoo.system import cache


def source(count=600, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, 6, 5, 3)).astype("uint8")
    return sources.Array(images, "array")


def cached():
    return sorted(path.suffix for path in (cache.folder() / "statistics").iterdir())


def assert_same(a, b):
    np.testing.assert_array_equal(a.moments.mean, b.moments.mean)
    np.testing.assert_array_equal(a.moments.covariance, b.moments.covariance)
    for one, other in zip(a.moments.cholesky, b.moments.cholesky):
        np.testing.assert_array_equal(one, other)
    assert a.moments.count == b.moments.count


def test_moments_are_those_of_the_features():
    measured = statistics.measure(source(), toys.Features())
    features = toys.Features()(source().images)
    np.testing.assert_array_equal(measured.features, features)
    assert measured.moments.count == 600
    covariance = np.cov(features.astype("float64"), rowvar=False)
    np.testing.assert_allclose(measured.moments.covariance, covariance, rtol=1e-10)
    assert not list(cache.folder().iterdir())


def test_pictures_are_seen_once():
    extractor = toys.Features()
    first = statistics.measure(source(), extractor, keep=True)
    assert extractor.seen == 600
    second = statistics.measure(source(), extractor, keep=True)
    assert extractor.seen == 600
    assert_same(first, second)
    np.testing.assert_array_equal(first.features, second.features)
    assert cached() == [".npy", ".npz"]


def test_other_pictures_and_other_networks_are_measured_anew():
    extractor = toys.Features()
    statistics.measure(source(), extractor, keep=True)
    statistics.measure(source(seed=1), extractor, keep=True)
    assert extractor.seen == 1200
    extractor.sha256 = "1" * 64
    statistics.measure(source(), extractor, keep=True)
    assert extractor.seen == 1800


class Interrupted(toys.Features):
    def __call__(self, images, **kwargs):
        if self.seen:
            raise KeyboardInterrupt
        return super().__call__(images)


def test_an_interrupted_pass_leaves_nothing_behind():
    with pytest.raises(KeyboardInterrupt):
        statistics.measure(source(), Interrupted(), keep=True)
    assert cached() == []
    extractor = toys.Features()
    statistics.measure(source(), extractor, keep=True)
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
    first = statistics.measure(source(), extractor, keep=True)
    features = np.array(first.features)
    (path,) = (cache.folder() / "statistics").glob(f"*{ending}")
    damage(path)
    for _ in range(2):
        again = statistics.measure(source(), extractor, keep=True)
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
        statistics.measure(kind, toys.Features(), keep).origin["sha256"]
        for kind in kinds
        for keep in (True, False, True)
    }
    assert len(hashes) == 1


# === Files ===


def test_saved_statistics_are_loaded_bit_for_bit(tmp_path):
    extractor = toys.Features()
    measured = statistics.measure(source(), extractor, keep=True)
    path = tmp_path / "x.npz"
    statistics.save(path, measured, extractor)
    assert statistics.is_file(path)
    loaded = statistics.load(path, extractor)
    assert_same(measured, loaded)
    assert loaded.origin == measured.origin
    assert loaded.features is None


def test_pytorch_fid_reads_ours(tmp_path):
    extractor = toys.Features()
    measured = statistics.measure(source(), extractor)
    statistics.save(tmp_path / "x.npz", measured, extractor)
    # As its `compute_statistics_of_path` does.
    with np.load(tmp_path / "x.npz") as f:
        m, s = f["mu"][:], f["sigma"][:]
    assert (m.dtype, s.dtype) == ("float64", "float64")
    np.testing.assert_array_equal(m, measured.moments.mean)
    np.testing.assert_array_equal(s, measured.moments.covariance)


def test_we_read_those_of_pytorch_fid(tmp_path):
    features = toys.Features()(source().images)
    path = tmp_path / "x.npz"
    covariance = np.cov(features, rowvar=False)
    np.savez_compressed(path, mu=features.mean(axis=0), sigma=covariance)
    loaded = statistics.load(path, toys.Features())
    assert loaded.moments.count is None
    assert loaded.origin["resize"] == "not told by the file"
    np.testing.assert_allclose(loaded.moments.covariance, covariance, rtol=1e-12)


def test_pictures_are_no_statistics(tmp_path):
    np.savez(tmp_path / "x.npz", images=source().images)
    (tmp_path / "y.npz").write_bytes(b"nothing")
    assert not statistics.is_file(tmp_path / "x.npz")
    assert not statistics.is_file(tmp_path / "y.npz")
    assert not statistics.is_file("no such file.npz")


def test_statistics_of_another_network_are_refused(tmp_path):
    measured = statistics.measure(source(), toys.Features())
    statistics.save(tmp_path / "x.npz", measured, toys.Features())
    other = toys.Features()
    other.name, other.sha256 = "other", "1" * 64
    with pytest.raises(ValueError, match="with `other`.*which is of `toy`, 000000"):
        statistics.load(tmp_path / "x.npz", other)
    np.savez(tmp_path / "y.npz", mu=np.zeros(5), sigma=np.eye(5))
    with pytest.raises(ValueError, match=r"dimension 4.*mu.shape=\(5,\)"):
        statistics.load(tmp_path / "y.npz", toys.Features())


@pytest.mark.parametrize(
    "sigma, message",
    [(np.eye(3), "covariance.shape"), (np.full((4, 4), np.nan), "finite")],
)
def test_moments_that_cannot_be_are_refused(sigma, message, tmp_path):
    np.savez(tmp_path / "x.npz", mu=np.zeros(4), sigma=sigma)
    with pytest.raises(ValueError, match=message):
        statistics.load(tmp_path / "x.npz", toys.Features())


@pytest.mark.parametrize(
    "sigma", [-np.eye(4), np.triu(np.ones((4, 4))), np.eye(4) + 3 - 3 * np.eye(4)]
)
def test_what_is_no_covariance_is_refused(sigma, tmp_path):
    np.savez(tmp_path / "x.npz", mu=np.zeros(4), sigma=sigma)
    with pytest.raises(ValueError, match="A covariance is symmetric"):
        statistics.load(tmp_path / "x.npz", toys.Features())


def test_numbers_that_are_text_are_refused(tmp_path):
    np.savez(tmp_path / "x.npz", mu=np.array("a"), sigma=np.eye(4))
    with pytest.raises(ValueError, match="x.npz is not a whole file"):
        statistics.load(tmp_path / "x.npz", toys.Features())


def test_pickles_are_never_loaded(tmp_path):
    np.savez(tmp_path / "x.npz", mu=np.zeros(4), sigma=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="not a whole file of statistics"):
        statistics.load(tmp_path / "x.npz", toys.Features())


def test_what_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    measured = statistics.measure(source(), toys.Features())
    with pytest.raises(ValueError, match="cannot be written"):
        statistics.save(tmp_path / "file" / "x.npz", measured, toys.Features())


def test_the_stamp_is_text(tmp_path):
    measured = statistics.measure(source(), toys.Features())
    statistics.save(tmp_path / "x.npz", measured, toys.Features())
    with np.load(tmp_path / "x.npz", allow_pickle=False) as arrays:
        assert json.loads(str(arrays["ganzoo"]))["features"] == "toy"


def test_moments_from_a_file_take_more_in_where_their_count_is_known():
    features = np.random.default_rng(0).normal(size=(100, 3))
    whole = Moments.of(features)
    half = Moments.of(features[:50])
    half = Moments.from_statistics(half.mean, half.covariance, half.count)
    half.update(features[50:])
    np.testing.assert_allclose(half.covariance, whole.covariance, rtol=1e-12)
    unknown = Moments.from_statistics(whole.mean, whole.covariance)
    with pytest.raises(ValueError, match="Received: count=None"):
        unknown.update(features)


def test_a_full_disk_is_an_error_and_leaves_nothing(monkeypatch):
    class Full(toys.Features):
        def __call__(self, images):
            if self.seen >= 100:
                raise OSError(28, "No space left on device")
            return super().__call__(images)

    for keep in (True, False):
        with pytest.raises(ValueError, match="No space left on device.*make room"):
            statistics.measure(source(), Full(), keep=keep)
    assert cached() == []


def test_progress_is_shown_on_the_standard_error(capsys):
    statistics.measure(source(), toys.Features(), verbose=1)
    out, err = capsys.readouterr()
    assert out == "" and "Features of array" in err
