"""State of the game, counters, notes, and what follows the images seen."""

import keras
import numpy as np
import pytest
import toy_variants
import toys
from keras import ops

import ganzoo

QUIET = {"batch_size": 12, "verbose": 0}


def balanced(rate=1e-3):
    keras.utils.set_random_seed(1)
    gan = toy_variants.Balanced(**toys.networks("GAN"), seed=0)
    gan.compile(keras.optimizers.Adam(rate), keras.optimizers.Adam(rate))
    return gan


def count(value):
    return int(ops.convert_to_numpy(value))


# === State ===


def test_state_of_the_game_follows_the_losses_of_each_step():
    """k ← k + λ (γ L(x) − L(G(z))), of players that stand still."""
    gan = toy_variants.point(toy_variants.Balanced, theta=-0.5, w=2.0)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    x = np.resize(np.float32([1, -1]), (24, 1, 1, 1))
    history = gan.fit(x, **QUIET).history
    # L(x) = 2 and L(G(z)) = 1: nothing moves.
    assert float(gan.k.value) == 0.5
    assert history["real"] == [2.0] and history["fake"] == [1.0]
    gan = toy_variants.point(toy_variants.Balanced, theta=-0.25, w=2.0)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    gan.fit(x, **QUIET)
    # Twice 0.001 (½ 2 − 0.5).
    assert float(gan.k.value) == pytest.approx(0.501, rel=1e-6)


def test_state_and_counters_resume_to_the_bit(tmp_path):
    straight, stopped = balanced(), balanced()
    straight.fit(toys.pictures(), epochs=3, **QUIET)
    stopped.fit(toys.pictures(), epochs=2, **QUIET)
    stopped.save(tmp_path / "gan.keras")
    stopped = keras.saving.load_model(tmp_path / "gan.keras")
    assert count(stopped.steps) == 4 and count(stopped.images_seen) == 48
    stopped.fit(toys.pictures(), epochs=3, initial_epoch=2, **QUIET)
    assert float(straight.k.value) != 0.5
    assert toys.same(toys.copy_of(straight.weights), toys.copy_of(stopped.weights))
    counts = [[count(g.steps), count(g.images_seen)] for g in (straight, stopped)]
    assert counts == [[6, 72]] * 2


def test_images_are_counted_once_however_many_steps_the_discriminator_takes():
    gan = toys.build("GAN", discriminator_steps=3)
    assert gan.steps == 0 and gan.images_seen == 0
    gan.compile(run_eagerly=toys.TRACES)
    # A batch of 12, and one of 8.
    gan.fit(toys.pictures(20), **QUIET)
    assert count(gan.steps) == 2 and count(gan.images_seen) == 20


# === Notes ===


def test_a_note_is_the_mean_over_the_examples_of_an_epoch():
    gan = toy_variants.two_heads()
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    x, y = toys.pictures(20), toys.labels(20)
    heads = gan.discriminator.predict(x.astype("float32") / 127.5 - 1, verbose=0)
    wanted = (heads["classes"].argmax(1) == y).mean()
    history = gan.fit(x, y, batch_size=12, validation_data=(x, y), verbose=0).history
    assert history["accuracy"][0] == pytest.approx(wanted, abs=1e-6)
    assert history["val_accuracy"][0] == pytest.approx(wanted, abs=1e-6)


def test_a_note_that_is_not_declared_is_refused():
    with pytest.raises(ValueError, match="Name it in `note_names` of GAN"):
        toys.build("GAN").note("accuracy", 1.0)


@pytest.mark.parametrize(
    "names, message",
    [
        (("generator_loss",), "must differ from .* the columns"),
        (("val_share",), "must differ from .* the columns"),
        (("share", "share"), "must differ from one another"),
        ("share", "one name needs a comma"),
    ],
)
def test_notes_have_names_of_their_own(names, message):
    variant = type("Named", (ganzoo.GAN,), {"note_names": names})
    with pytest.raises(ValueError, match=message):
        variant(**toys.networks("GAN"))


def test_a_note_is_a_scalar():
    gan = toy_variants.two_heads()
    with pytest.raises(ValueError, match=r"Note a scalar, .* of shape \(2,\)"):
        gan.note("accuracy", ops.ones((2,)))


