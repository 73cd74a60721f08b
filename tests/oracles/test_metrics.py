"""Every metric against an implementation from the package index that is not ours.

Each test is skipped where its package is absent: they are not among the requirements.
"""

import sys

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats

from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance
from ganzoo.metrics.inception_score import inception_score
from ganzoo.metrics.kernel import kernel_distance
from ganzoo.metrics.modes import mode_coverage
from ganzoo.metrics.neighbours import memorisation_rate
from ganzoo.metrics.neighbours import nearest_neighbours
from ganzoo.metrics.neighbours import one_nearest_neighbour_accuracy
from ganzoo.metrics.paired import l1
from ganzoo.metrics.paired import psnr
from ganzoo.metrics.paired import ssim
from ganzoo.metrics.prdc import prdc


def features(count, dimension=64, shift=0.0, seed=0):
    """Single precision, not negative and with a mean, as those of Inception are."""
    noise = np.random.default_rng(seed).normal(shift, 1.0, (count, dimension))
    return np.maximum(noise, 0.0).astype("float32")


def pictures(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype="uint8")


@pytest.fixture
def fidelity():
    """Imports a module of torch-fidelity, or skips the test."""
    pytest.importorskip("torch")
    # TensorFlow and Triton bring one LLVM each, and the second aborts the process.
    sys.modules.setdefault("triton", None)
    return lambda name: pytest.importorskip(f"torch_fidelity.{name}")


# === torch-fidelity ===


@pytest.mark.parametrize("counts", [(3000, 2000), (100, 200)])
@pytest.mark.filterwarnings("ignore:.*Fréchet distance.*:UserWarning")
def test_frechet_distance_equals_torch_fidelity(fidelity, counts):
    torch, metric = pytest.importorskip("torch"), fidelity("metric_fid")
    x, y = features(counts[0], 128), features(counts[1], 128, shift=0.2, seed=1)
    statistics = [
        metric.fid_features_to_statistics(torch.from_numpy(z.astype("float64")))
        for z in (x, y)
    ]
    theirs = metric.fid_statistics_to_metric(*statistics, verbose=False)
    ours = frechet_distance(Moments.of(x), Moments.of(y))
    assert ours == pytest.approx(theirs["frechet_inception_distance"], rel=1e-6)


def test_kernel_distance_of_whole_sets_equals_torch_fidelity(fidelity):
    torch, metric = pytest.importorskip("torch"), fidelity("metric_kid")
    x, y = features(500), features(500, shift=0.1, seed=1)
    theirs = metric.kid_features_to_metric(
        *(torch.from_numpy(z.astype("float64")) for z in (x, y)),
        kid_subsets=2,
        kid_subset_size=500,
        verbose=False,
    )
    ours, _ = kernel_distance(x, y, subsets=2, subset_size=500)
    expected = theirs["kernel_inception_distance_mean"]
    assert ours == pytest.approx(expected, rel=1e-9)


def test_kernel_distance_of_subsets_equals_torch_fidelity_within_its_draws(fidelity):
    torch, metric = pytest.importorskip("torch"), fidelity("metric_kid")
    x, y = features(2000), features(2000, shift=0.1, seed=1)
    theirs = metric.kid_features_to_metric(
        *(torch.from_numpy(z.astype("float64")) for z in (x, y)),
        kid_subsets=40,
        kid_subset_size=200,
        verbose=False,
    )
    mean, deviation = kernel_distance(x, y, subsets=40, subset_size=200)
    error = 5 * deviation / np.sqrt(40)
    assert abs(mean - theirs["kernel_inception_distance_mean"]) < error
    expected = theirs["kernel_inception_distance_std"]
    assert deviation == pytest.approx(expected, rel=0.4)


@pytest.mark.parametrize("count", [1000, 1003])
def test_inception_score_equals_torch_fidelity(fidelity, count):
    torch, metric = pytest.importorskip("torch"), fidelity("metric_isc")
    logits = features(count, 50) * 5
    order = np.random.default_rng(7).permutation(count)
    theirs = metric.isc_features_to_metric(
        torch.from_numpy(logits[order]), splits=10, shuffle=False
    )
    mean, deviation = inception_score(logits, splits=10, seed=7)
    assert mean == pytest.approx(theirs["inception_score_mean"], rel=1e-12)
    assert deviation == pytest.approx(theirs["inception_score_std"], rel=1e-9)


@pytest.mark.parametrize("k", [3, 5])
@pytest.mark.parametrize("whole", [True, False])
def test_precision_and_recall_equal_torch_fidelity(fidelity, k, whole):
    torch, metric = pytest.importorskip("torch"), fidelity("metric_prc")
    reference, samples = features(700, 8), features(500, 8, shift=0.3, seed=1)
    # Its first features are the samples, its second the data.
    theirs = metric.prc_features_to_metric(
        *(torch.from_numpy(z.astype("float64")) for z in (samples, reference)),
        prc_neighborhood=k,
        prc_batch_size=200,
        save_cpu_ram=not whole,
        verbose=False,
    )
    ours = prdc(reference, samples, k)
    assert 0.5 < ours["precision"] < ours["recall"] < 0.99
    assert ours["precision"] == pytest.approx(theirs["precision"], rel=1e-6)
    assert ours["recall"] == pytest.approx(theirs["recall"], rel=1e-6)


