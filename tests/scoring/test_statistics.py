import json

import numpy as np
import pytest
import toys
from toy_statistics import assert_same
from toy_statistics import source

from ganzoo.metrics.frechet import Moments
from ganzoo.scoring import measuring
from ganzoo.scoring import statistics

# === Files ===


def test_saved_statistics_are_loaded_bit_for_bit(tmp_path):
    extractor = toys.Features()
    measured = measuring.measure(source(), extractor, keep=True)
    path = tmp_path / "x.npz"
    statistics.save(path, measured, extractor)
    assert statistics.is_file(path)
    loaded = statistics.load(path, extractor)
    assert_same(measured, loaded)
    assert loaded.origin == measured.origin
    assert loaded.features is None


def test_pytorch_fid_reads_ours(tmp_path):
    extractor = toys.Features()
    measured = measuring.measure(source(), extractor)
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
    measured = measuring.measure(source(), toys.Features())
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
    measured = measuring.measure(source(), toys.Features())
    with pytest.raises(ValueError, match="cannot be written"):
        statistics.save(tmp_path / "file" / "x.npz", measured, toys.Features())


def test_the_stamp_is_text(tmp_path):
    measured = measuring.measure(source(), toys.Features())
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
