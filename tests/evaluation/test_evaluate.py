import json
import shutil
import warnings

import numpy as np
import pytest
import toys
from PIL import Image

from ganzoo import evaluation
from ganzoo import features
from ganzoo.data import Pictures
from ganzoo.data.datasets import named
from ganzoo.evaluation import model_source
from ganzoo.evaluation import table
from ganzoo.features.classifier import ClassifierFeatures
from ganzoo.scoring import named_sources
from ganzoo.training import recipes
from ganzoo.training import runs

pytestmark = pytest.mark.usefixtures("few_subsets")


def images(count=40, seed=0, shape=(12, 12, 3)):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, *shape)).astype("uint8")


def evaluate(samples, reference=None, **kwargs):
    return evaluation.evaluate(samples, reference, features=toys.Features(), **kwargs)


@pytest.fixture
def files(tmp_path):
    """Two sets of images, the second also as a folder."""
    np.save(tmp_path / "a.npy", images())
    np.save(tmp_path / "b.npy", images(seed=1))
    (tmp_path / "folder").mkdir()
    for i, image in enumerate(images(seed=1)):
        Image.fromarray(image).save(tmp_path / "folder" / f"{i:03}.png")
    return tmp_path


def test_the_record_holds_scores_and_protocol(files):
    record = evaluate(files / "a.npy", files / "b.npy")
    assert record["fd"] > 0
    protocol = record["protocol"]
    assert protocol["features"] == "toy"
    assert protocol["reference"]["name"] == str(files / "b.npy")
    assert protocol["reference"]["count"] == protocol["samples"]["count"] == 40
    assert len(protocol["reference"]["sha256"]) == 64
    assert record["fingerprint"] == evaluation.fingerprint(protocol)
    json.dumps(record)


def test_the_same_pictures_score_the_same_however_they_are_given(files):
    array = evaluate(images(), images(seed=1))
    for reference in (files / "b.npy", str(files / "b.npy"), files / "folder"):
        record = evaluate(files / "a.npy", reference)
        assert record["fd"] == array["fd"]
        assert record["coverage"] == array["coverage"]


def test_a_set_has_no_distance_from_itself(files):
    record = evaluate(files / "a.npy", files / "a.npy")
    assert record["fd"] == pytest.approx(0.0, abs=1e-9)
    assert record["precision"] == record["recall"] == record["coverage"] == 1.0


def test_a_second_evaluation_looks_at_the_samples_only(files):
    extractor = toys.Features()
    for seen in (80, 120):
        evaluation.evaluate(files / "a.npy", files / "b.npy", features=extractor)
        assert extractor.seen == seen


def test_copies_of_training_pictures_are_told(files):
    train = images(seed=2)
    samples = np.concatenate([train[:10], images(count=30, seed=3)])
    record = evaluate(samples, files / "b.npy", train=train, scores=["memorisation"])
    assert record["memorisation"] >= 0.25


def test_samples_are_shown_beside_their_nearest(files):
    train = images(seed=2)
    samples = np.concatenate([train[7:9], images(seed=3)])
    path = files / "near.png"
    evaluate(samples, files / "b.npy", train=train, neighbours=path, scores=["fid"])
    # Six times as large, with gaps of 2 pixels: 12 + 2 pixels from one to the next.
    sheet = np.asarray(Image.open(path))[::6, ::6]
    assert sheet.shape == (10 * 14 - 2, 7 * 14 - 2, 3)
    for row in (0, 1):
        sample, copy = (sheet[row * 14 :][:12, i * 14 :][:, :12] for i in (0, 1))
        np.testing.assert_array_equal(sample, train[7 + row])
        np.testing.assert_array_equal(copy, train[7 + row])
    with pytest.raises(ValueError, match="train=None"):
        evaluate(samples, files / "b.npy", neighbours=path)


def test_saved_statistics_stand_for_the_pictures(files):
    evaluation.save_statistics(files / "b.npy", files / "b.npz", toys.Features())
    record = evaluate(files / "a.npy", files / "b.npz")
    whole = evaluate(files / "a.npy", files / "b.npy")
    assert record["fd"] == whole["fd"]
    assert record["fingerprint"] == whole["fingerprint"]
    assert "kid" in record["left_out"]
    with pytest.raises(ValueError, match="Received: .*b.txt"):
        evaluation.save_statistics(files / "b.npy", files / "b.txt", toys.Features())


