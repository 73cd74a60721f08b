import numpy as np
import pytest
import toys

from ganzoo.metrics import frechet
from ganzoo.metrics import frechet_infinity
from ganzoo.metrics import kernel
from ganzoo.metrics import modes
from ganzoo.metrics import neighbours
from ganzoo.metrics import paired
from ganzoo.metrics import prdc
from ganzoo.scoring import measuring
from ganzoo.scoring import score_definitions
from ganzoo.scoring import scores
from ganzoo.scoring import sources
from ganzoo.scoring import statistics
from ganzoo.scoring.comparison import Comparison
from ganzoo.scoring.comparison import Side

pytestmark = pytest.mark.usefixtures("few_subsets")


def images(count=1200, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 12, 12, 3)).astype("uint8")


def source(**kwargs):
    return sources.Array(images(**kwargs), "array")


def comparison(reference=None, samples=None, extractor=None, train=None):
    extractor = extractor or toys.Features()
    reference, samples = reference or source(), samples or source(seed=1)
    return Comparison(
        Side(reference, extractor),
        Side(samples, extractor),
        extractor,
        train and Side(train, extractor),
    )


class Inception(toys.Features):
    """As if the toy were the FID's network."""

    name = "inception-2015-12-05"
    classes = None
    has_logits = False

    def logits(self, features):
        return features @ np.ones((4, 3), "float32")


def test_each_score_is_that_of_its_metric():
    found, left_out = scores.compute(comparison(train=source(seed=2)))
    real, fake = (toys.Features()(images(seed=seed)) for seed in (0, 1))
    moments = frechet.Moments.of(real), frechet.Moments.of(fake)
    assert found["fd"] == pytest.approx(frechet.frechet_distance(*moments))
    mean, deviation = kernel.kernel_distance(real, fake, subsets=3)
    assert (found["kd"], found["kd_sd"]) == (mean, deviation)
    for name, value in prdc.prdc(real, fake, k=5).items():
        assert found[name] == value
    line = frechet_infinity.frechet_infinity(moments[0], fake)
    assert found["fd_infinity"] == pytest.approx(line.distance)
    covered = modes.mode_coverage(toys.Features().classify(fake), 2)
    assert (found["modes"], found["reverse_kl"]) == covered
    train = toys.Features()(images(seed=2))
    copies = neighbours.memorisation_rate(fake, train)
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
    # One logit for all classes: every image is of every class.
    assert found["inception_score"] == pytest.approx(1.0)


def test_paired_scores_are_on_request_and_means_over_pictures():
    c = comparison()
    assert not {"l1", "psnr", "ssim"} & scores.compute(c)[0].keys()
    found, _ = scores.compute(c, ["l1", "psnr", "ssim"])
    pair = images(seed=0), images(seed=1)
    assert found["l1"] == pytest.approx(paired.l1(*pair).mean())
    assert found["psnr"] == pytest.approx(paired.psnr(*pair).mean())
    assert found["ssim"] == pytest.approx(paired.ssim(*pair).mean())


def test_a_translation_is_scored_in_pairs_without_being_asked():
    found, _ = scores.compute(comparison(), translation=True)
    assert {"l1", "psnr", "ssim"} <= found.keys()
    found, left_out = scores.compute(
        comparison(samples=source(count=1100)), translation=True
    )
    assert "1200, 12, 12, 3" in left_out["l1"]


def statistics_alone(tmp_path, **kwargs):
    extractor = toys.Features()
    measured = measuring.measure(source(**kwargs), extractor)
    statistics.save(tmp_path / "x.npz", measured, extractor)
    return statistics.load(tmp_path / "x.npz", extractor)


class Unseeing(Inception):
    """A network of which not one image may be asked."""

    def __call__(self, images):
        raise AssertionError("an image was looked at")