class Metered(ganzoo.GAN):
    """Has a metric of its own where it should have a note."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.meters = [keras.metrics.Mean(name="share")]


def test_a_metric_of_its_own_is_refused():
    gan = Metered(**toys.networks("GAN"))
    with pytest.raises(ValueError, match=r"call `self.note.* metrics \['share'\]"):
        gan.compile()


class Noting(toy_variants.TwoHeads):
    """Notes the same in both losses, and in one that is differentiated inside."""

    def generator_loss(self, batch):
        x, y = batch
        self.note("accuracy", 0.25)
        slope = self.input_gradient(lambda x: self.discriminator_loss((x, y)), x)
        return super().generator_loss(batch) + 0 * ops.mean(slope)

    def discriminator_loss(self, batch):
        loss = super().discriminator_loss(batch)
        self.note("accuracy", 0.75)
        return loss


def test_notes_are_of_both_losses_and_not_of_what_is_differentiated_inside():
    two = toy_variants.two_heads()
    players = {"generator": two.generator, "discriminator": two.discriminator}
    gan = Noting(**players, seed=0)
    gan.compile()
    x, y = toys.pictures(20), toys.labels(20)
    history = gan.fit(x, y, batch_size=10, validation_data=(x, y), verbose=0).history
    assert history["accuracy"] == history["val_accuracy"] == [0.5]


class Silent(toy_variants.Balanced):
    """Declares notes of both players and has one of them."""

    def generator_loss(self, x):
        return ganzoo.GAN.generator_loss(self, x)


def test_a_note_that_is_declared_and_never_made_is_refused():
    gan = Silent(**toys.networks("GAN"), seed=0)
    gan.compile(run_eagerly=toys.TRACES)
    with pytest.raises(ValueError, match="must `note` all of .* Received: no fake"):
        gan.fit(toys.pictures(), **QUIET)


def test_counters_go_on_where_a_game_is_compiled_again():
    gan = balanced()
    gan.fit(toys.pictures(), **QUIET)
    gan.compile()
    assert count(gan.images_seen) == 24


# === An optimizer for each player, and what follows the images seen ===


def test_each_player_has_the_optimizer_that_the_paper_gives_it():
    gan = toy_variants.point(toy_variants.Scheduled)
    gan.compile()
    rates = gan.discriminator_optimizer.learning_rate, gan.generator_optimizer
    assert float(rates[0]) == 0.5 and float(rates[1].learning_rate) == 0.25
    assert toy_variants.Scheduled.new_optimizer("generator").learning_rate == 0.25


def test_a_weight_and_a_learning_rate_follow_the_images_seen():
    gan = toy_variants.point(toy_variants.Scheduled, theta=2.0, w=3.0)
    gan.compile()
    x = np.resize(np.float32([1, -1]), (36, 1, 1, 1))
    gan.fit(x, batch_size=12, shuffle=False, verbose=0)
    # D pays 0, 12 and 24 times its logit of 1, by plain descent at rate ½.
    (w,) = gan.discriminator.get_weights()
    np.testing.assert_allclose(w.ravel(), [3.0 - 0.5 * (0 + 12 + 24)])
    rate = float(ops.convert_to_numpy(gan.generator_optimizer.learning_rate))
    assert rate == pytest.approx(0.125 / 25)


class Reading(toy_variants.Scheduled):
    """Notes what it reads of the game, also where weights are substituted."""

    note_names = ("seen", "inside", "rate")

    def discriminator_loss(self, x):
        self.note("seen", self.current(lambda seen: seen))
        variables = self.discriminator_variables
        with self.substituted(variables, [v * 1 for v in variables]):
            self.note("inside", self.current(lambda seen: seen))
            self.note("rate", self.discriminator_optimizer.learning_rate * 1)
        return super().discriminator_loss(x)


def test_a_loss_reads_how_far_the_game_has_come_wherever_it_is():
    gan = toy_variants.point(Reading)
    gan.compile(run_eagerly=toys.TRACES)
    x = np.full((24, 1, 1, 1), -0.5, "float32")
    options = {"epochs": 2, "validation_data": x[:12], **QUIET}
    history = gan.fit(x, **options).history
    assert history["seen"] == history["inside"] == [6.0, 30.0]
    assert history["rate"] == [0.5, 0.5]
    # After each epoch, though it is not the first time.
    assert history["val_seen"] == history["val_inside"] == [24.0, 48.0]


class Betas(ganzoo.GAN):
    """β₂ that falls with the images seen."""

    def discriminator_loss(self, x):
        return ops.mean(self.D(x))

    def schedules(self, player):
        return {"beta_2": lambda seen: 0.9 - seen / 40} if player[0] == "d" else {}


class Misspelt(ganzoo.GAN):
    """A schedule of what no optimizer has."""

    def schedules(self, player):
        return {"beta2": lambda seen: 0.5}


def test_a_schedule_of_what_an_optimizer_does_not_have_is_refused():
    gan = toys.networks("GAN")
    with pytest.raises(ValueError, match="must name settings .* Received: 'beta2'"):
        Misspelt(**gan).compile()
    rate = keras.optimizers.schedules.PolynomialDecay(0.1, 10)
    gan = toy_variants.point(toy_variants.Scheduled)
    with pytest.raises(ValueError, match="no schedule of its own"):
        gan.compile(None, keras.optimizers.SGD(rate))


def test_a_beta_follows_the_images_seen_and_is_put_back():
    gan = toy_variants.point(Betas, w=0.0)
    adam = keras.optimizers.Adam(0.1, beta_1=0.0, beta_2=0.5, epsilon=1e-7)
    gan.compile(adam, keras.optimizers.SGD(0.0))
    x = np.repeat(np.float32([-0.25, 0.75]), 12)[:, None, None, None]
    gan.fit(x, batch_size=12, shuffle=False, verbose=0)
    # Gradients −¼ and ¾, with β₂ = 0.9 and then 0.6.
    v = 0.1 * 0.25**2
    w = 0.1 * 0.25 / np.sqrt(v / 0.1)
    v = 0.6 * v + 0.4 * 0.75**2
    w -= 0.1 * 0.75 / np.sqrt(v / (1 - 0.6**2))
    np.testing.assert_allclose(gan.discriminator.get_weights()[0], [[w]], rtol=1e-4)
    assert adam.beta_2 == 0.5


def test_the_weight_of_r1_may_be_a_schedule_of_the_images_seen(tmp_path):
    schedule = keras.optimizers.schedules.PolynomialDecay(4.0, 24, 0.0)
    gan = toy_variants.point(ganzoo.GAN, w=3.0, r1_weight=schedule)
    gan.compile()
    x, penalty = ops.zeros((4, 1, 1, 1)), 9 / 2
    for seen, weight in ((0, 4.0), (24, 0.0)):
        gan._counters.images_seen.assign(seen)
        more = gan.penalized_loss(x) - gan.discriminator_loss(x)
        assert toys.value(more) == pytest.approx(weight * penalty, abs=1e-4)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.r1_weight.get_config() == schedule.get_config()
