"""SemiSupervisedGAN: classes, sources and features, against closed forms."""

import math

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.inputs.epochs import Epochs

K = toys.NUM_CLASSES
X = toys.pictures(10).astype("float32") / 127.5 - 1
Y = toys.some_labels(10)


def batch_of(x, y):
    """What the losses see of one batch in which some have a label."""
    x, y = ops.convert_to_tensor(x), ops.convert_to_tensor(y)
    return x, (x, y)


def game(**options):
    keras.utils.set_random_seed(1)
    players = {**toys.networks("SemiSupervisedGAN"), "seed": 0}
    return ganzoo.SemiSupervisedGAN(**{**players, **options})


def linear_heads(pixels, kernel, bias=None):
    """Classes k · x + b of images of some pixels, and the pixels as features."""
    kernel = np.float32(kernel)
    x = layers.Input((1, 1, pixels))
    flat = layers.Flatten()(x)
    dense = layers.Dense(kernel.shape[1], name="classes")
    model = keras.Model(x, {"classes": dense(flat), "features": flat})
    dense.set_weights([kernel, np.zeros(kernel.shape[1]) if bias is None else bias])
    return model


def pixel_game(sample, kernel, bias=None):
    """A game whose generator draws one sample only, `(1, 1, pixels)`."""
    sample = np.float32(sample).reshape(1, 1, -1)
    return ganzoo.SemiSupervisedGAN(
        num_classes=np.shape(kernel)[1],
        generator=toys.constant_generator(sample),
        discriminator=linear_heads(sample.size, kernel, bias),
        seed=0,
    )


def images(*pixels):
    return np.float32(pixels).reshape(len(pixels), 1, 1, -1)


# === Losses ===


def test_ten_classes_that_are_all_alike():
    """D(x) = Z / (Z + 1) of ten logits of 0, and the sum of two losses."""
    gan = pixel_game([0.0], np.zeros((1, 10)))
    x, y = images(0.5, -0.5), np.int32([3, -1])
    logit = toys.value(gan.D(ops.convert_to_tensor(x))[0, 0])
    assert toys.sigmoid(logit) == pytest.approx(10 / 11)
    with_label = toys.value(gan.discriminator_loss(batch_of(x, y)))
    without = toys.value(gan.discriminator_loss(batch_of(x, 0 * y - 1)))
    assert without == pytest.approx(1.2466026, rel=1e-6)
    assert with_label - without == pytest.approx(math.log(10), rel=1e-5)


def test_the_discriminators_loss_is_that_of_classes_and_sources():
    kernel = [[2.0, -1.0, 0.5]]
    gan = pixel_game([0.25], kernel)
    x, y = images(0.5, -1.0, 0.0, 1.0), np.int32([0, -1, 2, -1])
    logits = x.reshape(-1, 1) * kernel
    log_z = np.log(np.exp(logits).sum(1))
    log_z_fake = np.log(np.exp(0.25 * np.array(kernel)).sum())
    supervised = (log_z[0] - logits[0, 0] + log_z[2] - logits[2, 2]) / 2
    sources = toys.softplus(-log_z).mean() + toys.softplus(log_z_fake)
    loss = toys.value(gan.discriminator_loss(batch_of(x, y)))
    assert loss == pytest.approx(supervised + sources / 2, rel=1e-5)


def test_a_constant_in_all_logits_changes_the_source_and_not_the_class():
    x, y = images(0.5), np.int32([1])
    kernel, found = [[1.0, -1.0, 0.5]], []
    for constant in (0.0, 3.0):
        gan = pixel_game([0.0], kernel, np.full(3, constant))
        of_classes = toys.value(gan.supervised_loss(*batch_of(x, y)[1]))
        found.append((of_classes, toys.value(gan.D(ops.convert_to_tensor(x))[0, 0])))
    (of_classes, logit), (same, higher) = found
    assert same == pytest.approx(of_classes, rel=1e-5)
    assert higher == pytest.approx(logit + 3, rel=1e-5)


