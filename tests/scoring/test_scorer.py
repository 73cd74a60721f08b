"""Scores of a model, while it trains and after."""

import keras
import numpy as np
import pytest
import toys

from ganzoo import evaluation
from ganzoo.data import pixels
from ganzoo.evaluation import Scorer
from ganzoo.training import callbacks

pytestmark = pytest.mark.usefixtures("few_subsets")


def scorer(**kwargs):
    return Scorer(toys.Features(), **kwargs)


def held_out(variant, count=24):
    x, *rest = toys.data(variant, count)
    return (255 - x, *rest)


@pytest.mark.parametrize("variant", toys.VARIANTS)
def test_every_variant_is_scored(variant):
    gan = toys.compiled(variant)
    scores = scorer().score(gan, *held_out(variant))
    assert scores.keys() == {"fd", "kd", "kd_sd"}
    assert np.isfinite(list(scores.values())).all() and scores["fd"] > 0


def test_the_score_is_that_of_the_pictures_that_the_seed_draws():
    gan = toys.compiled("GAN")
    (x,) = held_out("GAN")
    by_hand = evaluation.evaluate(
        gan.generate(24, seed=3), x, features=toys.Features(), scores=["fid"]
    )
    assert scorer(seed=3, scores=["fid"]).score(gan, x) == {"fd": by_hand["fd"]}


def test_a_translator_is_scored_on_its_targets():
    gan = toys.compiled("Pix2Pix")
    sources, targets = held_out("Pix2Pix")
    outputs = gan.translate(sources, seed=0, batch_size=24)
    by_hand = evaluation.evaluate(
        outputs, targets, features=toys.Features(), scores=["fid"]
    )
    assert scorer(scores=["fid"]).score(gan, sources, targets)["fd"] == by_hand["fd"]
    with pytest.raises(ValueError, match="count=25, 24 sources"):
        scorer(count=25).score(gan, sources, targets)


@pytest.mark.parametrize("domain", [0, "second"])
def test_a_domain_is_scored_by_its_own_images(domain):
    gan = toys.compiled("CoGAN")
    arrays = held_out("CoGAN")
    number = 0 if domain == 0 else 1
    by_hand = evaluation.evaluate(
        gan.generate(24, seed=0)[number],
        arrays[number],
        features=toys.Features(),
        scores=["fid"],
    )
    of_domain = scorer(scores=["fid"], domain=domain)
    assert of_domain.score(gan, *arrays) == {"fd": by_hand["fd"]}
    protocol = of_domain.record(gan, *arrays)["protocol"]
    assert protocol["samples"]["domain"] == gan.domains[number]
    with pytest.raises(ValueError, match="Received: domain='third'"):
        scorer(domain="third").score(gan, *arrays)


class Batches(keras.utils.PyDataset):
    def __init__(self, *arrays):
        super().__init__()
        self.arrays = arrays

    def __len__(self):
        return 3

    def __getitem__(self, index):
        parts = tuple(array[index * 8 : index * 8 + 8] for array in self.arrays)
        return parts if len(parts) > 1 else parts[0]


@pytest.mark.parametrize("variant", ["GAN", "CGAN", "Pix2Pix"])
def test_data_may_come_in_batches_or_as_floats(variant):
    gan = toys.compiled(variant)
    data = held_out(variant)
    expected = scorer().score(gan, *data)
    assert scorer().score(gan, Batches(*data)) == expected
    floats = [
        np.asarray(pixels.to_float(part)) if part.dtype == "uint8" else part
        for part in data
    ]
    assert scorer().score(gan, *floats) == expected


def test_the_record_has_the_protocol():
    gan = toys.compiled("GAN")
    details = {"data": "toys", "split": "test"}
    record = scorer(count=30).record(gan, *held_out("GAN"), details=details)
    protocol = record["protocol"]
    assert protocol["reference"]["split"] == "test"
    assert protocol["samples"]["count"] == 30
    assert protocol["samples"]["mode"] == "inference mode, running batch statistics"
    assert record["fingerprint"] == evaluation.fingerprint(protocol)


@pytest.mark.parametrize("wish", [{"scores": ["fed"]}, {"features": "fed"}])
def test_unknown_wishes_are_refused(wish):
    with pytest.raises(ValueError, match="fed"):
        Scorer(**{"features": toys.Features(), **wish})


# === The doors of a keras.Model ===


@pytest.mark.parametrize("variant", ["GAN", "CGAN", "Pix2Pix"])
def test_evaluate_adds_the_scores(variant):
    gan = toys.compiled(variant)
    data = held_out(variant)
    options = {"scorer": scorer(scores=["fid"]), "verbose": 0}
    scores = gan.evaluate(*data, return_dict=True, **options)
    assert scores.keys() == {"discriminator_loss", "generator_loss", "fd"}
    assert scores["fd"] == scorer(scores=["fid"]).score(gan, *data)["fd"]
    *losses, fd = gan.evaluate(*data, **options)
    assert fd == scores["fd"] and len(losses) == 2


