"""Latents of given images, against closed forms."""

import dataclasses

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.game.inversion import search
from ganzoo.game.inversion.distances import Squared

QUIET = {"verbose": 0}


def linear(slope, offset, variant=ganzoo.GAN, size=1, **kwargs):
    """A game whose G(z) = slope · z + offset is `size` pixels, and D(x) = Σ x."""
    z = layers.Input((size,))
    dense = layers.Dense(size)
    generator = keras.Model(z, layers.Reshape((size, 1, 1))(dense(z)))
    dense.set_weights(
        [slope * np.eye(size, dtype="float32"), np.full(size, offset, "float32")]
    )
    judge = toys.linear_discriminator(np.ones((size, 1, 1), "float32"))
    return variant(generator=generator, discriminator=judge, seed=0, **kwargs)


def pixel(value, size=1):
    return np.full((1, size, 1, 1), value, "float32")


def test_a_linear_generator_has_the_latents_of_the_closed_form():
    """(a² + λ)⁻¹ a (x − b): of a = 2, b = ½, x = 3 and λ = 0.1, all by a quarter."""
    gan = linear(0.5, 0.125)
    options = {"steps": 300, "learning_rate": 0.1, "starts": 2, **QUIET}
    x = pixel(0.75)
    # A dark one beside it, as images of which none is below 0 are refused.
    x = np.concatenate([x, -x])
    z, errors = gan.project(x, prior_weight=0.1 / 16, return_errors=True, **options)
    np.testing.assert_allclose(z[0], [1.219512], atol=1e-4)
    np.testing.assert_allclose(errors[0], (0.75 - 0.125 - 0.5 * 1.219512) ** 2, 1e-2)
    z, errors = gan.project(x, prior_weight=0.0, return_errors=True, **options)
    np.testing.assert_allclose(z[0], [1.25], atol=1e-4)
    np.testing.assert_allclose(errors[0], 0.0, atol=1e-8)


def test_the_scale_of_the_loss_changes_nothing():
    """Adam's path; a tenth of the features of D(x) = x is as another tenth of x."""
    gan, x = linear(0.5, 0.125), np.concatenate([pixel(0.5), pixel(-0.5)])
    options = {"steps": 20, "prior_weight": 0.0, **QUIET}
    plain = gan.project(x, **options)
    scaled = gan.project(x, feature_weight=3.0, **options)
    np.testing.assert_allclose(plain, scaled, atol=1e-5)


def test_a_step_is_that_of_adam():
    gan, x = linear(0.5, 0.0), np.concatenate([pixel(0.75), pixel(-0.75)])
    start = np.zeros((2, 1), "float32")
    z = gan.project(x, start=start, steps=1, learning_rate=0.1, **QUIET)
    np.testing.assert_allclose(z, [[0.1], [-0.1]], rtol=1e-5)
    # Of the second step: slopes 2 · ½ · (z / 2 − x) and 0.02 z of the prior.
    z = gan.project(x, start=start, steps=2, learning_rate=0.1, **QUIET)
    slopes = [-0.75, 0.5 * 0.1 - 0.75 + 0.02 * 0.1]
    m = (0.1 * 0.9 * slopes[0] + 0.1 * slopes[1]) / (1 - 0.9**2)
    v = (0.001 * 0.999 * slopes[0] ** 2 + 0.001 * slopes[1] ** 2) / (1 - 0.999**2)
    np.testing.assert_allclose(z[0], [0.1 - 0.1 * m / np.sqrt(v)], rtol=1e-4)