def test_huge_logits_overflow_nowhere():
    gan = pixel_game([1.0], [[300.0, -300.0]])
    batch = batch_of(images(1.0, -1.0), np.int32([1, -1]))
    # The label's logit is 600 below, and the sample's is 300 above that of samples.
    wanted = 600 + 300 / 2
    assert toys.value(gan.discriminator_loss(batch)) == pytest.approx(wanted, rel=1e-5)
    gradients = toys.gradient_of(gan, "discriminator", batch)
    assert all(np.isfinite(g).all() for g in gradients)


def test_a_batch_without_labels_has_no_loss_of_them():
    gan = game(discriminator=toys.discriminator("SemiSupervisedGAN"))
    batch = batch_of(X, 0 * Y - 1)
    assert toys.value(gan.supervised_loss(*batch[1])) == 0
    gradients = toys.gradient_of(gan, "discriminator", batch)
    assert all(np.isfinite(g).all() for g in gradients)
    assert any(g.any() for g in gradients)


def test_labels_count_alike_however_few_of_a_batch_they_are():
    gan = pixel_game([0.0], [[1.0, -1.0]])
    x, y = images(0.5, 0.2, -0.3, 0.9), np.int32([1, -1, -1, -1])
    alone = toys.value(gan.supervised_loss(x[:1], y[:1]))
    assert toys.value(gan.supervised_loss(x, y)) == pytest.approx(alone, rel=1e-6)


def test_features_are_matched_in_their_means():
    gan = pixel_game([0.0, 0.0], np.zeros((2, 3)))
    # The mean of these is (1, 2).
    batch = batch_of(images((0.5, 2.5), (1.5, 1.5)), np.int32([-1, 0]))
    assert toys.value(gan.generator_loss(batch)) == pytest.approx(5)
    gradients = toys.gradient_of(gan, "generator", batch)
    (bias,) = [g for g in gradients if g.size == 2]
    np.testing.assert_allclose(bias.ravel(), [-2.0, -4.0], rtol=1e-5)


def test_matched_features_are_the_generators_business_alone():
    gan = game()
    before = toys.copy_of(gan.discriminator_variables)
    toys.gradient_of(gan, "generator", batch_of(X, Y))
    assert toys.same(before, toys.copy_of(gan.discriminator_variables))
    # The discriminator's loss is of the logits alone: nothing else moves its weights.
    same = pixel_game([0.5, 0.0], np.zeros((2, 3)))
    batch = batch_of(images((1.0, 2.0)), np.int32([-1]))
    kernel, bias = toys.gradient_of(same, "discriminator", batch)
    # σ'(log 3), of data at (1, 2) and of samples at (½, 0), shared by three classes.
    real, fake = -0.25 / 2, 0.75 / 2
    of_class = np.float32([real + fake / 2, 2 * real]) / 3
    np.testing.assert_allclose(kernel, of_class[:, None].repeat(3, 1), rtol=1e-4)
    np.testing.assert_allclose(bias, np.full(3, (real + fake) / 3), rtol=1e-4)


def test_latents_are_uniform():
    z = ops.convert_to_numpy(game().prior((1000, 3), 0))
    assert 0 <= z.min() < 0.01 and 0.99 < z.max() <= 1


# === What it learns from ===


def test_classes_are_learnt_from_a_few_labels_and_reported():
    """Images whose brightness is their class; one in ten has a label."""
    gan = game(discriminator=toys.discriminator("SemiSupervisedGAN"))
    gan.compile(*(keras.optimizers.Adam(0.02, beta_1=0.5) for _ in range(2)))
    of_all = toys.labels(100)
    x = np.broadcast_to((50 * of_all)[:, None, None, None], (100, *toys.IMAGE_SHAPE))
    x = x.astype("uint8")
    y = np.where(np.arange(100) < 10, of_all, -1)
    held_out = x[10:60], of_all[10:60]
    history = gan.fit(
        x, y, batch_size=25, epochs=60, validation_data=held_out, verbose=0
    ).history
    assert history["error"][-1] < 0.1
    assert history["val_error"][-1] < 0.1
    told = gan.classify(held_out[0]).argmax(1)
    of_evaluate = gan.evaluate(*held_out, verbose=0, return_dict=True)["error"]
    assert of_evaluate == pytest.approx((told != held_out[1]).mean(), abs=1e-6)