def test_statistics_of_parts_stand_for_all_pictures(files):
    whole, extractor = np.load(files / "b.npy"), toys.Features()
    first, second = files / "first.npz", files / "second.npz"
    evaluation.save_statistics(whole[:13], first, extractor)
    evaluation.save_statistics(whole[13:30], second, extractor)
    records = []
    for parts in [first, second, whole[30:]], [second, whole[30:], first]:
        evaluation.save_statistics(parts, files / "all.npz", extractor)
        records.append(evaluate(files / "a.npy", files / "all.npz"))
    expected = evaluate(files / "a.npy", files / "b.npy")["fd"]
    assert [r["fd"] for r in records] == pytest.approx([expected] * 2, rel=1e-9)
    assert records[0]["fingerprint"] == records[1]["fingerprint"]
    reference = records[0]["protocol"]["reference"]
    assert reference["count"] == len(whole)
    assert [part["count"] for part in reference["parts"]] == [13, 17, len(whole) - 30]


def test_what_is_no_part_of_one_set_is_refused(files):
    out, extractor = files / "all.npz", toys.Features()
    parts = [images(shape=(11, 12, 3)), files / "b.npy"]
    with pytest.raises(ValueError, match=r"one shape.*\[11, 12, 3\], \[12, 12, 3\]"):
        evaluation.save_statistics(parts, out, extractor)
    np.savez(files / "theirs.npz", mu=np.zeros(4), sigma=np.eye(4))
    with pytest.raises(ValueError, match="Received: count=None"):
        evaluation.save_statistics(
            [files / "theirs.npz", files / "b.npy"], out, extractor
        )
    with pytest.raises(ValueError, match="statistics already"):
        evaluation.save_statistics([files / "theirs.npz"], out, extractor)
    assert not out.exists()


def test_unequal_sizes_are_warned_of(files):
    with pytest.warns(UserWarning, match=r"\(12, 12, 3\), .* of \(11, 12, 3\)"):
        evaluate(files / "a.npy", images(shape=(11, 12, 3)), scores=["fid"])