# === prdc ===


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("dimension", [4, 256])
@pytest.mark.parametrize("shift", [0.0, 0.5, 2.0])
def test_prdc_equals_the_package_of_its_authors(k, kind, dimension, shift, capsys):
    package = pytest.importorskip("prdc")
    reference = features(400, dimension).astype(kind)
    samples = features(300, dimension, shift, seed=1).astype(kind)
    theirs = package.compute_prdc(reference, samples, nearest_k=k)
    ours = prdc(reference, samples, k, block=128)
    assert ours == pytest.approx({name: float(v) for name, v in theirs.items()})


# === scikit-learn and SciPy ===


@pytest.mark.parametrize("k", [1, 10])
def test_neighbours_equal_scikit_learn(k):
    neighbors = pytest.importorskip("sklearn.neighbors")
    reference, samples = features(900), features(300, seed=1)
    search = neighbors.NearestNeighbors(n_neighbors=k, algorithm="kd_tree")
    theirs, places = search.fit(reference).kneighbors(samples)
    indices, distances = nearest_neighbours(samples, reference, k, block=256)
    np.testing.assert_array_equal(indices, places)
    np.testing.assert_allclose(distances, theirs, rtol=1e-12)


def test_one_nearest_neighbour_accuracy_equals_scikit_learn():
    neighbors = pytest.importorskip("sklearn.neighbors")
    train, test = features(900, 8), features(300, 8, seed=1)
    train_labels, test_labels = np.argmax(train, axis=1), np.argmax(test, axis=1)
    classifier = neighbors.KNeighborsClassifier(n_neighbors=1, algorithm="brute")
    theirs = classifier.fit(train, train_labels).score(test, test_labels)
    ours = one_nearest_neighbour_accuracy(train, train_labels, test, test_labels)
    assert ours == theirs
    assert 0.3 < ours < 0.95


def test_memorisation_rate_equals_scipys_distances():
    train = features(500, 16)
    noise = np.geomspace(1e-3, 3, 400)[:, None] * features(400, 16, seed=1)
    samples = train[:400] + noise
    nearest = np.sort(scipy.spatial.distance.cdist(samples, train), axis=1)
    expected = np.mean(nearest[:, 0] / nearest[:, 1] < 1 / 3)
    assert memorisation_rate(samples, train) == expected
    assert 0.3 < expected < 0.9


def test_reverse_divergence_equals_scipy():
    draws = np.random.default_rng(0)
    predictions, prior = draws.integers(0, 40, 500), draws.uniform(1, 5, 50)
    shares = np.bincount(predictions, minlength=50) / 500
    _, divergence = mode_coverage(predictions, 50)
    expected = scipy.stats.entropy(shares, np.full(50, 0.02))
    assert divergence == pytest.approx(expected, rel=1e-12)
    _, divergence = mode_coverage(predictions, 50, prior=prior)
    expected = scipy.stats.entropy(shares, prior / prior.sum())
    assert divergence == pytest.approx(expected, rel=1e-12)


# === scikit-image ===


def pairs():
    x, noise = pictures(3, 40, 32, 3), pictures(3, 40, 32, 3, seed=1)
    smooth = np.add.outer(np.arange(40), np.arange(32)).astype("uint8")
    smooth = np.stack([smooth] * 3, axis=-1)[None].repeat(3, axis=0)
    return [(x, noise), (x, x // 2 + noise // 2), (smooth, smooth + noise // 32)]


@pytest.mark.parametrize("targets, outputs", pairs())
def test_distances_of_pictures_equal_scikit_image(targets, outputs):
    metrics = pytest.importorskip("skimage.metrics")
    similarities, ratios = ssim(targets, outputs), psnr(targets, outputs)
    for i, (x, y) in enumerate(zip(targets, outputs)):
        similarity = metrics.structural_similarity(
            x,
            y,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
            channel_axis=-1,
        )
        assert similarities[i] == pytest.approx(similarity, rel=1e-10)
        ratio = metrics.peak_signal_noise_ratio(x, y, data_range=255)
        assert ratios[i] == pytest.approx(ratio, rel=1e-12)


@pytest.mark.parametrize("targets, outputs", pairs())
def test_l1_equals_scikit_learn(targets, outputs):
    metrics = pytest.importorskip("sklearn.metrics")
    values = l1(targets, outputs)
    for value, x, y in zip(values, targets / 255, outputs / 255):
        theirs = metrics.mean_absolute_error(x.ravel(), y.ravel())
        assert value == pytest.approx(theirs, rel=1e-12)
