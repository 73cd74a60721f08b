"""Differentiable augmentation: each change by hand, and where the game makes it."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

import ganzoo
from ganzoo.game.view import augmentation

COUNT = 400
X = np.random.default_rng(0).uniform(-1, 1, (COUNT, 8, 12, 3)).astype("float32")
ALL = ["color", "translation", "cutout"]


def changed(change, x=X):
    seed = keras.random.SeedGenerator(3)
    return ops.convert_to_numpy(change(ops.convert_to_tensor(x), seed))


def share_between(draws, low, high):
    """Draws are spread evenly over an interval."""
    assert low <= draws.min() and draws.max() <= high
    width = high - low
    assert draws.mean() == pytest.approx((low + high) / 2, abs=0.05 * width)
    assert draws.std() == pytest.approx(width / 12**0.5, rel=0.08)


def test_brightness_augmentation_adds_one_draw_to_a_picture():
    added = changed(augmentation.brightness) - X
    draws = added[:, :1, :1, :1]
    np.testing.assert_allclose(added - draws, 0, atol=1e-6)
    share_between(draws, -0.5, 0.5)


def test_saturation_augmentation_scales_what_is_not_grey():
    grey = X.mean(-1, keepdims=True)
    found = changed(augmentation.saturation)
    np.testing.assert_allclose(found.mean(-1, keepdims=True), grey, atol=1e-5)
    draws = ((found - grey) * (X - grey)).sum((1, 2, 3)) / ((X - grey) ** 2).sum(
        (1, 2, 3)
    )
    wanted = grey + (X - grey) * draws[:, None, None, None]
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    share_between(draws, 0, 2)


def test_contrast_augmentation_scales_what_is_not_mean():
    mean = X.mean((1, 2, 3), keepdims=True)
    found = changed(augmentation.contrast)
    draws = ((found - mean) / (X - mean))[:, 0, 0, 0]
    wanted = mean + (X - mean) * draws[:, None, None, None]
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    share_between(draws, 0.5, 1.5)


def test_translation_augmentation_shifts_in_front_of_zeros():
    # An eighth of 8 lines, and an eighth of 12 columns, which is rounded up.
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-2, -1, 0, 1, 2)]
    wanted = {}
    for down, right in shifts:
        shifted = np.zeros_like(X)
        to = slice(max(down, 0), 8 + min(down, 0))
        along = slice(max(right, 0), 12 + min(right, 0))
        source = slice(max(-down, 0), 8 + min(-down, 0))
        from_ = slice(max(-right, 0), 12 + min(-right, 0))
        shifted[:, to, along] = X[:, source, from_]
        wanted[down, right] = shifted
    found = changed(augmentation.translation)
    seen = [
        [shift for shift in shifts if np.array_equal(picture, wanted[shift][i])]
        for i, picture in enumerate(found)
    ]
    assert all(len(which) == 1 for which in seen)
    counts = [seen.count([shift]) for shift in shifts]
    assert sum(counts) == COUNT and min(counts) > COUNT / 15 / 3


def test_cutout_augmentation_zeroes_a_square_about_any_place():
    zero = (changed(augmentation.cutout) == 0).all(-1)
    rows, columns = zero.any(2), zero.any(1)
    np.testing.assert_array_equal(zero, rows[:, :, None] & columns[:, None, :])
    for lines, hole in ((rows, 4), (columns, 6)):
        side = lines.shape[1]
        sizes = lines.sum(1)
        # Half the side, or what is left of it at an edge.
        assert sizes.max() == hole and sizes.min() == hole // 2
        assert all(np.ptp(np.flatnonzero(line)) == line.sum() - 1 for line in lines)
        # Of side + 1 places, those that leave the hole whole.
        whole = (side + 1 - hole) / (side + 1)
        assert (sizes == hole).mean() == pytest.approx(whole, abs=0.1)


@pytest.mark.parametrize("name", ALL)
def test_every_augmentation_lets_gradients_through(name):
    game = toys.build("GAN")
    x, others = ops.convert_to_tensor(X[:5]), ops.convert_to_tensor(X[5:10])

    def total(x):
        seed = keras.random.SeedGenerator(3)
        return ops.sum(augmentation.augment(x, [name], seed) * others, axis=(1, 2, 3))

    gradient = ops.convert_to_numpy(game.input_gradient(total, x))
    direction = np.random.default_rng(1).normal(size=gradient.shape).astype("float32")
    half = ops.convert_to_tensor(direction) / 2
    # It is linear but for what is added, so differences are derivatives.
    wanted = ops.convert_to_numpy(total(x + half) - total(x - half))
    np.testing.assert_allclose(
        (gradient * direction).sum((1, 2, 3)), wanted, rtol=1e-3, atol=1e-3
    )


# How often a discriminator is run in a step, where that is not 4: no penalty, one on
# other points, labelled data, or data in the generator's loss; there both are seen in
# each step ahead.
JUDGED = {
    **{"BEGAN": 3, "EBGAN": 3, "SemiSupervisedGAN": 6, "UnrolledGAN": 14},
    # Whose R1 is lazy.
    **{"ConditionalStyleGAN2": 3, "StyleGAN2": 3, "StyleGAN3": 3},
    **{"ALI": 5, "BiGAN": 5, "BigBiGAN": 5, "DRAGAN": 5, "FAnoGAN": 5, "IcGAN": 5},
    **{"GANCLS": 6, "WGANGP": 5},
}


# Those that have none, and whose features are of images as they are.
OTHERS = ("LAPGAN", "Pix2Pix", "PredictiveGAN", "VAEGAN")


def no_gradient(fn, values):
    """Tensors in the place of derivatives, with which a step traces nothing."""
    outputs = fn(*values)
    total = sum(map(ops.sum, keras.tree.flatten(outputs)))
    return [0 * value + total for value in values], outputs


@pytest.mark.parametrize("variant", [v for v in toys.VARIANTS if v not in OTHERS])
def test_augmentation_is_of_all_that_the_discriminator_sees(variant, monkeypatch):
    # Steps ahead have no penalty, and neither have energies.
    without = variant == "UnrolledGAN" or "r1_weight" in getattr(ganzoo, variant).lacks
    r1_weight = None if without else 1.0
    options = {"augmentation": ALL, "r1_weight": r1_weight, **undisturbed(variant)}
    gan = toys.build(variant, **options)
    monkeypatch.setattr(augmentation, "augment", lambda x, names, seed: 0 * x + 7)
    monkeypatch.setattr(gan, "gradient_and_outputs", no_gradient)
    seen, play = [], gan.play
    monkeypatch.setattr(
        gan, "play", lambda *pair, **of: seen.append(pair) or play(*pair, **of)
    )
    batch = gan.to_batch(tuple(map(ops.convert_to_tensor, toys.data(variant))))
    gan.penalized_loss(batch)
    gan.generator_loss(batch)
    for network, inputs in seen:
        pictures = inputs[0] if isinstance(inputs, list) else inputs
        pictures = ops.convert_to_numpy(ops.stop_gradient(pictures))
        judges = any(network is judge for judge in gan.judges.values())
        assert (pictures == 7).all() == judges
    # Data, samples and the penalty; then samples again, and data where E is trained.
    judged = [network for network, _ in seen if network is gan.discriminator]
    assert len(judged) == JUDGED.get(variant, 4)


def undisturbed(variant):
    """A discriminator without batch normalisation, which R1 refuses."""
    return {"discriminator": toys.discriminator(variant)}


def test_augmentation_is_of_training_alone_and_saved_with_the_model(tmp_path):
    gan = toys.untraced("DCGAN", augmentation=ALL)
    x = toys.pictures()
    gan.fit(x, verbose=0)
    assert gan.evaluate(x, verbose=0) != gan.evaluate(x[::-1], verbose=0)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.augmentation == tuple(ALL)
    options = {"batch_size": 12, "epochs": 2, "verbose": 0}
    assert gan.fit(x, **options).history == again.fit(x, **options).history


@pytest.mark.parametrize("names", ["color", ["colour"], [3]])
def test_unknown_augmentation_is_refused(names):
    with pytest.raises(ValueError, match="`augmentation` must be a list of some of"):
        toys.build("GAN", augmentation=names)


@pytest.mark.parametrize("option", [{"augmentation": ["cutout"]}, {"r1_weight": 1.0}])
def test_pairs_have_no_augmentation_and_no_r1(option):
    with pytest.raises(ValueError, match="Pix2Pix has no .* Received: "):
        toys.build("Pix2Pix", **option)