@pytest.mark.parametrize("variant", ["GAN", "CGAN", "Pix2Pix"])
def test_scores_stand_in_the_history_every_so_many_epochs(variant):
    gan = toys.untraced(variant)
    score = callbacks.Score(scorer(), *held_out(variant), every=2)
    history = gan.fit(*toys.data(variant), epochs=5, callbacks=[score], verbose=0)
    for name in ("val_fd", "val_kd_sd"):
        are_there = np.isfinite(history.history[name]).tolist()
        assert are_there == [False, True, False, True, False]
    assert len(history.history["generator_loss"]) == 5


def test_the_last_score_is_that_of_the_trained_model():
    gan = toys.untraced("GAN")
    (x,) = held_out("GAN")
    score = callbacks.Score(scorer(), x)
    history = gan.fit(toys.pictures(), epochs=2, callbacks=[score], verbose=0)
    assert history.history["val_fd"][-1] == scorer().score(gan, x)["fd"]


def test_other_callbacks_read_the_scores(tmp_path):
    gan = toys.untraced("GAN")
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", monitor="val_fd", mode="min", save_best_only=True
    )
    score = callbacks.Score(scorer(), *held_out("GAN"))
    history = gan.fit(toys.pictures(), epochs=3, callbacks=[score, best], verbose=0)
    assert best.best == min(history.history["val_fd"])


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="TensorBoard's files need TensorFlow",
)
def test_tensorboard_shows_the_scores(tmp_path):
    import tensorflow as tf

    pytest.importorskip("tensorboard")
    gan = toys.untraced("GAN")
    gan.fit(
        toys.pictures(),
        epochs=2,
        verbose=0,
        callbacks=[
            callbacks.Score(scorer(), *held_out("GAN")),
            keras.callbacks.TensorBoard(tmp_path),
        ],
    )
    events = [
        value.tag
        for file in tmp_path.rglob("events*")
        for event in tf.compat.v1.train.summary_iterator(str(file))
        for value in event.summary.value
    ]
    # Keras takes the prefix of held-out values off, and writes them apart.
    assert events.count("epoch_fd") == 2


def test_scoring_leaves_the_training_as_it_was():
    plain, scored = toys.untraced("GAN"), toys.untraced("GAN")
    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    plain.fit(toys.pictures(), **options)
    score = callbacks.Score(scorer(), *held_out("GAN"))
    scored.fit(toys.pictures(), callbacks=[score], **options)
    assert toys.same(toys.copy_of(plain.weights), toys.copy_of(scored.weights))


def test_what_cannot_be_scored_is_refused_before_training():
    gan = toys.compiled("GAN")
    score = callbacks.Score(scorer(), toys.pictures(1))
    steps = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: steps.append(batch)
    )
    with pytest.raises(ValueError, match="at least 2 images"):
        gan.fit(toys.pictures(), callbacks=[watch, score], verbose=0)
    assert not steps


@pytest.mark.parametrize(
    "x, message",
    [
        (toys.pictures() * 1.0, "-1, 1"),
        (toys.pictures()[:, :3], "shape"),
        ((toys.pictures() for _ in range(2)), "no generator"),
    ],
)
def test_held_out_pictures_are_looked_at_as_those_of_fit(x, message):
    with pytest.raises(ValueError, match=message):
        scorer().prepare(toys.compiled("GAN"), x)


def test_a_count_of_no_sources_is_refused_before_training():
    with pytest.raises(ValueError, match="count=25, 24 sources"):
        scorer(count=25).prepare(toys.compiled("Pix2Pix"), *held_out("Pix2Pix"))
    with pytest.raises(ValueError, match="name them as `train`"):
        scorer(scores=["memorisation"]).prepare(toys.compiled("GAN"), *held_out("GAN"))


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="a dataset of TensorFlow"
)
def test_a_dataset_must_end():
    import tensorflow as tf

    gan, (x,) = toys.compiled("GAN"), held_out("GAN")
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(7)
    assert scorer().score(gan, dataset) == scorer().score(gan, x)
    with pytest.raises(ValueError, match=r"without `repeat\(\)`"):
        gan.evaluate(dataset.repeat(), scorer=scorer(), verbose=0)
    with pytest.raises(ValueError, match="Received: scorer and steps=2"):
        gan.evaluate(dataset, scorer=scorer(), steps=2, verbose=0)


def test_a_stretch_of_no_epochs_is_refused():
    with pytest.raises(ValueError, match="Received: every=0"):
        callbacks.Score(scorer(), toys.pictures(), every=0)
