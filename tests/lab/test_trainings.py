"""What the panels record, against closed forms."""

import math

import keras
import numpy as np
import pytest

from ganzoo.lab import games
from ganzoo.lab import page
from ganzoo.lab import points
from ganzoo.lab import recording
from ganzoo.lab import records
from ganzoo.lab.trainings import adversary
from ganzoo.lab.trainings import collapse
from ganzoo.lab.trainings import convolution
from ganzoo.lab.trainings import densities
from ganzoo.lab.trainings import fits
from ganzoo.lab.trainings import halves
from ganzoo.lab.trainings import orbits
from ganzoo.lab.trainings import saturation
from ganzoo.lab.trainings import settings
from ganzoo.lab.trainings import supports

H = 0.25


def step_matrix(step, field, h=H):
    """A linear step as a matrix: its columns are the steps of the unit vectors."""
    return np.array([step(field, np.array(e), h) for e in np.eye(2)]).T


def test_steps_on_xy_grow_circle_and_shrink_as_their_closed_forms():
    simultaneous = step_matrix(orbits.simultaneous, orbits.bilinear)
    assert np.allclose(simultaneous, [[1, -H], [H, 1]])
    assert np.isclose(np.linalg.norm(simultaneous @ [1, 0]), math.sqrt(1 + H**2))
    alternating = step_matrix(orbits.alternating, orbits.bilinear)
    assert np.isclose(np.linalg.det(alternating), 1)
    assert np.allclose(np.abs(np.linalg.eigvals(alternating)), 1)
    extragradient = step_matrix(orbits.extragradient, orbits.bilinear)
    radius = math.sqrt(1 - H**2 + H**4)
    assert np.allclose(np.abs(np.linalg.eigvals(extragradient)), radius)
    with_r1 = step_matrix(orbits.simultaneous, orbits.penalized(orbits.bilinear))
    assert np.allclose(with_r1, [[1, -H], [H, 1 - H * orbits.PENALTY]])


def test_the_dirac_gan_is_xy_at_half_the_speed_near_its_equilibrium():
    point = np.array([1e-4, 2e-4])
    assert np.allclose(orbits.dirac(*point), orbits.bilinear(*point) / 2, rtol=1e-6)
    # f'(t) = 1 / (1 + e^t), in the direction of ascent of the discriminator.
    assert np.isclose(orbits.dirac(2.0, 1.5)[1], 2 / (1 + math.exp(3)))


def test_a_convolution_of_the_lecture_s_numbers_and_its_transpose():
    weights = convolution.matrix(convolution.KERNEL, 4)
    output = weights @ convolution.INPUT.ravel()
    assert output.tolist() == [122, 148, 126, 134]
    stamped = convolution.transposed(output.reshape(2, 2), convolution.KERNEL, 1)
    assert np.array_equal(stamped.ravel(), weights.T @ output)


@pytest.mark.parametrize("kernel, counts", [(3, {1, 2, 4}), (4, {4})])
def test_stamps_overlap_evenly_where_the_stride_divides_the_kernel(kernel, counts):
    assert not convolution.stamps(kernel)[0].any()
    inside = convolution.stamps(kernel)[-1][2:-2, 2:-2]
    assert {*inside.ravel().tolist()} == counts


def test_keras_has_the_same_transposed_convolution():
    layer = keras.layers.Conv2DTranspose(1, 3, strides=2, use_bias=False)
    x = np.arange(9, dtype="float32").reshape(1, 3, 3, 1)
    layer.build(x.shape)
    layer.set_weights([convolution.KERNEL.astype("float32")[..., None, None]])
    ours = convolution.transposed(x[0, ..., 0], convolution.KERNEL.astype(float), 2)
    assert np.allclose(keras.ops.convert_to_numpy(layer(x))[0, ..., 0], ours)


