"""What happens between epochs: sheets, states, histories, and the end of lost games."""

import sys
import types
import warnings

import keras
import numpy as np
import pytest
import toys

import ganzoo
from ganzoo import evaluation
from ganzoo.training import callbacks
from ganzoo.training.history import read_history
from ganzoo.visualization import grids
from ganzoo.visualization import samples


def test_a_sheet_is_written_after_every_epoch(tmp_path):
    gan = toys.untraced("GAN")
    sheets = callbacks.SampleSheet(
        tmp_path / "samples", lambda model: grids.grid(model.generate(4, seed=0))
    )
    gan.fit(toys.pictures(), epochs=2, callbacks=[sheets], verbose=0)
    paths = sorted((tmp_path / "samples").iterdir())
    assert [path.name for path in paths] == ["epoch_0001.png", "epoch_0002.png"]
    first, second = (path.read_bytes() for path in paths)
    assert first != second


class Notebook(types.ModuleType):
    """Stands for IPython: remembers what is displayed, and what replaces it."""

    def __init__(self):
        super().__init__("IPython")
        self.shown, self.updates = [], []
        self.display = types.SimpleNamespace(display=self.show)

    def show(self, sheet, display_id):
        assert display_id is True
        self.shown.append(sheet)
        return types.SimpleNamespace(update=self.updates.append)


def test_live_samples_replace_one_another_in_a_notebook(monkeypatch):
    notebook = Notebook()
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    gan = toys.untraced("GAN")
    live = callbacks.LiveSamples()
    gan.fit(toys.pictures(), epochs=3, callbacks=[live], verbose=0)
    assert (len(notebook.shown), len(notebook.updates)) == (1, 2)
    wanted = ganzoo.show(samples.sheet(None, gan, ()))
    assert notebook.updates[-1].tobytes() == wanted.tobytes()
    assert notebook.shown[0].tobytes() != wanted.tobytes()


def test_live_samples_of_a_model_that_translates_need_images(monkeypatch):
    notebook = Notebook()
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    gan, (x, y) = toys.untraced("Pix2Pix"), toys.data("Pix2Pix")
    with pytest.raises(ValueError, match="Pass a function that translates some images"):
        gan.fit(x, y, callbacks=[callbacks.LiveSamples()], verbose=0)
    live = callbacks.LiveSamples(lambda model: model.translate(x[:4], seed=0))
    gan.fit(x, y, callbacks=[live], verbose=0)
    wanted = ganzoo.show(gan.translate(x[:4], seed=0))
    assert notebook.shown[0].tobytes() == wanted.tobytes()


def test_live_samples_without_ipython_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    with pytest.raises(ValueError, match="pip install ipython"):
        callbacks.LiveSamples()


def test_drawing_sheets_does_not_change_the_training():
    plain, drawn = toys.untraced("GAN"), toys.untraced("GAN")
    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    plain.fit(toys.pictures(), **options)
    draw = callbacks.keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: drawn.generate(4)
    )
    drawn.fit(toys.pictures(), callbacks=[draw], **options)
    assert toys.same(toys.copy_of(plain.weights), toys.copy_of(drawn.weights))


class Count(keras.callbacks.Callback):
    """Counts the batches of the second epoch."""

    batches = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        self.batches += self.epoch == 1


def losing():
    """A game whose discriminator makes a step into nowhere, in the second epoch."""
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([70], [1e-4, 1e38])
    gan = toys.build("GAN")
    gan.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(1e-4))
    return gan


FIRST = "epoch 2: the (discriminator|generator) loss became NaN or infinite first"


@pytest.mark.parametrize("as_list", [False, True], ids=["callbacks", "CallbackList"])
def test_a_lost_game_ends_with_its_epoch_and_player(as_list, tmp_path):
    gan, count = losing(), Count()
    given = [
        count,
        keras.callbacks.ModelCheckpoint(tmp_path / "often.keras", save_freq=4),
        callbacks.BackupAndRestore(tmp_path / "backup"),
        keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
    ]
    if as_list:
        given = keras.callbacks.CallbackList(given, add_history=True, model=gan)
    with pytest.raises(callbacks.DivergedError, match=FIRST) as error:
        gan.fit(toys.pictures(64), batch_size=1, epochs=3, callbacks=given, verbose=0)
    assert "smaller learning rate" in str(error.value)
    assert 4 < count.batches < 12, "the epoch is cut short"
    # What was good is kept.
    assert not (tmp_path / "2.keras").exists()
    for path in (tmp_path / "often.keras", tmp_path / "1.keras"):
        weights = keras.saving.load_model(path).get_weights()
        assert all(np.isfinite(w).all() for w in weights)
    assert [p.name for p in (tmp_path / "backup").iterdir()] == [
        "epoch_0001.weights.h5"
    ]
    # And the model is one to load it into, and to go on with.
    gan.load_weights(tmp_path / "backup" / "epoch_0001.weights.h5")
    gan.fit(toys.pictures(8), batch_size=4, verbose=0)


