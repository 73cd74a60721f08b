"""FAnoGAN: the encoder's loss and the score, by hand, and its training in a run."""

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.training import recipes
from ganzoo.training import runs

RNG = np.random.default_rng(11)
X = RNG.uniform(-1, 1, (6, *toys.IMAGE_SHAPE)).astype("float32")
C = RNG.uniform(-1, 1, toys.IMAGE_SHAPE).astype("float32")
# D(x) = u · (A x), whose features are A x.
A = RNG.normal(size=(16, 3)).astype("float32")


def critic():
    x = layers.Input(toys.IMAGE_SHAPE)
    features = layers.Dense(3, use_bias=False)
    model = keras.Model(x, layers.Dense(1)(features(layers.Flatten()(x))))
    features.set_weights([A])
    return model


def game(**options):
    return toys.build(
        "FAnoGAN",
        generator=toys.constant_generator(C),
        discriminator=critic(),
        **options,
    )


def by_hand(kappa):
    """mean (x − c)² + κ mean (A x − A c)² of each image."""
    off = (X - C).reshape(len(X), -1)
    return (off**2).mean(axis=1) + kappa * ((off @ A) ** 2).mean(axis=1)


@pytest.mark.parametrize("kappa", [1.0, 0.25])
def test_the_encoder_minimises_residuals_of_pixels_and_features(kappa):
    gan = game(residual_weight=kappa)
    found = toys.value(gan.encoder_loss(ops.convert_to_tensor(X)))
    assert found == pytest.approx(by_hand(kappa).mean(), rel=1e-4)


@pytest.mark.parametrize("by", [None, "encoder", "search"])
def test_the_score_is_that_loss_of_each_image(by):
    gan = game(residual_weight=0.5)
    found = gan.anomaly_score(X, by=by, steps=2, verbose=0)
    np.testing.assert_allclose(found, by_hand(0.5), rtol=1e-4)
    found = gan.anomaly_score(X, feature_weight=2.0, verbose=0)
    np.testing.assert_allclose(found, by_hand(2.0), rtol=1e-4)


def test_gradients_reach_the_encoder_alone_and_are_those_by_hand():
    """G(z) = z_0 everywhere and E(x) = w · x: d/dw of mean (x − w·x)²."""
    z = layers.Input((toys.LATENT_DIM,))
    spread = layers.Dense(16, use_bias=False, trainable=True)
    generator = keras.Model(z, layers.Reshape(toys.IMAGE_SHAPE)(spread(z)))
    kernel = np.zeros((toys.LATENT_DIM, 16), "float32")
    kernel[0] = 1.0
    spread.set_weights([kernel])
    x = layers.Input(toys.IMAGE_SHAPE)
    dense = layers.Dense(toys.LATENT_DIM, use_bias=False)
    encoder = keras.Model(x, dense(layers.Flatten()(x)))
    gan = toys.build(
        "FAnoGAN", generator=generator, discriminator=critic(), encoder=encoder
    )
    gan.compile(stage_optimizers={"encoder": keras.optimizers.SGD(1.0)})
    before = dense.get_weights()[0].copy()
    gan.fit(X, batch_size=len(X), stage="encoder", verbose=0)
    flat = X.reshape(len(X), -1).astype("float64")
    off = (flat @ before[:, :1]) - flat  # G(E(x)) − x
    of_pixels = 2 * off.mean(axis=1)
    of_features = 2 * ((off @ A) * A.sum(axis=0)).mean(axis=1)
    gradient = (flat * (of_pixels + of_features)[:, None]).mean(axis=0)
    moved = before - dense.get_weights()[0]
    np.testing.assert_allclose(moved[:, 0], gradient, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(moved[:, 1:], 0, atol=1e-6)


def test_the_game_is_that_of_wgan_gp():
    assert ganzoo.FAnoGAN.discriminator_loss is ganzoo.WGANGP.discriminator_loss
    assert ganzoo.FAnoGAN.generator_loss is ganzoo.WGANGP.generator_loss


@pytest.mark.parametrize(
    "options, message",
    [
        ({"residual_weight": 0.0}, "`residual_weight` must be a positive"),
        ({"penalty_weight": -1.0}, "`penalty_weight` must be a positive"),
        ({"encoder": None}, "encoder"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        game(**options)


# === A run ===

TEXT = """
[model]
class = "FAnoGAN"
discriminator_steps = 2

[generator]
network = "dcgan_generator"
latent_dim = 4
filters = 2

[discriminator]
network = "dcgan_discriminator"
filters = 2
normalization = "layer"

[encoder]
network = "dcgan_encoder"
latent_dim = 4
filters = 2

[data]
name = "fashion_mnist_10k"
kind = "one_class"
normal = 3

[training]
batch_size = 500
epochs = 1

[stages.encoder]
epochs = 2
"""


def run(folder, **options):
    return runs.train(recipes.parse("own", TEXT), folder, verbose=0, **options)


def losses(folder):
    lines = (folder / "history_encoder.csv").read_text().splitlines()
    return [line.split(",")[:2] for line in lines]


@pytest.fixture
def short(monkeypatch):
    """Let a class have as many images as one step takes."""
    load = recipes.Recipe.load_data
    few = lambda self, *args: tuple(a[:500] for a in load(self, *args))  # noqa: E731
    monkeypatch.setattr(recipes.Recipe, "load_data", few)


def test_a_run_trains_the_stage_after_the_game_and_goes_on_with_it(tmp_path, short):
    straight = run(tmp_path / "straight")
    assert [epoch for epoch, _ in losses(tmp_path / "straight")] == ["epoch", "1", "2"]

    class Kill(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if "encoder_loss" in logs:
                raise KeyboardInterrupt

    killed = tmp_path / "killed"
    fit = ganzoo.FAnoGAN.fit

    def fit_until_the_kill(self, *args, callbacks, **kwargs):
        return fit(self, *args, callbacks=[*callbacks, Kill()], **kwargs)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ganzoo.FAnoGAN, "fit", fit_until_the_kill)
        run(killed)
    assert len(losses(killed)) == 2
    again = run(killed)
    assert losses(killed) == losses(tmp_path / "straight")
    for a, b in zip(straight.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    # Finished: nothing changes. A longer game has a stage of its own.
    before = (killed / "history_encoder.csv").read_bytes()
    run(killed)
    assert (killed / "history_encoder.csv").read_bytes() == before
    longer = run(killed, epochs=2)
    assert losses(killed) != losses(tmp_path / "straight")
    assert not np.array_equal(
        longer.generator.get_weights()[0], again.generator.get_weights()[0]
    )
    assert [path.name for path in (killed / "backup_encoder").iterdir()] == ["after_2"]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("[stages.encoder]\nepochs = 2", "", "`stages.encoder.epochs` is missing"),
        ("epochs = 2", "epochs = 0", "`stages.encoder.epochs` must be an int"),
        ("epochs = 2", "epochs = 2\nsteps = 3", "no key `stages.encoder.steps`"),
        ("[stages.encoder]", "[stages.encodr]", "no key `stages.encodr`"),
    ],
)
def test_a_recipe_says_how_long_each_stage_is(old, new, message):
    assert old in TEXT
    with pytest.raises(ValueError, match=message):
        recipes.parse("own", TEXT.replace(old, new))


def test_an_encoder_that_was_not_trained_tells_nothing():
    gan = toys.build("FAnoGAN")
    gan.compile()
    assert not gan.reconstructs
    for call in gan.encode, gan.reconstruct, gan.anomaly_score, gan.anomaly_map:
        with pytest.raises(ValueError, match="stage='encoder'"):
            call(X)