def test_the_error_is_that_of_all_labelled_examples():
    """Whichever batches they are in, of which the last has none."""
    gan = toys.untraced("SemiSupervisedGAN")
    x, y = toys.pictures(12), np.int32([0, 1, 2, 3, -1, 4, *[-1] * 6])
    told = gan.classify(x).argmax(1)
    wanted = (told != y)[y >= 0].mean()
    found = gan.evaluate(x, y, batch_size=5, verbose=0, return_dict=True)["error"]
    assert found == pytest.approx(wanted, abs=1e-6)


def test_each_batch_has_as_many_labelled_images_as_others(monkeypatch):
    seen = []
    take = Epochs.part

    def watch(self, *part):
        seen.append(take(self, *part))
        return seen[-1]

    monkeypatch.setattr(Epochs, "part", watch)
    gan = toys.untraced("SemiSupervisedGAN")
    x, y = toys.pictures(24), np.int32([4, 2, 0, *[-1] * 21])
    gan.fit(x, y, batch_size=6, epochs=2, verbose=0)
    sums = x.sum(axis=(1, 2, 3))
    of_label = dict(zip(y[:3], sums[:3]))
    for all_images, (labelled, labels) in seen[-4:]:
        assert len(all_images) == len(labelled) == 6
        assert sorted(labels) == [0, 0, 2, 2, 4, 4]
        own = [of_label[label] for label in labels]
        np.testing.assert_array_equal(labelled.sum(axis=(1, 2, 3)), own)
    # All images are without their labels, also those that have one.
    everything = np.concatenate([images.sum(axis=(1, 2, 3)) for images, _ in seen[-4:]])
    assert sorted(everything) == sorted(sums)


class Batches(keras.utils.PyDataset):
    """One batch, again and again."""

    def __init__(self, batch):
        super().__init__()
        self.batch = batch

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.batch


def test_batches_have_labels_where_they_are_or_apart():
    gan = toys.untraced("SemiSupervisedGAN")
    x, y = toys.data("SemiSupervisedGAN", 12)
    for batch in (x, y), (x, (x[:3], y[:3])):
        history = gan.fit(Batches(batch), verbose=0).history
        assert np.isfinite(history["error"][0])
        assert gan.evaluate(Batches(batch), verbose=0, return_dict=True)["error"] <= 1
    for labelled, message in (
        ((x[:3], y[:3] - 7), "must be from 0 to 4, or -1"),
        ((x[:3, :2], y[:3]), "must have the shape"),
        ((x[:3],), "Pass `x` and `y` as arrays"),
    ):
        with pytest.raises(ValueError, match=message):
            gan.fit(Batches((x, labelled)), verbose=0)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of tf.data")
def test_labelled_images_are_zipped_to_all_of_them():
    gan = toys.untraced("SemiSupervisedGAN")
    x, y = toys.data("SemiSupervisedGAN", 12)
    of_all, labelled = toys.dataset(x).batch(6), toys.dataset((x[:4], y[:4]))
    both = type(of_all).zip((of_all, labelled.repeat().batch(3)))
    history = gan.fit(both, shuffle=False, verbose=0).history
    assert np.isfinite(history["error"][0])


def test_probabilities_of_classes_are_those_of_data_alone():
    gan = game()
    classes = gan.discriminator.predict(X, verbose=0)["classes"]
    e = np.exp(classes - classes.max(1, keepdims=True))
    found = gan.classify(toys.pictures(10))
    np.testing.assert_allclose(found, e / e.sum(1, keepdims=True), rtol=1e-4, atol=1e-6)


