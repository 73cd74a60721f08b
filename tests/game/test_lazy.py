"""Losses that a player minimises in every n-th step, by an update of its own."""

import keras
import numpy as np
import pytest
import toy_variants
import toys
from keras import ops

import ganzoo
from ganzoo.game.step import Lazy

X = np.full((12, 1, 1, 1), -0.5, "float32")
KINDS = [{}, {"run_eagerly": True}]
if keras.backend.backend() != "torch":
    KINDS += [{"jit_compile": True}, {"jit_compile": False}]


def lazily(variant=toy_variants.Lazily, **options):
    gan = toy_variants.point(variant)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), **options)
    return gan


def numbers(gan):
    (w,) = gan.discriminator.get_weights()
    _, theta = gan.generator.get_weights()
    return float(w.item()), float(theta.item())


@pytest.mark.parametrize("options", KINDS)
def test_each_is_minimised_in_its_steps_and_weighs_as_if_in_all(options):
    gan = lazily(**options)
    found = [numbers(gan)]
    for _ in range(7):
        gan.train_on_batch(X)
        found.append(numbers(gan))
    # D by 0.1 · 3 · ½ in the steps 0, 3 and 6, G by 0.1 · 2 in 0, 2, 4 and 6.
    w = [3.0, *np.cumsum([0.15, 0, 0, 0.15, 0, 0, 0.15]) + 3]
    theta = [2.0, *2 - np.cumsum([0.2, 0, 0.2, 0, 0.2, 0, 0.2])]
    np.testing.assert_allclose(found, np.transpose([w, theta]), atol=1e-5)


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras has no such option on PyTorch"
)
def test_several_steps_at_once_are_the_same():
    gan = lazily(steps_per_execution=2)
    gan.fit(X, batch_size=2, verbose=0)
    np.testing.assert_allclose(numbers(gan), [3.3, 1.4], atol=1e-5)


class Infinite(toy_variants.Lazily):
    """Would make all weights NaN in its steps."""

    def lazy_losses(self):
        loss = self.infinite
        return [Lazy(player, 5, loss) for player in ("discriminator", "generator")]

    def infinite(self, x):
        return ops.mean(self.D(self.G(self.sample_z(x)))) * float("inf")


def test_in_other_steps_nothing_of_it_is_computed():
    gan = lazily(Infinite)
    gan._counters.steps.assign(1)
    for _ in range(4):
        gan.train_on_batch(X)
    assert numbers(gan) == (3.0, 2.0)
    gan.train_on_batch(X)
    assert not np.isfinite(numbers(gan)).any()


def test_moments_of_both_updates_are_those_of_one_optimizer():
    gan = toy_variants.point(toy_variants.Lazily)
    gan.compile()
    for _ in range(4):
        gan.train_on_batch(X)
    # Four steps, and two more in 0 and 3, or 0 and 2.
    counts = [
        gan.discriminator_optimizer.iterations,
        gan.generator_optimizer.iterations,
    ]
    assert [int(ops.convert_to_numpy(count)) for count in counts] == [6, 6]


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_game_that_is_stopped_between_resumes_to_the_bit(tmp_path, stop):
    straight, stopped = (small() for _ in range(2))
    x = toys.pictures(12)
    for _ in range(5):
        straight.train_on_batch(x)
    for _ in range(stop):
        stopped.train_on_batch(x)
    stopped.save(tmp_path / "gan.keras")
    stopped = keras.saving.load_model(tmp_path / "gan.keras")
    for _ in range(5 - stop):
        stopped.train_on_batch(x)
    assert toys.same(toys.copy_of(straight.weights), toys.copy_of(stopped.weights))


def small():
    keras.utils.set_random_seed(1)
    gan = LazyR1(**toys.networks("WGANGP"), seed=2, r1_weight=0.5)
    gan.compile(run_eagerly=toys.TRACES)
    return gan


@keras.saving.register_keras_serializable("toys")
class LazyR1(ganzoo.GAN):
    """R1 in every third step."""

    r1_interval = 3


class LazyLinear(LazyR1):
    """R1 alone."""

    def discriminator_loss(self, x):
        return 0 * ops.mean(self.D(x))


def test_r1_may_be_lazy():
    """½ γ w² has the gradient γ w: w ← w − rate · 3 γ w in the steps 0 and 3."""
    gan = toy_variants.point(LazyLinear, r1_weight=0.5)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.0))
    for step in range(4):
        gan.train_on_batch(X)
        wanted = 3 * (1 - 0.1 * 3 * 0.5) ** (1 + (step == 3))
        assert numbers(gan)[0] == pytest.approx(wanted, rel=1e-5)
    x = ops.convert_to_tensor(X)
    assert toys.value(gan.penalized_loss(x)) == 0


def test_an_optimizer_that_would_average_twice_is_refused():
    gan = toy_variants.point(toy_variants.Lazily)
    averaging = keras.optimizers.Adam(use_ema=True)
    with pytest.raises(ValueError, match="Average the weights by `averages="):
        gan.compile(None, averaging)
    gan.compile(averages=ganzoo.AveragedWeights(decay=0.5))


def test_averages_are_updated_once_a_step_after_all_of_it():
    gan = toy_variants.point(toy_variants.Lazily)
    averages = ganzoo.AveragedWeights(decay=0.5)
    gan.compile(*[keras.optimizers.SGD(0.1) for _ in range(2)], averages=averages)
    for _ in range(3):
        gan.train_on_batch(X)
    # Of θ = 1.8, 1.8 and 1.6, and 2 before.
    with gan.averaged():
        theta = numbers(gan)[1]
    assert theta == pytest.approx((2 + 1.8 + 2 * 1.8 + 4 * 1.6) / 8, rel=1e-5)
