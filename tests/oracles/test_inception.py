"""The FID's network against torch-fidelity's, which is not ours.

With random weights always, with the real ones and real images where `--inception` and
`--data-dir` name them. Skipped where torch-fidelity is absent.

What tests/features/test_inception.py compares with is written anew by

    cd tests && python -m oracles.test_inception
"""

import pathlib
import sys
import tempfile

import numpy as np
import pytest
from features import test_inception
from features import test_published_fid

from ganzoo.features import inception
from ganzoo.features import inception_convolutions
from ganzoo.features import inception_weights
from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance


def torch_fidelity(weights, path):
    """Their network with weights of ours, as a function from images to features."""
    # TensorFlow and Triton bring one LLVM each, and the second aborts the process.
    sys.modules.setdefault("triton", None)
    torch = pytest.importorskip("torch")
    theirs = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3")
    tensors = {
        "fc.weight": np.zeros((1008, 2048), "float32"),
        "fc.bias": np.zeros(1008, "float32"),
    }
    for name, (filters, *_) in inception_convolutions.CONVOLUTIONS.items():
        kernel = weights[f"{name}/kernel"].transpose(3, 2, 0, 1)
        tensors[f"{name}.conv.weight"] = np.ascontiguousarray(kernel)
        tensors[f"{name}.bn.weight"] = np.ones(filters, "float32")
        tensors[f"{name}.bn.bias"] = weights[f"{name}/beta"]
        tensors[f"{name}.bn.running_mean"] = weights[f"{name}/mean"]
        tensors[f"{name}.bn.running_var"] = weights[f"{name}/var"]
        tensors[f"{name}.bn.num_batches_tracked"] = np.array(0)
    torch.save({name: torch.tensor(array) for name, array in tensors.items()}, path)
    network = theirs.FeatureExtractorInceptionV3(
        "inception-v3-compat", ["2048"], feature_extractor_weights_path=path
    )

    def features(images):
        images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
        batches = np.array_split(images, -(-len(images) // 32))
        return np.concatenate([network(torch.tensor(x))[0].numpy() for x in batches])

    return features


def random_pictures():
    """Noise of several grains, each image unlike the others."""
    draws = np.random.default_rng(0)

    def picture(height, width, grain):
        coarse = draws.integers(0, 256, (height // grain, width // grain, 3), "uint8")
        return coarse.repeat(grain, axis=0).repeat(grain, axis=1)

    small = np.stack([picture(32, 32, grain) for grain in (1, 4, 16)])
    return {"small": small, "large": np.stack([picture(64, 48, 8)])}


def write(path, folder):
    """Compute what the default suite compares with; `folder` is for their file."""
    weights, pictures = test_inception.random_weights(), random_pictures()
    features = torch_fidelity(weights, folder / "weights.pth")
    np.savez_compressed(
        path,
        weights_sha256=inception_weights.sha256_of(weights),
        **pictures,
        **{f"{size}_features": features(images) for size, images in pictures.items()},
    )


# === Random weights ===


def test_what_the_default_suite_compares_with_is_what_they_compute(tmp_path):
    write(tmp_path / "features.npz", tmp_path)
    live = np.load(tmp_path / "features.npz")
    kept = np.load(test_inception.PUBLISHED)
    assert set(live) == set(kept)
    for name in "weights_sha256", "small", "large":
        np.testing.assert_array_equal(live[name], kept[name])
    for name in "small_features", "large_features":
        assert test_inception.deviation(live[name], kept[name]) < 1e-5


@pytest.mark.parametrize("size", [32, 64])
def test_features_equal_theirs_with_random_weights(size, tmp_path):
    weights = test_inception.random_weights(seed=1)
    theirs = torch_fidelity(weights, tmp_path / "random.pth")
    shape = (4, size, size, 3)
    images = np.random.default_rng(1).integers(0, 256, shape, "uint8")
    expected = theirs(images)
    ours = inception.InceptionFeatures(weights)(images)
    assert test_inception.deviation(ours, expected) < test_inception.TOLERANCE


# === Real weights ===


@pytest.mark.filterwarnings("ignore:.*Fréchet distance.*:UserWarning")
def test_features_and_distances_equal_theirs_of_real_pictures(
    tmp_path, real_inception, real_data
):
    weights = inception_weights.read(real_inception)
    splits = test_published_fid.pictures(real_data, 48)
    theirs = torch_fidelity(weights, tmp_path / "real.pth")
    ours = inception.InceptionFeatures(weights)
    expected = [theirs(images) for images in splits]
    found = [ours(images) for images in splits]
    for x, y in zip(found, expected):
        assert test_inception.deviation(x, y) < test_inception.TOLERANCE
    fid = frechet_distance(*map(Moments.of, found))
    assert fid == pytest.approx(distance_of_torch_fidelity(*expected), abs=1e-3)


def distance_of_torch_fidelity(*features):
    torch = pytest.importorskip("torch")
    metric = pytest.importorskip("torch_fidelity.metric_fid")
    statistics = [
        metric.fid_features_to_statistics(torch.tensor(x.astype("float64")))
        for x in features
    ]
    distances = metric.fid_statistics_to_metric(*statistics, verbose=False)
    return distances["frechet_inception_distance"]


# === What the default suite compares with ===


def main():
    with tempfile.TemporaryDirectory() as folder:
        write(test_inception.PUBLISHED, pathlib.Path(folder))


if __name__ == "__main__":
    main()