def test_a_lost_game_is_noticed_where_other_threads_look_at_the_logs():
    with pytest.raises(callbacks.DivergedError, match=FIRST):
        losing().fit(toys.pictures(64), batch_size=1, epochs=3, verbose=0)


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_the_player_is_the_one_whose_loss_or_weights_are_lost_first(player):
    gan = toys.compiled("GAN")
    watch = callbacks.TerminateOnNaN()
    watch.set_model(gan)
    watch.on_epoch_begin(4)
    logs = {"discriminator_loss": 1.0, "generator_loss": 1.0}
    watch.on_train_batch_end(0, logs)
    watch.on_epoch_end(4, logs)
    network = getattr(gan, player)
    network.set_weights([np.full_like(w, np.inf) for w in network.get_weights()])
    with pytest.raises(
        callbacks.DivergedError, match=f"a weight of the {player} became NaN"
    ):
        watch.on_epoch_end(4, logs)
    # The discriminator's is computed first.
    both = {"discriminator_loss": np.nan, "generator_loss": np.nan}
    lost = both if player == "discriminator" else logs | {"generator_loss": np.inf}
    with pytest.raises(
        callbacks.DivergedError, match=f"epoch 5: the {player} loss became"
    ):
        watch.on_train_batch_end(0, lost)


def test_running_statistics_that_no_loss_has_seen_are_noticed():
    gan = toys.compiled("GAN")
    watch = callbacks.TerminateOnNaN()
    watch.set_model(gan)
    watch.on_epoch_begin(0)
    logs = {"discriminator_loss": 1.0, "generator_loss": 1.0}
    watch.on_epoch_end(0, logs)
    *_, variance = gan.generator.non_trainable_weights
    variance.assign(np.full(variance.shape, np.inf))
    with pytest.raises(callbacks.DivergedError, match="a weight of the generator"):
        watch.on_epoch_end(0, logs)


def test_a_fit_after_one_that_went_on_begins_at_the_beginning(tmp_path):
    keep = callbacks.BackupAndRestore(tmp_path, delete_checkpoint=False)
    toys.untraced("GAN").fit(toys.pictures(), epochs=2, callbacks=[keep], verbose=0)
    resumed = toys.untraced("GAN")
    options = {"epochs": 3, "verbose": 0}
    assert resumed.fit(toys.pictures(), callbacks=[keep], **options).epoch == [2]
    assert resumed.fit(toys.pictures(), **options).epoch == [0, 1, 2]


def test_a_backup_removes_what_is_its_own(tmp_path):
    (tmp_path / "epoch_best.weights.h5").write_text("somebody else's")
    backup = callbacks.BackupAndRestore(tmp_path)
    toys.untraced("GAN").fit(toys.pictures(), callbacks=[backup], verbose=0)
    assert [path.name for path in tmp_path.iterdir()] == ["epoch_best.weights.h5"]


def test_a_history_that_was_changed_is_refused(tmp_path):
    path = tmp_path / "history.csv"
    for text in "epoch,seconds\nfirst,1\n", "seconds\n1\n", "epoch,seconds\n,1\n":
        path.write_text(text)
        with pytest.raises(ValueError, match="number of an epoch in each line"):
            read_history(path)


def test_the_history_has_a_line_for_each_epoch_the_last_one_counts(tmp_path):
    path = tmp_path / "new" / "history.csv"
    history = callbacks.History(path)
    for epoch, logs in [
        (0, {"generator_loss": 1.5}),
        (1, {"generator_loss": 2.5}),
        (1, {"generator_loss": 3.5, "val_fd": 7.0}),
    ]:
        history.on_epoch_end(epoch, logs)
    rows = read_history(path)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert [row["generator_loss"] for row in rows] == ["1.5", "3.5"]
    assert [row["val_fd"] for row in rows] == ["", "7.0"]
    assert [p.name for p in path.parent.iterdir()] == ["history.csv"]


