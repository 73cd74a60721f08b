import numpy as np
import pytest
import toys

from ganzoo.evaluation import scores
from ganzoo.evaluation import sources
from ganzoo.evaluation import statistics
from ganzoo.features.inception import InceptionFeatures
from ganzoo.features.inception_weights import ARRAYS_SHA256
from ganzoo.features.inception_weights import CONVOLUTIONS
from ganzoo.metrics import frechet
from ganzoo.metrics import frechet_infinity
from ganzoo.metrics import kernel
from ganzoo.metrics import modes
from ganzoo.metrics import neighbours
from ganzoo.metrics import paired
from ganzoo.metrics import prdc

pytestmark = pytest.mark.usefixtures("few_subsets")


def images(count=1200, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 12, 12, 3)).astype("uint8")


def source(**kwargs):
    return sources.Array(images(**kwargs), "array")


def comparison(reference=None, samples=None, extractor=None, **kwargs):
    reference, samples = reference or source(), samples or source(seed=1)
    extractor = extractor or toys.Features()
    return scores.Comparison(
        statistics.measure(reference, extractor),
        statistics.measure(samples, extractor),
        extractor,
        sources=(reference, samples),
        **kwargs,
    )


class Inception(toys.Features):
    """As if the toy were the FID's network."""

    name = "inception-2015-12-05"
    classes = None
    has_logits = False

    def logits(self, features):
        return features @ np.ones((4, 3), "float32")


def test_each_score_is_that_of_its_metric():
    train = statistics.measure(source(seed=2), toys.Features())
    found, left_out = scores.compute(comparison(train=train))
    real, fake = (toys.Features()(images(seed=seed)) for seed in (0, 1))
    moments = frechet.Moments.of(real), frechet.Moments.of(fake)
    assert found["fd"] == pytest.approx(frechet.frechet_distance(*moments))
    mean, deviation = kernel.kernel_distance(real, fake, subsets=3, subset_size=600)
    assert (found["kd"], found["kd_sd"]) == (mean, deviation)
    for name, value in prdc.prdc(real, fake, k=5).items():
        assert found[name] == value
    line = frechet_infinity.frechet_infinity(moments[0], fake)
    assert found["fd_infinity"] == pytest.approx(line.distance)
    covered = modes.mode_coverage(toys.Features().classify(fake), 2)
    assert (found["modes"], found["reverse_kl"]) == covered
    copies = neighbours.memorisation_rate(fake, train.features)
    assert found["memorisation"] == copies
    assert left_out.keys() == {"inception_score"}


def test_the_name_fid_is_kept_for_inception():
    found, _ = scores.compute(comparison(), ["fid", "kid", "fid_infinity"])
    assert found.keys() == {"fd", "kd", "kd_sd", "fd_infinity"}
    found, _ = scores.compute(comparison(extractor=Inception()), ["fid", "kid"])
    assert found.keys() == {"fid", "kid", "kid_sd"}


def test_inception_score_needs_logits():
    extractor = Inception()
    _, left_out = scores.compute(comparison(extractor=extractor))
    assert "ganzoo fetch inception" in left_out["inception_score"]
    with pytest.raises(ValueError, match="needs the logits of Inception"):
        scores.compute(comparison(extractor=extractor), ["inception_score"])
    extractor.has_logits = True
    found, _ = scores.compute(comparison(extractor=extractor), ["inception_score"])
    # One logit for all classes: every picture is of every class.
    assert found["inception_score"] == pytest.approx(1.0)


def test_paired_scores_are_on_request_and_means_over_pictures():
    c = comparison()
    assert not {"l1", "psnr", "ssim"} & scores.compute(c)[0].keys()
    found, _ = scores.compute(c, ["l1", "psnr", "ssim"])
    pair = images(seed=0), images(seed=1)
    assert found["l1"] == pytest.approx(paired.l1(*pair).mean())
    assert found["psnr"] == pytest.approx(paired.psnr(*pair).mean())
    assert found["ssim"] == pytest.approx(paired.ssim(*pair).mean())


def test_paired_scores_need_pairs():
    with pytest.raises(ValueError, match="1200 of .* and 1100 of"):
        scores.compute(comparison(samples=source(count=1100)), ["l1"])


def test_few_pictures_have_the_scores_that_they_can_have():
    c = comparison(source(count=5), source(count=7))
    found, left_out = scores.compute(c)
    assert {"fd", "kd", "modes"} <= found.keys()
    assert "needs more than 5 pictures" in left_out["prdc"]
    assert "needs 8 pictures in the reference" in left_out["fid_infinity"]


def test_statistics_alone_give_the_frechet_distance(tmp_path):
    c = comparison()
    statistics.save(tmp_path / "x.npz", c.reference, c.extractor)
    reference = statistics.load(tmp_path / "x.npz", c.extractor)
    alone = scores.Comparison(reference, c.samples, c.extractor)
    found, left_out = scores.compute(alone)
    whole, _ = scores.compute(c)
    assert found["fd"] == whole["fd"]
    assert found["fd_infinity"] == whole["fd_infinity"]
    assert "needs pictures" in left_out["kid"]
    assert {"kid", "prdc"} <= left_out.keys()


def test_unknown_scores_are_refused():
    with pytest.raises(ValueError, match="Scores are fid, kid.*Received: fed"):
        scores.compute(comparison(), ["fid", "fed"])


def test_diverged_features_are_an_error_not_a_score_left_out():
    class Broken(toys.Features):
        def __call__(self, images):
            return super().__call__(images) * np.nan

    with pytest.raises(ValueError, match="must be finite"):
        comparison(extractor=Broken())


def test_other_weights_in_the_same_network_give_no_fid():
    shapes = {
        name: (height, width, inputs, outputs)
        for name, (outputs, inputs, height, width) in CONVOLUTIONS.items()
    }
    weights = {}
    for name, shape in shapes.items():
        weights[f"{name}/kernel"] = np.zeros(shape, "float32")
        for part, value in ("beta", 0), ("mean", 0), ("var", 1):
            weights[f"{name}/{part}"] = np.full(shape[-1], value, "float32")
    extractor = InceptionFeatures(weights)
    assert extractor.sha256 != ARRAYS_SHA256
    assert scores.key("fid", extractor) == "fd"