def test_no_step_returns_the_start_and_the_best_of_several():
    gan, x = toys.build("DCGAN"), toys.pictures(5)
    start = np.random.default_rng(0).uniform(-1, 1, (5, 3)).astype("float32")
    start[0] = 1.0
    z, errors = gan.project(x, start=start, steps=0, return_errors=True, **QUIET)
    np.testing.assert_array_equal(z, start)
    wanted = (x / 127.5 - 1 - gan.decode(z, as_float=True)) ** 2
    np.testing.assert_allclose(errors, wanted.mean(axis=(1, 2, 3)), rtol=1e-4)
    found, best = gan.project(x, starts=6, steps=0, return_errors=True, **QUIET)
    starts = search.draw_starts(gan, 6, 0)
    each = [
        gan.project(x, start=np.tile(s, (5, 1)), steps=0, return_errors=True, **QUIET)[
            1
        ]
        for s in starts
    ]
    np.testing.assert_allclose(best, np.min(each, axis=0), rtol=1e-5)
    np.testing.assert_array_equal(found, starts[np.argmin(each, axis=0)])


def test_starts_are_none_of_the_latents_that_are_drawn():
    gan = toys.build("GAN")
    starts = search.draw_starts(gan, 8, seed=3)
    drawn = gan.latents(2000, seed=3)
    assert np.abs(starts[:, None] - drawn).max(axis=-1).min() > 1e-3
    np.testing.assert_array_equal(starts[:2], search.draw_starts(gan, 2, seed=3))
    assert not np.array_equal(starts, search.draw_starts(gan, 8, seed=4))


@pytest.mark.parametrize("variant", ["DCGAN", "SemiSupervisedGAN"])
def test_latents_stay_in_the_range_of_the_prior(variant):
    gan = toys.build(variant)
    z = gan.project(toys.pictures(4), steps=60, learning_rate=0.5, **QUIET)
    low, high = gan.latent_range
    assert low <= z.min() and z.max() <= high
    assert np.ptp(z) > (high - low) / 2


@pytest.mark.parametrize("feature_weight", [0.0, 1.0])
def test_neither_neighbours_nor_their_number_change_what_is_found(
    feature_weight, monkeypatch
):
    gan, x = toys.build("GAN"), toys.pictures(5)
    options = {"steps": 25, "starts": 2, "feature_weight": feature_weight, **QUIET}
    whole = gan.project(x, **options)
    order = np.array([3, 0, 4, 1, 2])
    np.testing.assert_allclose(
        gan.project(x[order], **options), whole[order], atol=1e-5
    )
    np.testing.assert_allclose(gan.project(x[2:3], **options), whole[2:3], atol=1e-5)
    # Chunks of two images, the last of which is filled up.
    monkeypatch.setattr(search, "CHUNK", 4)
    np.testing.assert_allclose(gan.project(x, **options), whole, atol=1e-5)


def test_a_search_begins_at_what_the_encoder_tells():
    gan, x = toys.build("ALI"), toys.pictures(3)
    np.testing.assert_array_equal(
        gan.project(x, start="encoder", steps=0, **QUIET), gan.encode(x)
    )
    # Its own way back stays what `reconstruct` is.
    np.testing.assert_array_equal(gan.reconstruct(x), gan.decode(gan.encode(x)))


def test_own_samples_are_found_again():
    gan = toys.build("GAN")
    x = gan.generate(3, seed=0)
    options = {"steps": 300, "learning_rate": 0.1, "prior_weight": 0.0, **QUIET}
    nearer = gan.reconstruct(x, starts=4, **options).astype(float) - x
    assert np.sqrt((nearer**2).mean()) < 3


def test_masks_tell_which_pixels_count():
    gan, x = linear(0.5, 0.0, size=4), np.linspace(-0.9, 0.8, 4).reshape(1, 4, 1, 1)
    options = {"steps": 200, "learning_rate": 0.1, "prior_weight": 0.0, "starts": 1}
    options |= QUIET
    plain = gan.project(x, **options)
    ones = gan.project(x, mask=np.ones((4, 1)), **options)
    np.testing.assert_array_equal(ones, plain)
    mask = np.array([[1], [0], [1], [0]])
    z = gan.project(x, mask=mask, **options)[0]
    np.testing.assert_allclose(0.5 * z[::2], x[0, ::2, 0, 0], atol=1e-3)
    start = search.draw_starts(gan, 1, 0)[0]
    np.testing.assert_allclose(z[1::2], start[1::2], atol=1e-6)