def test_seconds_are_those_of_training(monkeypatch):
    now = iter([10.0, 13.5])
    monkeypatch.setattr(callbacks.time, "perf_counter", lambda: next(now))
    clock, logs = callbacks.Seconds(), {}
    clock.on_epoch_begin(0)
    clock.on_epoch_end(0, logs)
    assert logs == {"seconds": 3.5}


def test_a_backup_is_one_file_with_its_epoch_in_its_name(tmp_path):
    gan, backup = toys.untraced("GAN"), tmp_path / "backup"
    keep = callbacks.BackupAndRestore(backup, delete_checkpoint=False)
    gan.fit(toys.pictures(), epochs=2, callbacks=[keep], verbose=0)
    assert [p.name for p in backup.iterdir()] == ["epoch_0002.weights.h5"]
    again = toys.untraced("GAN")
    end = callbacks.BackupAndRestore(backup)
    history = again.fit(toys.pictures(), epochs=3, callbacks=[end], verbose=0)
    assert history.epoch == [2]
    assert not backup.exists()
    straight = toys.untraced("GAN")
    straight.fit(toys.pictures(), epochs=3, verbose=0)
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(straight.variables))


def test_a_state_cut_off_by_a_kill_is_not_read(tmp_path):
    backup = tmp_path / "backup"
    gan = toys.untraced("GAN")
    keep = callbacks.BackupAndRestore(backup, delete_checkpoint=False)
    gan.fit(toys.pictures(), callbacks=[keep], verbose=0)
    partial = backup / f".epoch_0002-{'0' * 32}.weights.h5"
    partial.write_bytes(b"half")
    again = toys.untraced("GAN")
    again.fit(toys.pictures(), callbacks=[keep], verbose=0)
    assert [p.name for p in backup.iterdir()] == ["epoch_0001.weights.h5"]
    assert toys.same(toys.copy_of(again.variables), toys.copy_of(gan.variables))


def monitored(gan, arrays, epochs=1, steps=400, **logs):
    """What the monitor says of a model after each of some epochs with these logs."""
    monitor = callbacks.CollapseMonitor(*arrays)
    monitor.set_model(gan)
    monitor.set_params({"steps": steps})
    monitor.on_train_begin()
    logs = {"discriminator_loss": 1.0, "generator_loss": 1.0, **logs}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for epoch in range(epochs):
            monitor.on_epoch_end(epoch, logs)
    # Keras warns on PyTorch of how it turns variables to arrays.
    said = [str(w.message) for w in caught if w.category is not DeprecationWarning]
    return logs, said, monitor


def collapsed(picture=0.0):
    players = toys.networks("GAN")
    picture = np.full(toys.IMAGE_SHAPE, picture, "float32")
    players["generator"] = toys.constant_generator(picture)
    return ganzoo.GAN(**players, seed=0)


@pytest.mark.parametrize("kind", ["flat", "all alike"])
def test_images_that_show_nothing_are_warned_of_in_the_second_epoch(kind):
    noise = np.random.default_rng(0).uniform(-1, 1, toys.IMAGE_SHAPE)
    gan = collapsed(0.3 if kind == "flat" else noise.astype("float32"))
    logs, messages, _ = monitored(gan, toys.data("GAN"), epochs=2)
    assert logs["duplicates"] == 1.0
    assert len(messages) == 1 and f"Epoch 2: the 24 samples are {kind}" in messages[0]


def test_of_two_domains_the_one_that_has_collapsed_is_warned_of():
    networks = toys.networks("CoGAN")
    generator = networks["generator"]
    *others, kernel, bias = generator.get_weights()
    generator.set_weights([*others, np.zeros_like(kernel), bias])
    gan = ganzoo.CoGAN(**networks, seed=0)
    assert len(np.unique(gan.generate(9, seed=0)[0], axis=0)) == 9
    logs, messages, _ = monitored(gan, toys.data("CoGAN"), epochs=2)
    assert logs["duplicates"] == 1.0 and "Epoch 2: the 24 samples are" in messages[0]


def test_different_but_flat_images_are_warned_of():
    players = toys.networks("GAN")
    *others, bias = players["generator"].get_weights()
    players["generator"].set_weights([1e-3 * w for w in others] + [bias])
    logs, messages, _ = monitored(ganzoo.GAN(**players), toys.data("GAN"), epochs=2)
    assert "samples are flat" in messages[0]