def test_divergences_of_gaussians_are_their_closed_forms():
    p, q = fits.density([0.5, 0.0]), fits.density([-0.5, math.log(0.5)])
    exact = math.log(0.5) + (1 + 1) / (2 * 0.25) - 0.5
    assert np.isclose(fits.kl(p, q), exact, atol=1e-6)
    assert fits.jsd(p, p) == 0
    apart = fits.density([-4, math.log(0.2)]), fits.density([4, math.log(0.2)])
    assert np.isclose(fits.jsd(*apart), math.log(2))


def test_maximum_likelihood_has_the_moments_of_the_data_and_reverse_kl_one_mode():
    covering, seeking = fits.fit(fits.kl), fits.fit(lambda p, q: fits.kl(q, p))
    assert np.isclose(covering["mean"][-1], 0, atol=1e-3)
    assert np.isclose(covering["sd"][-1], math.sqrt(2.5**2 + 0.5**2), atol=1e-2)
    assert np.isclose(seeking["mean"][-1], 2.5, atol=1e-2)
    assert np.isclose(seeking["sd"][-1], 0.5, atol=1e-2)


def test_jensen_shannon_has_two_answers_and_the_start_decides():
    covering, seeking = fits.fit(fits.jsd), fits.fit(fits.jsd, start=(2.0, 1.0))
    assert covering["sd"][-1] > 2.5
    assert np.isclose(seeking["mean"][-1], 2.5, atol=1e-2)
    # p is half of q at one mode, and alone at the other.
    exact = (math.log(4 / 3) + math.log(2 / 3) / 2 + math.log(2) / 2) / 2
    assert np.isclose(seeking["value"][-1], exact, atol=1e-3)
    assert seeking["value"][-1] < covering["value"][-1]


def test_noise_costs_at_most_its_bound_and_all_of_it_in_many_dimensions():
    shares = np.array([0.0, 0.5, 0.99])
    for dimensions in fits.NATS_OF:
        lost = fits.cost_of_noise(dimensions, shares)
        assert lost[0] == 0 and np.all(lost[1:] <= -np.log1p(-shares[1:]) + 1e-12)
    assert np.isclose(lost[-1], math.log(100))


def test_the_best_discriminator_has_the_least_loss():
    x = densities.X
    p, q = (
        np.exp(-((x - m) ** 2) / 0.08) / math.sqrt(0.08 * math.pi) for m in (0, 0.3)
    )
    assert np.isclose(densities.least_loss(p, p), 2 * math.log(2))
    best = densities.best(p, q)
    logits = np.log(best) - np.log1p(-best)
    assert np.isclose(densities.loss(logits, p, q), densities.least_loss(p, q))
    assert densities.loss(logits + 0.1, p, q) > densities.least_loss(p, q)


def test_slopes_of_both_losses_at_a_sure_discriminator():
    found = saturation.losses(np.array([-5.0, 0.0]))
    assert np.allclose(found["printed"][1], [-0.0066929, -0.5], atol=1e-6)
    assert np.allclose(found["in use"][1], [-0.9933071, -0.5], atol=1e-6)
    assert np.allclose(found["printed"][0], [-0.0067153, -math.log(2)], atol=1e-6)


def test_modes_are_counted_within_three_standard_deviations():
    near = points.centres() + [points.NEAR - 1e-6, 0]
    assert points.modes(near) == (8, 1.0)
    assert points.modes(near[:3]) == (3, 1.0)
    assert points.modes(points.centres() + [points.NEAR + 1e-6, 0]) == (0, 0.0)


def test_a_mixture_has_the_modes_that_it_is_given():
    means = points.grid(5, 0.8)
    drawn = points.mixture(5000, np.random.default_rng(0), means)
    covered, good = points.modes(drawn, means)
    # Three standard deviations in the plane hold 1 − exp(−9/2) of a Gaussian.
    assert covered == 25 and np.isclose(good, 1 - math.exp(-4.5), atol=5e-3)
    assert points.modes(means[:4], means) == (4, 1.0)


def test_places_of_a_map_go_from_the_top_left():
    found = points.grid(3, 1.0)
    assert found[0].tolist() == [-1, 1] and found[-1].tolist() == [1, -1]