# === What is refused ===


@pytest.mark.parametrize(
    "labels, message",
    [
        (np.full(10, -1), "must have labels for some of the images.* -1 only"),
        (np.where(np.arange(10) < 4, 2, -1), "two classes or more.* class 2 only"),
        (Y - 1, "must be from 0 to 4, or -1 where there is none"),
        (Y + 1, "must be from 0 to 4, or -1 where there is none"),
    ],
)
def test_labels_that_cannot_be_meant_are_refused(labels, message):
    gan = toys.untraced("SemiSupervisedGAN")
    with pytest.raises(ValueError, match=message):
        gan.fit(X, labels, verbose=0)


def test_an_error_of_no_labels_is_refused():
    gan = toys.untraced("SemiSupervisedGAN")
    with pytest.raises(ValueError, match="labels for some of the images"):
        gan.evaluate(X, 0 * Y - 1, verbose=0)
    with pytest.raises(ValueError, match="In `validation_data`: `y` must have labels"):
        gan.fit(X, Y, validation_data=(X, 0 * Y - 1), verbose=0)
    # Those of one class are enough to check.
    gan.evaluate(X, 0 * Y + 3, verbose=0)
    # In batches they are known at the end only: 0 would be the best of all errors.
    found = gan.test_on_batch(X, 0 * Y - 1, return_dict=True)
    assert np.isnan(found.pop("error")) and np.isfinite([*found.values()]).all()


@pytest.mark.parametrize(
    "heads, message",
    [
        ({"classes": (K, None)}, "must return a dict of 'classes' and 'features'"),
        (
            {"classes": (K, None), "features": (2, None), "logit": (1, None)},
            "must return a dict of 'classes' and 'features'",
        ),
        (
            {"classes": (K + 1, None), "features": (2, None)},
            "logits of the 5 classes of data alone.* with 6 classes",
        ),
        ({"classes": (K, "softmax"), "features": (2, None)}, "must return logits"),
        ({"classes": (K - 1, None), "features": (2, None)}, "must have the shape"),
    ],
)
def test_discriminators_with_other_outputs_are_refused(heads, message):
    x = layers.Input(toys.IMAGE_SHAPE)
    flat = layers.Flatten()(x)
    outputs = {n: layers.Dense(size, act)(flat) for n, (size, act) in heads.items()}
    with pytest.raises(ValueError, match=message):
        game(discriminator=keras.Model(x, outputs))


def test_the_number_of_classes_has_to_be_said():
    with pytest.raises(ValueError, match="`num_classes` must be an int"):
        ganzoo.SemiSupervisedGAN(image_shape=(28, 28, 1))


@pytest.mark.parametrize("variant", ["SemiSupervisedGAN", "VAEGAN", "ACGAN"])
def test_packs_are_refused_by_any_discriminator_of_several_outputs(variant):
    with pytest.raises(ValueError, match="`packing` is for a discriminator of images"):
        toys.build(variant, packing=2)


def test_packs_are_refused():
    with pytest.raises(ValueError, match="`packing` is for a discriminator of images"):
        wide = toys.network(
            [(4, 4, 2)], None, heads=toys.TOYS["SemiSupervisedGAN"]["heads"]
        )
        game(discriminator=wide, packing=2)


# === The paper's networks ===


def test_default_networks_are_saved_with_their_noise(tmp_path):
    gan = ganzoo.SemiSupervisedGAN((28, 28, 1), 3, class_names=["a", "b", "c"])
    sizes = [v.shape[-1] for v in gan.discriminator.weights if v.name == "v"]
    assert sizes == [1000, 500, 250, 250, 250, 3]
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.class_names == ("a", "b", "c")
    x = toys.pictures(2)[:, :1, :1].repeat(28, 1).repeat(28, 2)
    a, b = (g.D(ops.convert_to_tensor(x / 127.5 - 1)) for g in (gan, again))
    np.testing.assert_array_equal(*map(ops.convert_to_numpy, (a, b)))