def test_images_of_one_colour_each_are_flat(monkeypatch):
    """Their channels differ, and so do they, but none of them shows anything."""
    rng = np.random.default_rng(0)
    real = rng.integers(0, 256, (24, 4, 4, 3), "uint8")
    flat = np.broadcast_to(rng.integers(0, 256, (24, 1, 1, 3), "uint8"), real.shape)
    monkeypatch.setattr(samples, "draw", lambda *args, **kwargs: iter([flat]))
    logs, messages, _ = monitored(toys.build("GAN"), (real,), epochs=2)
    assert logs["duplicates"] < 1
    assert len(messages) == 1 and "Epoch 2: the 24 samples are flat" in messages[0]


def test_averages_are_named_as_a_reason_only_where_there_are_any():
    for averaged in (False, True):
        gan = collapsed()
        adam = keras.optimizers.Adam(use_ema=averaged)
        gan.compile(keras.optimizers.Adam(), adam)
        _, messages, _ = monitored(gan, toys.data("GAN"), epochs=2)
        assert ("without averaged weights" in messages[0]) == averaged


def test_a_new_generator_has_200_batches_to_show_anything():
    _, messages, _ = monitored(collapsed(), toys.data("GAN"), epochs=3, steps=80)
    assert [message.split(":")[0] for message in messages] == ["Epoch 3"]


def test_a_new_generator_has_a_thousand_batches_to_show_different_things():
    _, _, monitor = monitored(toys.build("GAN"), toys.data("GAN"))
    logs = {"discriminator_loss": 1.0, "duplicates": 0.5}
    monitor.has_begun = False
    said = []
    for monitor.batches in (400, 800, 1_200, 1_600):
        said.append(bool(list(monitor._messages(logs))))
    assert said == [False, False, True, True]


def test_pictures_that_differ_no_more_are_warned_of_at_once():
    _, _, monitor = monitored(toys.build("GAN"), toys.data("GAN"))
    losses = {"discriminator_loss": 1.0}
    assert not list(monitor._messages({"duplicates": 0.2, **losses}))
    assert "30% of 24" in next(monitor._messages({"duplicates": 0.3, **losses}))


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_pictures_as_different_as_real_ones_are_not(kind):
    x = toys.pictures() if kind == "uint8" else toys.pictures() / 127.5 - 1
    # Images as random as those: from one latent for each pixel.
    latents = keras.layers.Input((16,))
    pictures = keras.layers.Reshape(toys.IMAGE_SHAPE)(keras.ops.tanh(latents))
    players = toys.networks("GAN") | {"generator": keras.Model(latents, pictures)}
    logs, messages, _ = monitored(ganzoo.GAN(**players, seed=0), (x,))
    assert logs["duplicates"] == 0.0 and not messages


# Whose losses have no value for a discriminator that cannot tell.
WITHOUT_LEAST = {
    *("BEGAN", "DRAGAN", "EBGAN", "FAnoGAN", "InfoGAN"),
    *("SemiSupervisedGAN", "WGAN", "WGANGP"),
}


@pytest.mark.parametrize("variant", toys.VARIANTS)
def test_a_discriminator_that_is_always_right_is_warned_of(variant):
    gan, arrays = toys.build(variant), toys.data(variant)
    undecided = gan.undecided_loss or 1.0
    for factor, warned in (0.02, False), (0.005, variant not in WITHOUT_LEAST):
        loss = factor * undecided
        _, messages, _ = monitored(gan, arrays, discriminator_loss=loss)
        assert any("always right" in message for message in messages) == warned


@pytest.mark.parametrize("variant", sorted(set(toys.VARIANTS) - WITHOUT_LEAST))
def test_the_loss_of_one_that_cannot_tell_is_the_losses_own(variant):
    gan = toys.build(variant)
    for judge in gan.judges.values():
        toys.undecided(judge)
        if variant in ("LSGAN", "CycleGAN"):
            *others, bias = judge.get_weights()
            judge.set_weights([*others, np.full_like(bias, 0.5)])
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


def test_a_stream_cannot_be_monitored():
    with pytest.raises(ValueError, match="Received: x of type generator"):
        callbacks.CollapseMonitor(iter_of_pictures())


def iter_of_pictures():
    yield toys.pictures()


def test_one_picture_cannot_be_monitored():
    with pytest.raises(ValueError, match="Received: 1 images"):
        callbacks.CollapseMonitor(toys.pictures(1))