def test_pixels_count_as_much_as_the_mask_says():
    """Σ m (x − G(z))² / Σ m, and for an empty mask 0."""
    rng = np.random.default_rng(0)
    x, x_hat = rng.uniform(-1, 1, (2, 3, 4, 4, 1)).astype("float32")
    mask = rng.uniform(size=(3, 4, 4, 1)).astype("float32")
    mask[1] *= 1e-9
    mask[2] = 0
    rows = {"images": x, "mask": mask}
    found = ops.convert_to_numpy(Squared()(None, None, x_hat, rows))
    wanted = [(m * (a - b) ** 2).sum() / m.sum() for m, a, b in zip(mask[:2], x, x_hat)]
    np.testing.assert_allclose(found, [*wanted, 0], rtol=1e-5)


@pytest.mark.parametrize("seed", [0, None])
def test_noise_that_is_drawn_is_the_same_in_search_and_result(seed):
    gan = toys.build("StyleGAN2")
    x, z = toys.pictures(2), gan.latents(2, seed=5)
    options = {"noise": "random", "steps": 0, "seed": seed, **QUIET}
    start = {"start": z, **options}
    _, errors = gan.project(x, return_errors=True, **{**start, "seed": 0})
    again = gan.project(x, return_errors=True, **{**start, "seed": 0})[1]
    np.testing.assert_array_equal(errors, again)
    drawn = gan.reconstruct(x, **start)
    if seed is not None:
        found = gan.find_conditions(2, noise="random", seed=seed)
        np.testing.assert_array_equal(drawn, gan.decode(z, found))
    scores, z = gan.anomaly_score(
        x, feature_weight=0.0, return_latents=True, **{**options, "seed": 3}
    )
    strange = gan.anomaly_map(x, feature_weight=0.0, **{**options, "seed": 3})
    np.testing.assert_allclose(strange.sum(axis=(1, 2, 3)), scores, rtol=1e-4)


def test_labels_are_of_the_images():
    gan, x = toys.build("CGAN"), toys.pictures(4)
    labels = np.array([0, 1, 2, 3])
    z = gan.project(x, labels=labels, steps=10, feature_weight=0.5, **QUIET)
    order = np.array([2, 3, 1, 0])
    again = gan.project(
        x[order], labels=labels[order], steps=10, feature_weight=0.5, **QUIET
    )
    np.testing.assert_allclose(again, z[order], atol=1e-5)
    images = gan.reconstruct(x, labels=labels, steps=10, **QUIET)
    z = gan.project(x, labels=labels, steps=10, **QUIET)
    np.testing.assert_array_equal(images, gan.decode(z, [labels]))


def test_averaged_weights_are_searched_and_new_weights_are_seen():
    gan, x = toys.build("GAN"), toys.pictures(2)
    gan.compile(
        keras.optimizers.Adam(1e-2),
        keras.optimizers.Adam(1e-2),
        averages=ganzoo.AveragedWeights(decay=0.9),
    )
    options = {"steps": 5, "return_errors": True, **QUIET}
    before, _ = gan.project(x, **options)
    gan.fit(toys.pictures(), verbose=0)
    z, errors = gan.project(x, **options)
    assert not np.array_equal(z, before)
    wanted = (x / 127.5 - 1 - gan.decode(z, as_float=True)) ** 2
    np.testing.assert_allclose(errors, wanted.mean(axis=(1, 2, 3)), rtol=1e-4)


