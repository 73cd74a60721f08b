"""Augmentation with a probability: each change by hand, and the probability."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

from ganzoo.game.view import matrices
from ganzoo.game.view import non_leaking

X = np.random.default_rng(0).uniform(-1, 1, (3, 8, 12, 3)).astype("float32")


def numpy(x):
    return ops.convert_to_numpy(x)


def each(matrix, count):
    return ops.convert_to_tensor(np.tile(numpy(matrix), (count, 1, 1)))


def moved(x, *changes, by=non_leaking.move):
    places = each(matrices.product(changes), len(x))
    return numpy(by(ops.convert_to_tensor(x), places))


def recolored(x, *changes):
    colors = each(matrices.product(changes), len(x))
    return numpy(non_leaking.recolor(ops.convert_to_tensor(x), colors))


# === Places ===


def test_the_filter_is_of_a_wavelet_of_six_vanishing_moments():
    taps = non_leaking.SYM6 * 2**0.5
    places = np.arange(12)
    products = [taps[2 * k :] @ taps[: 12 - 2 * k] for k in range(6)]
    np.testing.assert_allclose(products, [1, 0, 0, 0, 0, 0], atol=1e-11)
    other = (-1.0) ** places * taps[::-1]
    moments = [other @ places**k for k in range(7)]
    np.testing.assert_allclose(moments[:6], 0, atol=1e-7)
    assert abs(moments[6]) > 1


def test_blits_move_whole_pixels():
    flip = matrices.scale(-1.0, 1.0)
    np.testing.assert_array_equal(moved(X, flip), X[:, :, ::-1])
    square = X[:, :, :8]
    for turns in range(4):
        turn = matrices.turn(turns * np.pi / 2)
        wanted = np.rot90(square, turns, axes=(1, 2))
        np.testing.assert_array_equal(moved(square, turn), wanted)
    shift = moved(X, matrices.shift(-2.0, 1.0))
    padded = np.pad(X, ((0, 0), (0, 1), (2, 0), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(shift, padded[:, 1:, :12])


def test_images_are_reflected_again_and_again():
    shifted = moved(X, matrices.shift(0.0, -20.0))
    padded = np.pad(X, ((0, 0), (20, 0), (0, 0), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(shifted, padded[:, :8])


def test_resampling_by_whole_pixels_is_a_move():
    for change in (matrices.shift(0.0, 0.0), matrices.shift(-2.0, 1.0)):
        found = moved(X, change, by=non_leaking.resample)
        np.testing.assert_allclose(found, moved(X, change), atol=1e-6)


def test_resampling_moves_what_is_smooth_by_the_matrix():
    rows, columns = np.mgrid[:24, :24] - 11.5

    def blob(right, down):
        return np.exp(-((right - 3) ** 2) / 18 - (down + 2) ** 2 / 32)[None, ..., None]

    x = blob(columns, rows).astype("float32")
    for change in (
        matrices.turn(0.7),
        matrices.scale(0.8, 1.25),
        matrices.shift(0.4, -1.7),
    ):
        (a, b, c), (d, e, f), _ = numpy(change)
        wanted = blob(a * columns + b * rows + c, d * columns + e * rows + f)
        found = moved(x, change, by=non_leaking.resample)
        np.testing.assert_allclose(
            found[:, 4:-4, 4:-4], wanted[:, 4:-4, 4:-4], atol=0.02
        )


# === Colours ===


def test_brightness_and_contrast_are_of_all_channels():
    changes = matrices.scale(2.0, 2.0, 2.0), matrices.brighten(0.25)
    # The last is the first to be made.
    np.testing.assert_allclose(recolored(X, *changes), 2 * (X + 0.25), atol=1e-6)
    grey = X[..., :1]
    np.testing.assert_allclose(recolored(grey, *changes), 2 * (grey + 0.25), atol=1e-6)


def test_luma_is_mirrored_and_saturation_scaled_about_grey():
    mean = X.mean(axis=-1, keepdims=True)
    found = recolored(X, matrices.along_grey(-1.0, 1.0))
    np.testing.assert_allclose(found, X - 2 * mean, atol=1e-6)
    found = recolored(X, matrices.along_grey(1.0, 3.0))
    np.testing.assert_allclose(found, mean + 3 * (X - mean), atol=1e-5)
    found = recolored(X[..., :1], matrices.along_grey(-1.0, 1.0))
    np.testing.assert_allclose(found, -X[..., :1], atol=1e-6)


def test_a_third_of_a_turn_of_the_hue_exchanges_the_channels():
    found = recolored(X, matrices.turn_hue(2 * np.pi / 3))
    np.testing.assert_allclose(found, X[..., [2, 0, 1]], atol=1e-6)


# === Probabilities ===


def augmented(x, names, p, seed=0):
    draws = keras.random.SeedGenerator(seed)
    return numpy(non_leaking.augment(ops.convert_to_tensor(x), names, p, draws))


@pytest.mark.parametrize(
    "names", [["blit"], ["geometric"], ["color"], non_leaking.CHANGES]
)
def test_nothing_is_changed_with_probability_0(names):
    np.testing.assert_allclose(augmented(X, names, 0.0), X, atol=1e-6)
    found = augmented(X, names, 1.0)
    # Also beyond 1, where p has no limit.
    np.testing.assert_array_equal(found, augmented(X, names, 1.5))
    assert found.shape == X.shape and np.isfinite(found).all()


def test_each_change_is_made_with_the_probability():
    x = np.zeros((4000, 1, 1, 1), "float32") + 0.5
    found = augmented(x, ["color"], 0.3)
    # Neither brighter, nor of another contrast, nor mirrored, as half of those are.
    unchanged = (abs(found - 0.5) < 1e-6).mean()
    assert unchanged == pytest.approx(0.7 * 0.7 * 0.85, abs=0.025)
    corners = np.zeros((4000, 3, 3, 1), "float32")
    corners[:, 0, 0], corners[:, 0, 2] = 1, 2
    found = augmented(corners, ["blit"], 0.4)
    # Shifts of an eighth of three pixels are none.
    unchanged = (found == corners).all(axis=(1, 2, 3)).mean()
    assert unchanged == pytest.approx(0.8 * 0.7, abs=0.025)
    found = augmented(np.eye(5, dtype="float32")[None, ..., None] + 0 * x, ["blit"], 0)
    np.testing.assert_array_equal(found[1], np.eye(5)[..., None])


def test_one_of_two_turns_is_made_with_the_probability(monkeypatch):
    """1 − (1 − p')², where each is made with p' = 1 − √(1 − p)."""
    found = []

    def turn(angle):
        found.append(numpy(angle) != 0)
        return matrices.shift(0.0, 0.0)

    monkeypatch.setattr(non_leaking.matrices, "turn", turn)
    augmented(np.zeros((4000, 2, 2, 1), "float32"), ["geometric"], 0.36)
    before, after = found
    assert before.mean() == pytest.approx(0.2, abs=0.025)
    assert (before | after).mean() == pytest.approx(0.36, abs=0.03)


# === The controller ===


def game(**options):
    return toys.build("StyleGAN2", adaptive_augmentation=["blit", "color"], **options)


def test_p_is_that_of_a_controller_in_numpy():
    gan = game(augmentation_images=1000)
    rng = np.random.default_rng(0)
    p, signs, found, wanted = 0.0, [], [], []
    for step in range(40):
        sign = rng.uniform(0.5, 1.0) if step < 20 else rng.uniform(-1, 0.9)
        gan.before_step(ops.zeros((10, *toys.IMAGE_SHAPE)))
        gan.after_step({"real_signs": ops.convert_to_tensor(sign, "float32")})
        signs.append(sign)
        if len(signs) == 4:
            p = max(0.0, p + np.sign(np.mean(signs) - 0.6) * 40 / 1000)
            signs = []
        found.append(toys.value(gan.p))
        wanted.append(p)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert max(wanted) > 0.1 and wanted[-1] == 0


def test_four_steps_of_64_images_of_the_authors_code():
    gan = game()
    for _ in range(4):
        gan.before_step(ops.zeros((64, *toys.IMAGE_SHAPE)))
        gan.after_step({"real_signs": ops.ones(())})
    assert toys.value(gan.p) == pytest.approx(0.000512, rel=1e-4)


def test_a_sure_discriminator_sees_more_changes(tmp_path):
    """And a game that was stopped between two changes of p goes on to the bit."""

    def sure(**options):
        gan = game(augmentation_images=100, augmentation_target=-1.0, **options)
        gan.compile(run_eagerly=toys.TRACES)
        return gan

    x = toys.pictures(12)
    straight, stopped = sure(), sure()
    for _ in range(10):
        straight.train_on_batch(x)
    for _ in range(6):
        stopped.train_on_batch(x)
    stopped.save(tmp_path / "gan.keras")
    stopped = keras.saving.load_model(tmp_path / "gan.keras")
    assert stopped.adaptive_augmentation == ("blit", "color")
    for _ in range(4):
        stopped.train_on_batch(x)
    assert toys.same(*(toys.copy_of(gan.weights) for gan in (straight, stopped)))
    assert toys.value(straight.p) == pytest.approx(2 * 48 / 100)
    logs = straight.evaluate(x, batch_size=12, return_dict=True, verbose=0)
    assert logs["augmentation_p"] == pytest.approx(0.96)
    assert -1 <= logs["real_signs"] <= 1
    # Not where it does not train.
    with straight.inference():
        seen = straight.augment(ops.convert_to_tensor(x / 255.0, "float32"))
    np.testing.assert_allclose(numpy(seen), x / 255.0, rtol=1e-6)


def test_nothing_is_drawn_nor_noted_without_it():
    gan = toys.build("StyleGAN2")
    assert "real_signs" not in gan.note_names and not hasattr(gan, "p")
    x = ops.convert_to_tensor(X[..., :1])
    before = numpy(gan.seed_generator.state).copy()
    assert gan.augment(x) is x
    np.testing.assert_array_equal(numpy(gan.seed_generator.state), before)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"adaptive_augmentation": "blit"}, "`adaptive_augmentation` must be a list"),
        (
            {"adaptive_augmentation": ["cutout"]},
            "some of.*'blit', 'geometric', 'color'",
        ),
        ({"augmentation_target": 2}, "`augmentation_target` must be a mean of signs"),
        ({"augmentation_images": 100}, "Pass `adaptive_augmentation` too"),
        ({"augmentation_images": 0.5}, "`augmentation_images` must be an int"),
    ],
)
def test_options_out_of_their_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        toys.build("StyleGAN2", **options)
