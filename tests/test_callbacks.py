"""What happens between epochs: sheets, states, histories, and the end of lost games."""

import warnings

import keras
import numpy as np
import pytest
import toys

import ganzoo
from ganzoo import callbacks
from ganzoo import grids


def test_a_sheet_is_written_after_every_epoch(tmp_path):
    gan = toys.compiled("GAN")
    sheets = callbacks.SampleSheet(
        tmp_path / "samples", lambda model: grids.grid(model.generate(4, seed=0))
    )
    gan.fit(toys.pictures(), epochs=2, callbacks=[sheets], verbose=0)
    paths = sorted((tmp_path / "samples").iterdir())
    assert [path.name for path in paths] == ["epoch_0001.png", "epoch_0002.png"]
    first, second = (path.read_bytes() for path in paths)
    assert first != second


def test_drawing_sheets_does_not_change_the_training():
    plain, drawn = toys.compiled("GAN"), toys.compiled("GAN")
    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    plain.fit(toys.pictures(), **options)
    draw = callbacks.keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: drawn.generate(4)
    )
    drawn.fit(toys.pictures(), callbacks=[draw], **options)
    assert toys.same(toys.copy_of(plain.weights), toys.copy_of(drawn.weights))


class Spoil(keras.callbacks.Callback):
    """Makes a player's weights NaN before the given batch of the second epoch."""

    def __init__(self, player, batch=1):
        super().__init__()
        self.player = player
        self.batch = batch
        self.batches = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if epoch == 1 and self.batch is None:
            spoil(getattr(self.model, self.player))

    def on_train_batch_begin(self, batch, logs=None):
        self.batches += self.epoch == 1


def spoil(network):
    network.set_weights([np.full_like(w, np.nan) for w in network.get_weights()])


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_a_lost_game_ends_with_its_epoch_and_player(player, tmp_path):
    gan = toys.compiled("GAN")
    spoiler = Spoil(player, batch=None)
    saves = [
        callbacks.SaveModel(tmp_path / "model.keras"),
        callbacks.BackupAndRestore(tmp_path / "backup"),
        keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
    ]
    with pytest.raises(callbacks.DivergedError, match=f"epoch 2.*{player}") as error:
        gan.fit(
            toys.pictures(64),
            batch_size=1,
            epochs=3,
            callbacks=[spoiler, *saves],
            verbose=0,
        )
    assert "smaller learning rate" in str(error.value)
    assert spoiler.batches < 64, "the epoch is cut short"
    # What was good is kept.
    assert not (tmp_path / "2.keras").exists()
    for path in (tmp_path / "model.keras", tmp_path / "1.keras"):
        weights = keras.saving.load_model(path).get_weights()
        assert all(np.isfinite(w).all() for w in weights)
    assert [p.name for p in (tmp_path / "backup").iterdir()] == [
        "epoch_0001.weights.h5"
    ]


def test_weights_that_are_lost_in_the_last_step_are_noticed():
    gan = toys.compiled("GAN")

    watch = callbacks.TerminateOnNaN()
    watch.set_model(gan)
    watch.on_train_begin()
    watch.on_epoch_end(0, {"discriminator_loss": 1.0, "generator_loss": 1.0})
    spoil(gan.generator)
    with pytest.raises(callbacks.DivergedError, match="of the generator are no finite"):
        watch.on_epoch_end(0, {"discriminator_loss": 1.0, "generator_loss": 1.0})


def test_the_history_has_a_line_for_each_epoch_the_last_one_counts(tmp_path):
    path = tmp_path / "new" / "history.csv"
    history = callbacks.History(path)
    for epoch, logs in [
        (0, {"generator_loss": 1.5}),
        (1, {"generator_loss": 2.5}),
        (1, {"generator_loss": 3.5, "val_fd": 7.0}),
    ]:
        history.on_epoch_begin(epoch)
        history.on_epoch_end(epoch, logs)
    rows = callbacks.read_history(path)
    assert [row["epoch"] for row in rows] == ["0", "1"]
    assert [row["generator_loss"] for row in rows] == ["1.5", "3.5"]
    assert [row["val_fd"] for row in rows] == ["", "7.0"]
    assert all(float(row["seconds"]) >= 0 for row in rows)
    assert [p.name for p in path.parent.iterdir()] == ["history.csv"]


def test_a_backup_is_one_file_with_its_epoch_in_its_name(tmp_path):
    gan, backup = toys.compiled("GAN"), tmp_path / "backup"
    keep = callbacks.BackupAndRestore(backup, delete_checkpoint=False)
    gan.fit(toys.pictures(), epochs=2, callbacks=[keep], verbose=0)
    assert [p.name for p in backup.iterdir()] == ["epoch_0002.weights.h5"]
    again = toys.compiled("GAN")
    end = callbacks.BackupAndRestore(backup)
    history = again.fit(toys.pictures(), epochs=3, callbacks=[end], verbose=0)
    assert history.epoch == [2]
    assert not backup.exists()
    straight = toys.compiled("GAN")
    straight.fit(toys.pictures(), epochs=3, verbose=0)
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(straight.variables))