def test_strokes_move_latents_and_an_empty_mask_none():
    gan = linear(0.5, 0.0, size=2)
    z = np.float32([[1.0, -1.0], [0.5, 0.5]])
    strokes = np.float32([0.9, -0.9]).reshape(1, 2, 1, 1)
    options = {"steps": 150, "learning_rate": 0.05, "starts": 3, **QUIET}
    still = gan.edit_latents(z, strokes, np.zeros((2, 1)), **options)
    np.testing.assert_array_equal(still, z)
    mask = np.array([[1], [0]])
    moved = gan.edit_latents(z, strokes, mask, prior_weight=0.2, **options)
    # Of (z / 2 − v)² + 0.2 (z − z₀)² / 2, in the first coordinate alone.
    wanted = (0.45 + 0.1 * z[:, 0]) / 0.35
    np.testing.assert_allclose(moved[:, 0], wanted, atol=1e-3)
    np.testing.assert_allclose(moved[:, 1], z[:, 1], atol=1e-3)


def test_a_saved_model_is_the_same_after_a_search(tmp_path):
    gan, x = toys.compiled("GAN"), toys.pictures(2)
    state = toys.copy_of(gan.variables)
    gan.save(tmp_path / "before.keras")
    z = gan.project(x, steps=3, feature_weight=0.1, **QUIET)
    assert toys.same(state, toys.copy_of(gan.variables))
    gan.save(tmp_path / "after.keras")
    for name in ("before", "after"):
        loaded = keras.saving.load_model(tmp_path / f"{name}.keras")
        assert toys.same(toys.copy_of(loaded.weights), toys.copy_of(gan.weights))
        again = loaded.project(x, steps=3, feature_weight=0.1, **QUIET)
        np.testing.assert_allclose(again, z, atol=1e-6)


def test_progress_is_of_steps(capsys):
    gan = toys.build("GAN")
    gan.project(toys.pictures(2), steps=3)
    assert "Steps of the search: 3 of 3" in capsys.readouterr().err
    gan.project(toys.pictures(2), steps=3, verbose=0)
    assert not capsys.readouterr().err


NAN = toys.pictures(2).astype("float32") / 127.5 - 1
NAN[1, 0, 0, 0] = np.nan


