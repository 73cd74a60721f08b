"""Stages: what trains without the game, and how it is saved."""

import keras
import numpy as np
import pytest
import toys
from keras import ops

from ganzoo.system import errors

X = toys.pictures(24)


def game(**options):
    gan = toys.build("FAnoGAN", **options)
    gan.compile(stage_optimizers={"encoder": keras.optimizers.Adam(1e-2)})
    return gan


def weights(gan):
    return {name: network.get_weights() for name, network in gan.players.items()}


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_stage_trains_its_networks_and_leaves_the_others_as_they_are():
    gan = game()
    before = weights(gan)
    history = gan.fit(X, batch_size=6, epochs=2, stage="encoder", verbose=0).history
    assert list(history) == ["encoder_loss"]
    after = weights(gan)
    for name in ("generator", "discriminator"):
        # Running statistics too.
        assert same(before[name], after[name]), name
    assert not same(before["encoder"], after["encoder"])
    assert (int(gan.steps), int(gan.images_seen)) == (0, 0)


def test_the_game_leaves_the_encoder_as_it_is():
    gan = game()
    before = weights(gan)
    history = gan.fit(X, batch_size=6, verbose=0).history
    assert list(history) == ["discriminator_loss", "generator_loss"]
    after = weights(gan)
    assert same(before["encoder"], after["encoder"])
    assert not same(before["generator"], after["generator"])


def test_a_stage_and_the_game_take_turns_and_go_on_bit_for_bit(tmp_path):
    gan = game()
    gan.fit(X, batch_size=6, verbose=0)
    gan.fit(X, batch_size=6, stage="encoder", verbose=0)
    gan.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    histories = []
    for model in (gan, again):
        told = [
            model.fit(X, batch_size=6, stage=stage, verbose=0).history
            for stage in ("encoder", "game", "encoder")
        ]
        histories.append(told)
    assert histories[0] == histories[1]
    for one, other in zip(weights(gan).values(), weights(again).values()):
        assert same(one, other)


def test_a_stage_is_evaluated_beside_and_apart_from_the_game():
    gan = game()
    of_game = gan.evaluate(X, verbose=0, return_dict=True)
    assert list(of_game) == ["discriminator_loss", "generator_loss"]
    of_stage = gan.evaluate(X, stage="encoder", verbose=0, return_dict=True)
    assert list(of_stage) == ["encoder_loss"]
    history = gan.fit(
        X, batch_size=6, stage="encoder", validation_data=X, verbose=0
    ).history
    assert list(history) == ["encoder_loss", "val_encoder_loss"]
    again = gan.evaluate(X, stage="encoder", verbose=0, return_dict=True)
    assert history["val_encoder_loss"] == [pytest.approx(again["encoder_loss"])]


def test_a_callback_may_evaluate_the_game_within_a_stage():
    gan, seen = game(), []
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(
            list(gan.evaluate(X, verbose=0, return_dict=True))
        )
    )
    history = gan.fit(
        X, batch_size=6, epochs=2, stage="encoder", callbacks=[look], verbose=0
    ).history
    assert seen == [["discriminator_loss", "generator_loss"]] * 2
    assert len(history["encoder_loss"]) == 2


def test_a_stage_takes_whole_batches_however_often_the_discriminator_is_updated():
    gan = game(discriminator_steps=5)
    gan.fit(X[:4], batch_size=4, stage="encoder", verbose=0)
    with pytest.raises(ValueError, match="batch_size"):
        gan.fit(X[:4], batch_size=4, verbose=0)


def test_a_weight_of_a_network_is_penalised_in_its_stage():
    x = keras.layers.Input(toys.IMAGE_SHAPE)
    dense = keras.layers.Dense(
        toys.LATENT_DIM, kernel_regularizer=keras.regularizers.L2(0.5)
    )
    gan = game(encoder=keras.Model(x, dense(keras.layers.Flatten()(x))))
    found = gan.evaluate(X, stage="encoder", verbose=0, return_dict=True)
    with gan.inference():
        x = ops.convert_to_tensor(X / np.float32(127.5) - 1)
        plain = toys.value(gan.encoder_loss(x))
    penalty = 0.5 * float((dense.get_weights()[0] ** 2).sum())
    assert found["encoder_loss"] == pytest.approx(plain + penalty, rel=1e-4)


def test_a_stage_that_diverges_is_ended():
    gan = game()
    gan.stage_optimizers["encoder"].learning_rate = 1e38
    with pytest.raises(errors.DivergedError, match="the encoder loss became NaN"):
        gan.fit(X, batch_size=6, epochs=5, stage="encoder", verbose=0)


def test_stages_that_there_are_not_are_refused():
    gan = game()
    message = "must be one of .*'encoder', 'game'.* Did you mean 'encoder'"
    with pytest.raises(ValueError, match=message):
        gan.fit(X, stage="encodr", verbose=0)
    with pytest.raises(ValueError, match="Received: stage='content'"):
        toys.compiled("GAN").evaluate(X, stage="content", verbose=0)
    with pytest.raises(ValueError, match="`stage_optimizers` must be a dict by names"):
        gan.compile(stage_optimizers={"decoder": "adam"})
    gan.encoder.trainable = False
    with pytest.raises(ValueError, match="`encoder` must not be frozen"):
        gan.fit(X, stage="encoder", verbose=0)


def test_two_stages_of_one_shape_are_two_trainings():
    """JAX would take the step of the one for that of the other."""
    gan = toys.compiled("IcGAN")
    data = toys.data("IcGAN")
    for stage in ("latent", "attributes", "latent"):
        history = gan.fit(*data, batch_size=12, stage=stage, verbose=0).history
        assert list(history) == [f"{stage}_loss"]
        found = gan.evaluate(*data, stage=stage, verbose=0, return_dict=True)
        assert list(found) == [f"{stage}_loss"]


def test_stages_count_their_steps_apart_from_the_game(tmp_path):
    gan = game()
    assert not gan.has_trained("encoder")
    gan.fit(X, batch_size=6, verbose=0)
    assert not gan.has_trained("encoder")
    gan.fit(X, batch_size=6, stage="encoder", verbose=0)
    assert gan.has_trained("encoder") and int(gan.steps) == 4
    gan.save_weights(tmp_path / "a.weights.h5")
    again = game()
    again.load_weights(tmp_path / "a.weights.h5")
    assert again.has_trained("encoder")