def test_monitoring_does_not_change_the_training():
    x = toys.pictures()
    plain, watched = toys.untraced("GAN"), toys.untraced("GAN")
    plain.fit(x, epochs=2, verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        monitor = callbacks.CollapseMonitor(x)
        history = watched.fit(x, epochs=2, callbacks=[monitor], verbose=0).history
    assert len(history["duplicates"]) == 2
    assert toys.same(toys.copy_of(plain.variables), toys.copy_of(watched.variables))


def test_a_history_of_an_earlier_release_is_gone_on_with_from_1(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("epoch,seconds\n0,1.5\n1,1.25\n")
    history = callbacks.History(path)
    history.set_model(toys.build("GAN"))
    assert [row["epoch"] for row in read_history(path)] == ["1", "2"]
    for _ in range(2):
        history.on_epoch_end(2, {"seconds": 1.0})
    assert path.read_text().split() == [
        *("epoch,seconds", "1,1.5", "2,1.25", "3,1.0"),
    ]
    history.on_epoch_end(1, {"seconds": 2.0})
    assert [row["seconds"] for row in read_history(path)] == ["1.5", "2.0"]


# === Names in the logs ===


def test_a_score_of_every_second_epoch_has_its_column_in_every_log(tmp_path):
    gan, (x,) = toys.untraced("GAN"), toys.data("GAN")
    scorer = evaluation.Scorer(toys.Features(), ["fid", "kid"])
    stop = keras.callbacks.EarlyStopping("val_fd", mode="min", patience=9)
    keep = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", monitor="val_fd", mode="min", save_best_only=True
    )
    history = gan.fit(
        x,
        epochs=4,
        verbose=0,
        callbacks=[
            callbacks.Score(scorer, x, every=2),
            stop,
            keep,
            callbacks.History(tmp_path / "history.csv"),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        ],
    ).history
    for name in ("val_fd", "val_kd", "val_kd_sd"):
        assert np.isfinite(history[name]).tolist() == [False, True, False, True]
    logged = read_history(tmp_path / "log.csv")
    assert [row["val_fd"] == "nan" for row in logged] == [True, False, True, False]
    rows = read_history(tmp_path / "history.csv")
    assert [row["val_fd"] == "" for row in rows] == [True, False, True, False]
    assert stop.best == keep.best == min(history["val_fd"][1::2])


def rates(gan):
    callback = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    history = gan.fit(*toys.data("GAN"), epochs=2, verbose=0, callbacks=[callback])
    return {k: v for k, v in history.history.items() if k.startswith("learning_rate")}


def test_learning_rates_are_logged_by_player_in_every_run(tmp_path):
    gan = toys.untraced("GAN")
    gan.compile(
        keras.optimizers.Adam(0.4, name="mine"),
        keras.optimizers.SGD(0.8),
        run_eagerly=toys.TRACES,
    )
    named = {
        "learning_rate_discriminator": pytest.approx([0.2, 0.1]),
        "learning_rate_generator": pytest.approx([0.4, 0.2]),
    }
    assert rates(gan) == named
    gan.save(tmp_path / "model.keras")
    assert set(rates(keras.saving.load_model(tmp_path / "model.keras"))) == (set(named))
    assert set(rates(toys.untraced("GAN"))) == set(named)


def test_singular_values_of_all_kernels_are_in_the_history():
    gan, arrays = toys.compiled("GAN"), toys.data("GAN")
    spectra = callbacks.SingularValues(every=2, count=2)
    history = gan.fit(*arrays, epochs=2, verbose=0, callbacks=[spectra]).history
    names = {name for name in history if "/sigma_" in name}
    assert {name[:2] for name in names} == {"G/", "D/"}
    assert all(np.isnan(history[name][0]) for name in names)
    assert {name: history[name][1] for name in names} == spectra.values()
    for name, values in (("G", gan.generator), ("D", gan.discriminator)):
        for layer in values.layers:
            if getattr(layer, "kernel", None) is None:
                continue
            kernel = keras.ops.convert_to_numpy(layer.kernel)
            exact = np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), 2)
            assert np.isclose(history[f"{name}/{layer.name}/sigma_0"][1], exact)


@pytest.mark.parametrize("arguments", [{"every": 0}, {"count": 0}, {"count": 1.5}])
def test_singular_values_are_asked_for_in_whole_numbers(arguments):
    with pytest.raises(ValueError, match="at least 1. Received: (every|count)="):
        callbacks.SingularValues(**arguments)