@pytest.mark.parametrize(
    "name, few, message",
    [
        ("kid", {"count": 3}, "needs 4 images"),
        ("precision", {"count": 5}, "needs 6 images"),
        ("fid_infinity", {"count": 15}, "needs 8 images in the reference and 16"),
        ("inception_score", {}, "needs the logits of Inception"),
        ("modes", {}, "needs a classifier"),
        ("memorisation", {}, "name them as `train`"),
        ("l1", {"count": 1100}, "an output for each target"),
    ],
)
def test_what_cannot_be_is_refused_before_any_picture_is_seen(name, few, message):
    c = comparison(samples=source(**few), extractor=Unseeing())
    with pytest.raises(ValueError, match=f"The score `.*` .*{message}"):
        scores.compute(c, [name])


@pytest.mark.parametrize("name", ["kid", "prdc", "l1"])
def test_statistics_are_no_pictures(name, tmp_path):
    c = comparison(reference=statistics_alone(tmp_path))
    with pytest.raises(ValueError, match="needs images"):
        scores.compute(c, [name])


def test_scores_of_pairs_take_no_pass_of_a_network():
    c = comparison(extractor=Unseeing())
    record = scores.record(*scores.compute(c, ["l1"]), c)
    assert record["l1"] > 0
    digests = [measuring.measure(source(seed=n), toys.Features()) for n in (0, 1)]
    found = (record["protocol"][side] for side in ("reference", "samples"))
    assert [s["sha256"] for s in found] == [d.origin["sha256"] for d in digests]


def test_small_pictures_have_no_ssim():
    small = sources.Array(images()[:, :8, :8], "small")
    with pytest.raises(ValueError, match="needs 11 x 11 pixels"):
        scores.compute(comparison(small, small), ["ssim"])


def test_few_pictures_have_the_scores_that_they_can_have():
    c = comparison(source(count=5), source(count=7))
    found, left_out = scores.compute(c)
    assert {"fd", "kd", "modes"} <= found.keys()
    assert {"prdc", "fid_infinity"} <= left_out.keys()


def test_statistics_alone_give_the_frechet_distance(tmp_path):
    found, left_out = scores.compute(comparison(reference=statistics_alone(tmp_path)))
    whole, _ = scores.compute(comparison())
    assert found["fd"] == whole["fd"]
    assert found["fd_infinity"] == whole["fd_infinity"]
    assert {"kid", "prdc"} <= left_out.keys()


@pytest.mark.parametrize("count, size", [(8, 4), (1000, 500), (1001, 1000)])
def test_subsets_are_the_published_where_pictures_suffice(count, size):
    c = comparison(samples=source(count=count))
    assert score_definitions.settings(c)["kernel_subset_size"] == size


def test_scores_go_by_their_own_names_too():
    assert scores.choose(["recall", "kid_sd"]) == ["kid", "prdc"]
    assert scores.choose("fid") == ["fid"]
    assert scores.choose(name for name in ["fid"]) == ["fid"]


@pytest.mark.parametrize("names", [[], [""], ["fid", "fed"], "fed"])
def test_names_of_nothing_are_refused(names):
    with pytest.raises(ValueError, match="Scores are fid, kid"):
        scores.choose(names)


def test_pictures_of_a_shape_that_the_network_does_not_take_are_refused():
    extractor = toys.Features()
    extractor.image_shape = (28, 28, 1)
    with pytest.raises(
        ValueError, match=r"of shape \(28, 28, 1\) only.*array of shape"
    ):
        comparison(extractor=extractor)


def test_unknown_scores_are_refused():
    with pytest.raises(ValueError, match="Scores are fid, kid.*Received: 'fed'"):
        scores.compute(comparison(), ["fid", "fed"])


def test_diverged_features_are_an_error_not_a_score_left_out():
    class Broken(toys.Features):
        def __call__(self, images):
            return super().__call__(images) * np.nan

    with pytest.raises(ValueError, match="must be finite"):
        scores.compute(comparison(extractor=Broken()))