def test_a_state_cut_off_by_a_kill_is_not_read(tmp_path):
    backup = tmp_path / "backup"
    gan = toys.compiled("GAN")
    keep = callbacks.BackupAndRestore(backup, delete_checkpoint=False)
    gan.fit(toys.pictures(), callbacks=[keep], verbose=0)
    partial = backup / f".epoch_0002-{'0' * 32}.weights.h5"
    partial.write_bytes(b"half")
    again = toys.compiled("GAN")
    again.fit(toys.pictures(), callbacks=[keep], verbose=0)
    assert [p.name for p in backup.iterdir()] == ["epoch_0001.weights.h5"]
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(gan.variables))


def monitored(gan, arrays, epochs=1, **logs):
    """What the monitor says of a model after each of some epochs with these logs."""
    monitor = callbacks.CollapseMonitor(*arrays)
    monitor.set_model(gan)
    monitor.on_train_begin()
    logs = {"discriminator_loss": 1.0, "generator_loss": 1.0, **logs}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for epoch in range(epochs):
            monitor.on_epoch_end(epoch, logs)
    return logs, [str(warning.message) for warning in caught], monitor


def collapsed(picture=0.0):
    players = toys.networks("GAN")
    picture = np.full(toys.IMAGE_SHAPE, picture, "float32")
    players["generator"] = toys.constant_generator(picture)
    return ganzoo.GAN(**players, seed=0)


def test_pictures_that_never_differ_are_warned_of_in_the_third_epoch():
    logs, messages, _ = monitored(collapsed(), toys.data("GAN"), epochs=3)
    assert logs["duplicates"] == 1.0
    assert len(messages) == 1 and "Epoch 3: 100% of 24 pictures" in messages[0]


def test_pictures_that_differ_no_more_are_warned_of_at_once():
    _, _, monitor = monitored(toys.build("GAN"), toys.data("GAN"))
    losses = {"discriminator_loss": 1.0}
    assert not list(monitor._messages({"duplicates": 0.2, **losses}))
    assert "30% of 24" in next(monitor._messages({"duplicates": 0.3, **losses}))


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_pictures_as_different_as_real_ones_are_not(kind):
    x = toys.pictures() if kind == "uint8" else toys.pictures() / 127.5 - 1
    # Pictures as random as those: from one latent for each pixel.
    latents = keras.layers.Input((16,))
    pictures = keras.layers.Reshape(toys.IMAGE_SHAPE)(keras.ops.tanh(latents))
    players = toys.networks("GAN") | {"generator": keras.Model(latents, pictures)}
    logs, messages, _ = monitored(ganzoo.GAN(**players, seed=0), (x,))
    assert logs["duplicates"] == 0.0 and not messages


@pytest.mark.parametrize("variant", toys.VARIANTS)
def test_a_discriminator_that_is_always_right_is_warned_of(variant):
    gan, arrays = toys.build(variant), toys.data(variant)
    undecided = gan.undecided_loss or 1.0
    for factor, warned in (0.02, False), (0.005, variant != "WGANGP"):
        loss = factor * undecided
        _, messages, _ = monitored(gan, arrays, discriminator_loss=loss)
        assert any("always right" in message for message in messages) == warned


@pytest.mark.parametrize("variant", sorted(set(toys.VARIANTS) - {"WGANGP"}))
def test_the_loss_of_one_that_cannot_tell_is_the_losses_own(variant):
    gan = toys.build(variant)
    toys.undecided(gan.discriminator)
    if variant == "LSGAN":
        *others, bias = gan.discriminator.get_weights()
        gan.discriminator.set_weights([*others, np.full_like(bias, 0.5)])
    arrays = toys.data(variant)
    batch = gan.to_batch(arrays if len(arrays) > 1 else arrays[0])
    loss = toys.value(gan.discriminator_loss(batch))
    assert loss == pytest.approx(gan.undecided_loss, rel=1e-6)


def test_a_score_that_jumps_is_warned_of():
    _, _, monitor = monitored(toys.build("GAN"), toys.data("GAN"))
    said = []
    for fid in (30.0, 20.0, 39.0, 41.0):
        logs = {"duplicates": 0.0, "discriminator_loss": 1.0, "val_fid": fid}
        said.append([message for message in monitor._messages(logs)])
    assert said[:3] == [[], [], []]
    assert "val_fid has jumped to 41, from 20" in said[3][0]


def test_one_picture_cannot_be_monitored():
    with pytest.raises(ValueError, match="Received: 1 pictures"):
        callbacks.CollapseMonitor(toys.pictures(1))


def test_monitoring_does_not_change_the_training():
    x = toys.pictures()
    plain, watched = toys.compiled("GAN"), toys.compiled("GAN")
    plain.fit(x, epochs=2, verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        monitor = callbacks.CollapseMonitor(x)
        history = watched.fit(x, epochs=2, callbacks=[monitor], verbose=0).history
    assert len(history["duplicates"]) == 2
    assert toys.same(toys.copy_of(plain.variables), toys.copy_of(watched.variables))