@pytest.mark.parametrize(
    "variant, given, message",
    [
        ("Pix2Pix", {}, "has no latents to search.*Received: a model of Pix2Pix"),
        ("CoGAN", {}, "a model of one domain.*CoGAN"),
        ("CGAN", {}, "Pass `labels` of the images.*Received: labels=None"),
        ("InfoGAN", {}, "Pass `codes` of the images"),
        ("GAN", {"labels": 3}, "takes no `labels`"),
        ("GAN", {"images": NAN}, "with NaN"),
        ("GAN", {"images": toys.pictures(2)[:0]}, "one image or more"),
        ("GAN", {"images": toys.pictures(2)[:, :2]}, "must have the shape"),
        ("GAN", {"start": "encoder"}, "must be 'random' or latents.*'encoder'"),
        ("GAN", {"start": np.zeros((3, 3))}, r"shape \(2, 3\).*shape \(3, 3\)"),
        ("GAN", {"start": np.full((2, 3), np.nan)}, "`start` must be finite"),
        ("GAN", {"starts": 0}, "`starts` must be an int of at least 1"),
        ("GAN", {"steps": -1}, "`steps` must be an int of at least 0"),
        ("GAN", {"learning_rate": 0.0}, "`learning_rate` must be a positive"),
        ("GAN", {"prior_weight": -1.0}, "`prior_weight` must be a number of at least"),
        ("GAN", {"feature_weight": np.nan}, "`feature_weight` must be a number"),
        ("GAN", {"mask": np.ones((3, 3))}, r"of shape \(4, 4\).*shape \(3, 3\)"),
        ("GAN", {"mask": np.zeros((4, 4))}, "a pixel of each image.*image 0"),
        ("GAN", {"mask": np.full((4, 4), 255)}, "divide one of bytes by 255"),
        ("GAN", {"seed": -1}, "`seed` must be an integer of at least 0"),
        (
            "BigGAN",
            {"labels": 0, "truncation": 0.5},
            "Leave out `truncation`: BigGAN.*truncation=0.5",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(variant, given, message):
    gan = toys.build(variant)
    images = given.get("images", toys.pictures(2))
    options = {name: value for name, value in given.items() if name != "images"}
    with pytest.raises(ValueError, match=f"(?s){message}"):
        gan.project(images, **options)


def test_strokes_that_cannot_be_meant_are_refused():
    gan, z, x = toys.build("GAN"), np.zeros((3, 3)), toys.pictures(2)
    with pytest.raises(ValueError, match="one image for each of the 3 latents"):
        gan.edit_latents(z, x, np.ones((4, 4)))
    with pytest.raises(ValueError, match=r"`z` must be latents of shape \(n, 3\)"):
        gan.edit_latents(z[:, :2], x, np.ones((4, 4)))


def test_a_generator_of_nan_is_told_with_the_image():
    gan, x = linear(np.nan, 0.0), np.concatenate([pixel(0.5), pixel(-0.5)])
    with pytest.raises(ValueError, match="of image 0 ended in NaN"):
        gan.project(x, steps=1, **QUIET)


# === Features of D ===


def test_features_come_into_the_last_layer():
    gan, x = toys.build("WGANGP"), toys.pictures(3)
    inputs = ops.convert_to_tensor(x.astype("float32") / 127.5 - 1)
    features = ops.convert_to_numpy(gan.features(inputs))
    last = gan.discriminator.layers[-1]
    logits = features @ ops.convert_to_numpy(last.kernel) + last.bias.numpy()
    np.testing.assert_allclose(
        logits, ops.convert_to_numpy(gan.discriminator(inputs)), rtol=1e-4, atol=1e-5
    )


def test_features_of_a_network_in_a_network_are_found():
    inner = toys.network([toys.X], (1,))
    x = layers.Input(toys.X)
    outer = keras.Model(x, layers.Reshape((1,))(inner(x)))
    found = []
    for judge in (inner, outer):
        gan = ganzoo.GAN(
            generator=toys.build("GAN").generator, discriminator=judge, seed=0
        )
        images = ops.convert_to_tensor(toys.pictures(2).astype("float32") / 255)
        found.append(ops.convert_to_numpy(gan.features(images)))
    assert found[0].shape == (2, 16)
    np.testing.assert_allclose(*found, rtol=1e-5)


@pytest.mark.parametrize("variant", ["VAEGAN", "EBGAN", "SemiSupervisedGAN"])
def test_features_are_an_output_where_there_is_one(variant):
    gan, x = toys.build(variant), toys.pictures(2)
    heads = gan.discriminator(x.astype("float32"), training=False)
    wanted = heads["code" if variant == "EBGAN" else "features"]
    found = gan.features(ops.convert_to_tensor(x.astype("float32")))
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), ops.convert_to_numpy(wanted), rtol=1e-5
    )


def test_features_of_several_images_are_refused():
    x = layers.Input(toys.X)
    y = layers.Dense(6)(layers.Flatten()(x))
    y = ganzoo.layers.MinibatchDiscrimination(2, 2)(y)
    judge = keras.Model(x, layers.Dense(1)(y))
    gan = ganzoo.GAN(generator=toys.build("GAN").generator, discriminator=judge)
    with pytest.raises(ValueError, match="mixes the examples of a batch"):
        gan.project(toys.pictures(2), feature_weight=0.1, **QUIET)
    gan.project(toys.pictures(2), steps=1, **QUIET)
    packed = ganzoo.GAN(
        generator=gan.generator,
        discriminator=toys.network([(4, 4, 2)], (1,)),
        packing=2,
    )
    with pytest.raises(ValueError, match="sees images in packs"):
        packed.project(toys.pictures(2), feature_weight=0.1, **QUIET)


def test_distances_are_known_by_their_weights():
    assert dataclasses.replace(Squared(0.5)) == Squared(0.5) != Squared()