def test_a_critic_s_pull_is_its_gradient_and_a_sure_discriminator_s_is_nothing():
    by_title = {each["title"]: each for each in games.settings("supports")}
    for title, slope in {"WGAN-GP": 2.0, "Minimax GAN": 0.0}.items():
        x = keras.layers.Input((1, 1, 2))
        layer = keras.layers.Dense(1)
        network = keras.Model(x, layer(keras.layers.Flatten()(x)))
        layer.set_weights([np.array([[2.0], [0.0]]), np.array([-60.0])])
        found = supports.pull(supports._placed(by_title[title], network))
        assert np.allclose(found, [slope, 0], atol=1e-6), title


def test_an_adversarial_example_changes_no_pixel_by_more_than_epsilon():
    record = adversary_record()
    images = records.unpack(record["images"])
    for level, changed in zip(adversary.LEVELS, images):
        # Half a byte is what packing rounds away.
        assert np.abs(changed - images[0]).max() <= 2 / 255 * (level + 1e-3)
    verdicts = np.array(record["verdicts"])
    right = verdicts[:, np.arange(adversary.SHOWN), record["labels"]]
    assert np.all(right[0] >= adversary.SURE) and np.all(right[-1] < 0.1)


def adversary_record():
    return records.load("adversary")["data"]


def test_every_panel_has_a_training_and_records_of_the_package_are_of_full_length():
    assert {*recording.TRAININGS} == {*page.PANELS}
    found = {name: records.load(name) for name in page.PANELS}
    assert all(record["made"]["budget"] == 1 for record in found.values() if record)


def test_records_have_few_digits_and_no_nan(tmp_path):
    values = {"a": np.array([1 / 3, 2.0]), "b": (np.float32(1e-9), np.int64(3), None)}
    records.save("toy", values, tmp_path)
    assert (
        tmp_path / "toy.json"
    ).read_text() == '{"a":[0.3333,2],"b":[1e-09,3,null]}\n'
    with pytest.raises(ValueError):
        records.save("toy", {"a": float("nan")}, tmp_path)
    assert records.load("other", tmp_path) is None


def test_packed_arrays_are_near_to_what_they_were():
    values = np.linspace(-1.2, 1.0, 45).reshape(9, 5)
    found = records.unpack(records.pack(values, -1, 1))
    assert np.abs(found - values.clip(-1, 1)).max() <= 1 / 255


def test_a_generator_stands_still_while_its_discriminator_is_trained(monkeypatch):
    monkeypatch.setattr(saturation, "PAUSES", 2)
    looked = []
    train = games.train

    def watched(model, x, look, pauses):
        before = model.generator.get_weights()
        found = train(model, x, look, pauses)
        after = model.generator.get_weights()
        looked.append(all(map(np.array_equal, before, after)))
        return found

    monkeypatch.setattr(games, "train", watched)
    saturation.record(0.01, lambda what: None)
    assert looked == [True]


@pytest.mark.parametrize("module", [collapse, halves, supports])
def test_games_are_recorded_at_every_pause(module, monkeypatch):
    monkeypatch.setattr(module, "PAUSES", 2)
    settings = games.settings
    monkeypatch.setattr(games, "settings", lambda panel: settings(panel)[-1:])
    said = []
    found = module.record(0.001, said.append)
    assert [game["title"] for game in found["games"]] == said
    for game in found["games"]:
        assert game["points"]["shape"][0] == 3, game["title"]


def test_players_take_turns_by_whole_epochs():
    (setting,) = [s for s in games.settings("halves") if s.get("by_epoch")]
    found = halves.train(setting, 2, pauses=2)
    drawn = records.unpack(found["points"])
    assert np.array_equal(drawn[0], drawn[1]) and not np.array_equal(drawn[1], drawn[2])


def test_the_same_settings_are_drawn_again_from_the_ranges_of_the_search():
    game = games.settings("settings")[-1]
    first, again = (settings.draw(game, np.random.default_rng(3)) for _ in range(2))
    assert first == again
    low, high = settings.RATES
    assert low <= first["rate"] <= high and 0 <= first["beta_1"] <= 1
    assert first["steps"] in settings.STEPS