def test_few_pictures_warn_of_the_bias(files):
    extractor = toys.Features()
    with pytest.warns(UserWarning, match="biased far upwards"):
        evaluation.evaluate(images(3), images(), features=extractor, scores=["fid"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluation.evaluate(images(4), images(), features=extractor, scores=["fid"])


@pytest.mark.parametrize("count", [0, 1])
def test_a_single_picture_is_refused(count):
    with pytest.raises(ValueError, match="at least 2 images"):
        evaluate(images(count), images())


def test_all_is_looked_at_before_anything_is_computed(files):
    extractor = toys.Features()
    for bad in (
        {"reference": files / "nothing"},
        {"train": files / "nothing"},
        {"scores": ["fed"]},
        {"reference": None},
    ):
        kwargs = {"reference": files / "b.npy", "features": extractor, **bad}
        with pytest.raises(ValueError):
            evaluation.evaluate(files / "a.npy", **kwargs)
    assert extractor.seen == 0


def test_unknown_features_are_refused(files):
    with pytest.raises(ValueError, match="Features are inception.*'incep'"):
        evaluation.evaluate(files / "a.npy", files / "b.npy", features="incep")


# === The network that is taken where none is named ===


@pytest.fixture
def no_inception(monkeypatch):
    monkeypatch.delenv("GANZOO_INCEPTION", raising=False)


def test_no_weights_is_no_fid(files, no_inception):
    with pytest.raises(ValueError, match="ganzoo fetch inception"):
        evaluation.evaluate(files / "a.npy", files / "b.npy", features="inception")


@pytest.mark.filterwarnings("ignore:A Fréchet distance of 40")
def test_without_inception_own_images_are_scored_by_random_weights(files, no_inception):
    with pytest.warns(UserWarning, match="ganzoo fetch inception.*not what images sh"):
        record = evaluation.evaluate(files / "a.npy", files / "folder")
    assert record["protocol"]["features"] == "random-convolutions"
    assert "fid" not in record and "kid" not in record
    assert record["fd"] > 0 and record["kd_sd"] > 0
    lines = table.render(record).splitlines()
    (left_out,) = [line for line in lines if line.startswith("left out")]
    assert all(name in left_out for name in record["left_out"])
    # Of few images those without a bias are first.
    starts = [line.split("  ")[0] for line in lines]
    assert starts.index("kernel distance") < starts.index("Fréchet distance")


@pytest.mark.parametrize(
    "samples, name",
    [
        (images(40, shape=(28, 28, 1)), "fashion-classifier"),
        (images(40), "random-convolutions"),
    ],
)
@pytest.mark.filterwarnings("ignore:Samples and reference are of unequal")
def test_without_inception_a_datasets_own_classifier_scores_it(
    no_inception, samples, name, monkeypatch
):
    few = Pictures(images(40, seed=1, shape=(28, 28, 1)))
    monkeypatch.setattr(named_sources.data, "load", lambda *args: few)
    with pytest.warns(UserWarning, match=f"by `{name}`.*ganzoo fetch inception"):
        record = evaluation.evaluate(samples, "fashion_mnist_10k:test", scores="kid")
    assert record["protocol"]["features"] == name


def test_inception_is_taken_where_its_weights_are(files, monkeypatch):
    monkeypatch.setitem(features.NAMES, "inception", toys.Features)
    monkeypatch.setenv("GANZOO_INCEPTION", "weights")
    record = evaluation.evaluate(files / "a.npy", files / "b.npy", scores="kid")
    assert record["protocol"]["features"] == "toy"


def test_statistics_are_those_of_inception(files, no_inception):
    np.savez(files / "theirs.npz", mu=np.zeros(2048), sigma=np.eye(2048))
    with pytest.raises(ValueError, match="ganzoo fetch inception"):
        evaluation.evaluate(files / "a.npy", files / "theirs.npz")


def test_every_dataset_of_a_classifier_is_known():
    for data_set, name in features.OF_DATA.items():
        assert data_set in named.DATA_SETS and name in features.NAMES


# === Run folders ===


@pytest.fixture(scope="module")
def once():
    """Folders of runs by their kind of data, each trained once for all tests."""
    return {}


@pytest.fixture
def run(tiny_recipe, few_pictures, untraced, tmp_path, tmp_path_factory, once):
    """Trains a tiny model of a kind of data and returns a folder of its own."""

    def copy_of(kind):
        if kind not in once:
            folder = tmp_path_factory.mktemp(kind) / kind
            runs.train(recipes.load(tiny_recipe(kind)), folder, verbose=0)
            once[kind] = folder
        return shutil.copytree(once[kind], tmp_path / kind)

    return copy_of


def test_a_run_is_scored_against_its_test_pictures(run):
    extractor = ClassifierFeatures()
    folder = run("images")
    record = evaluation.evaluate(folder, features=extractor, count=300, scores=["fid"])
    drawn = runs.load_model(folder).generate(300, seed=0)
    test = recipes.data.load("fashion_mnist_10k", "test").images[:1000]
    by_hand = evaluation.evaluate(drawn, test, features=extractor, scores=["fid"])
    assert record["fd"] == by_hand["fd"]
    recipe = runs.load_recipe(folder)
    samples = record["protocol"]["samples"]
    assert samples["sha256"] == by_hand["protocol"]["samples"]["sha256"]
    assert samples == {
        "name": str(folder),
        "count": 300,
        "image_shape": [28, 28, 1],
        "sha256": samples["sha256"],
        "recipe": recipe.name,
        "recipe_sha256": recipe.sha256,
        "training_seed": 0,
        "training_epochs": 1,
        "mode": "inference mode, running batch statistics",
        "ema": False,
        "seed": 0,
    }
    assert record["protocol"]["reference"]["split"] == "test"
    # How given images were made is not known, so they are another protocol.
    assert record["fingerprint"] != by_hand["fingerprint"]


def test_the_best_model_of_a_run_is_scored_by_its_file(run):
    folder = run("images")
    best = folder / "best_0001.keras"
    best.write_bytes((folder / "model.keras").read_bytes())
    options = {"features": ClassifierFeatures(), "count": 300, "scores": ["fid"]}
    records = [evaluation.evaluate(path, **options) for path in (folder, best)]
    assert records[0]["fd"] == records[1]["fd"]
    samples = records[1]["protocol"]["samples"]
    assert (samples["name"], samples["training_epochs"]) == (str(best), 1)


def test_a_translator_is_scored_beside_its_targets(run):
    folder = run("edges")
    record = evaluation.evaluate(folder, features=ClassifierFeatures(), count=200)
    assert 0 < record["l1"] < 1 and record["psnr"] > 0 and -1 <= record["ssim"] <= 1
    samples = record["protocol"]["samples"]
    assert samples["mode"] == "training mode, statistics of batches of 50"
    assert record["protocol"]["reference"]["count"] == samples["count"] == 200
    everything = model_source.ModelSource.find(folder).source(None, seed=0)
    assert everything.count == 1000
    with pytest.raises(ValueError, match="count=1001, 1000 sources"):
        evaluation.evaluate(folder, features=ClassifierFeatures(), count=1001)


def test_a_run_can_be_the_reference(run, files):
    folder = run("images")
    record = evaluation.evaluate(
        folder, folder, features=ClassifierFeatures(), count=200, scores=["fid"]
    )
    assert record["fd"] == pytest.approx(0.0, abs=1e-6)


def test_references_drawn_by_two_models_are_two(run):
    folder = run("images")
    records = [
        evaluation.evaluate(
            images(200, shape=(28, 28, 1)),
            folder,
            features=ClassifierFeatures(),
            count=200,
            seed=seed,
            scores=["fid"],
        )
        for seed in (0, 1)
    ]
    assert records[0]["fingerprint"] != records[1]["fingerprint"]


def test_other_training_pictures_are_another_column(files):
    records = [
        evaluate(files / "a.npy", files / "b.npy", train=images(seed=seed))
        for seed in (2, 3)
    ]
    first, second = (record["fingerprints"] for record in records)
    assert first["fd"] == second["fd"]
    assert first["memorisation"] != second["memorisation"]


def test_given_pictures_cannot_be_counted_off(files):
    with pytest.raises(ValueError, match="Received: count=10"):
        evaluate(files / "a.npy", files / "b.npy", count=10)


def test_pictures_of_a_data_set_can_be_passed_as_they_are():
    pictures = Pictures(images(), name="mine")
    record = evaluate(pictures, images(seed=1), scores=["fid"])
    assert record["protocol"]["samples"]["name"] == "mine"
    with pytest.raises(ValueError, match="an object of type <class 'list'>"):
        evaluate([1, 2], images())


def test_infinite_scores_are_null_for_machines(files):
    record = evaluate(files / "a.npy", files / "a.npy", scores=["psnr"])
    assert record["psnr"] == np.inf
    assert json.loads(table.as_json(record))["psnr"] is None


def test_the_table_has_a_line_for_each_score(files):
    record = evaluate(files / "a.npy", files / "b.npy")
    text = table.render(record)
    assert f"left out{' ' * 21}{', '.join(record['left_out'])}; `--json`" in text
    assert f"{record['fd']:.3f}" in text
    assert f"{record['kd']:.6f} ± {record['kd_sd']:.6f}" in text
    assert record["fingerprint"] in text
    assert "40 images, 12 x 12, RGB" in text


def test_every_score_has_a_line_to_stand_in(files):
    record = evaluate(files / "a.npy", files / "b.npy", train=images(seed=2))
    numbers = {k for k in record if isinstance(record[k], (int, float))}
    assert {k for k in numbers if not k.endswith("_sd")} <= table.ROWS.keys()


def test_a_preset_is_scored_as_the_run_that_it_came_from(run, files):
    folder = run("images")
    preset = files / "preset"
    recipe = runs.load_recipe(folder)
    runs.load_model(folder).save_preset(preset, recipe=recipe, seed=0)
    options = {"features": ClassifierFeatures(), "count": 200, "scores": ["fid"]}
    a, b = (evaluation.evaluate(name, **options) for name in (folder, preset))
    assert (a["fd"], a["fingerprint"]) == (b["fd"], b["fingerprint"])
    runs.load_model(folder).save_preset(files / "nameless")
    with pytest.raises(ValueError, match="name a reference"):
        evaluation.evaluate(files / "nameless", **options)


# === What is said beside a score ===


def test_scores_of_few_images_say_so(files):
    record = evaluate(images(count=7), files / "b.npy", scores=["fid", "kid", "prdc"])
    few = "7 samples and 40 reference images, fewer than"
    assert record["notes"]["fd"].startswith(
        f"{few} 10,000: the score is biased upwards"
    )
    for key in ("kd", "precision", "recall", "density", "coverage"):
        assert record["notes"][key].startswith(f"{few} 1,000: another draw")
    assert "kd_sd" not in record["notes"]
    assert json.loads(table.as_json(record))["notes"] == record["notes"]


def test_a_note_stands_below_the_scores_that_it_is_of(files):
    record = evaluate(images(count=7), files / "b.npy", scores=["fid", "prdc"])
    lines = table.render(record).splitlines()
    rows = [line for line in lines if line.startswith(("  ! ", "FID", "cov"))]
    assert ["!" in row for row in rows] == [True, False, True]
    assert lines[lines.index(rows[0]) - 1].startswith("Fréchet distance")
    assert max(map(len, lines[lines.index(rows[0]) :])) <= 88


def test_scores_of_enough_images_say_nothing():
    many = images(count=10_000, shape=(2, 2, 3))
    record = evaluate(many, images(count=10_000, seed=1, shape=(2, 2, 3)), scores="fid")
    assert record["notes"] == {}


def test_scores_of_copies_say_why_they_are_low(files):
    copies = np.repeat(images(count=8), 6, axis=0)
    of_reference = evaluate(images(), copies, scores=["prdc"])
    assert of_reference["precision"] == of_reference["coverage"] == 0
    assert "48 reference images have 5 copies" in of_reference["notes"]["precision"]
    assert "copies" not in of_reference["notes"]["recall"]
    of_samples = evaluate(copies, images(), scores=["prdc"])
    assert of_samples["recall"] == 0
    assert "48 samples have 5 copies" in of_samples["notes"]["recall"]
    assert "copies" not in of_samples["notes"]["coverage"]


def test_the_record_of_a_scorer_has_notes():
    gan = toys.build("GAN")
    scorer = evaluation.Scorer(toys.Features(), scores=["fid"])
    record = scorer.record(gan, toys.pictures())
    assert record["notes"].keys() == {"fd"}


def test_a_record_of_old_without_notes_is_shown(files):
    record = evaluate(files / "a.npy", files / "b.npy", scores=["fid"])
    del record["notes"]
    assert "Fréchet distance" in table.render(record)


# === Transparent images ===


@pytest.fixture
def see_through(tmp_path):
    """A folder of images that are transparent in half."""
    folder = tmp_path / "see_through"
    folder.mkdir()
    for i, image in enumerate(images(shape=(12, 12, 4))):
        image[..., 3] = 255
        image[:6, :, 3] = 0
        Image.fromarray(image).save(folder / f"{i:03}.png")
    return folder


@pytest.mark.filterwarnings("ignore:Transparent images")
def test_the_protocol_says_how_transparent_images_were_read(files, see_through):
    white = evaluate(see_through, files / "b.npy", scores=["fid"])
    dropped = evaluate(see_through, files / "b.npy", scores=["fid"], alpha="drop")
    assert white["fd"] != dropped["fd"]
    assert white["fingerprint"] != dropped["fingerprint"]
    with pytest.raises(ValueError, match="samples.alpha: None and 'drop'"):
        evaluation.check_comparable([white["protocol"], dropped["protocol"]])
    assert "transparent images on white" in table.render(white)
    assert "colours under the transparency kept" in table.render(dropped)
    # That of an array, which is compared with scores of old.
    array = images(count=40)
    assert white["fingerprint"] == evaluate(array, files / "b.npy")["fingerprint"]


def test_opaque_images_have_one_fingerprint_however_they_are_read(files):
    both = [
        evaluate(files / "folder", files / "a.npy", scores=["fid"], alpha=alpha)
        for alpha in ("white", "drop")
    ]
    assert both[0]["fingerprint"] == both[1]["fingerprint"]


@pytest.mark.filterwarnings("ignore:Transparent images")
def test_statistics_of_transparent_images_are_those_of_how_they_were_read(
    files, see_through
):
    for alpha in ("white", "drop"):
        path = files / f"{alpha}.npz"
        evaluation.save_statistics(see_through, path, toys.Features(), alpha=alpha)
        fitting = evaluate(see_through, path, scores=["fid"], alpha=alpha)
        assert fitting["fd"] == pytest.approx(0, abs=1e-6)
        assert fitting["protocol"]["reference"]["alpha"] == alpha


def test_an_unknown_reading_of_transparency_is_refused(files):
    with pytest.raises(ValueError, match="must be 'white' or 'drop'.*alpha='black'"):
        evaluate(files / "folder", files / "a.npy", alpha="black")
