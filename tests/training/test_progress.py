"""The line that tells how a training is going."""

import io
import re
import sys
import types

import keras
import pytest
import toys

from ganzoo.training import callbacks
from ganzoo.training import progress

LINE = re.compile(
    r"epoch (\d)/3 · 100% · discriminator loss \d+\.\d{3} · generator loss \d+\.\d{3} "
    r"· [\d,]+ images/s · \d+ s left( · fd 12.35 at epoch (\d))?"
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def score(epoch, logs):
    if epoch == 1:
        logs["val_fd"] = 12.3456
        logs["val_generator_loss"] = 1.0


def train(out):
    gan = toys.untraced("DCGAN")
    watch = progress.Progress(12, out)
    scored = keras.callbacks.LambdaCallback(on_epoch_end=score)
    gan.fit(
        toys.pictures(), batch_size=12, epochs=3, verbose=0, callbacks=[scored, watch]
    )
    return out.getvalue()


def test_a_log_has_a_line_for_each_epoch():
    lines = train(io.StringIO()).splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    assert [match[1] for match in found] == ["1", "2", "3"]
    assert [match[3] for match in found] == [None, "2", "2"]
    assert lines[2].count(" · 0 s left") == 1


def test_a_terminal_has_one_line_that_changes(monkeypatch):
    monkeypatch.setattr(progress.Progress, "EVERY", 0.0)
    text = train(Terminal())
    assert text.count("\n") == 1 and text.endswith("\n")
    shown = text.removesuffix("\n").split("\r\x1b[K")[1:]
    # Two batches and the end, three times.
    assert len(shown) == 9
    assert [" · 50% · " in line for line in shown] == 3 * [True, False, False]
    assert LINE.fullmatch(shown[-1])


def test_nothing_is_asked_of_a_model_while_its_next_step_may_run(monkeypatch):
    monkeypatch.setattr(progress.Progress, "EVERY", 0.0)
    out = Terminal()
    watch = progress.Progress(10, out)
    assert watch.async_safe
    watch.set_params({"epochs": 1, "steps": 2})
    watch.set_model(toys.build("GAN"))
    watch.on_train_begin()
    watch.on_epoch_begin(0)
    monkeypatch.setattr(progress.Progress, "model", property(lambda self: 1 / 0))
    watch.on_train_batch_end(0, {"discriminator_loss": keras.ops.ones(())})
    assert "discriminator loss 1.000" in out.getvalue()


def test_what_is_told_of_a_score_has_a_line_of_its_own(monkeypatch):
    monkeypatch.setattr(progress.Progress, "EVERY", 0.0)
    monkeypatch.setattr(sys, "stderr", Terminal())

    def score():
        print("Computing fid", file=sys.stderr)
        return {"fid": 5.0}

    scorer = types.SimpleNamespace(
        names=["fid"],
        verbose=1,
        prepare=lambda *data: types.SimpleNamespace(score=score),
    )
    watch = progress.Progress(12, sys.stderr)
    toys.untraced("GAN").fit(
        toys.pictures(),
        batch_size=12,
        verbose=0,
        callbacks=[callbacks.Score(scorer, toys.pictures()), watch],
    )
    told = sys.stderr.getvalue()
    assert " left\nComputing fid\n" in told and " · fid 5 at epoch 1\n" in told


def test_the_time_left_is_that_between_epochs_too(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    out = io.StringIO()
    watch = progress.Progress(10, out)
    watch.set_model(toys.build("GAN"))
    watch.set_params({"epochs": 3, "steps": 2})
    watch.on_train_begin()
    for epoch in range(3):
        watch.on_epoch_begin(epoch)
        for batch in range(2):
            now[0] += 30.0
            watch.on_train_batch_end(batch)
        # A score, before the line is written, and what is saved after it.
        now[0] += 240.0
        watch.on_epoch_end(epoch, {"seconds": 60.0})
        now[0] += 60.0
    left = re.findall(r"· (\S+ \S+) left", out.getvalue())
    # Of the first end of an epoch nothing is known yet.
    assert left == ["2 min", "6 min", "0 s"]


@pytest.mark.parametrize(
    "seconds, words",
    [(-1, "0 s"), (20.4, "20 s"), (300, "5 min"), (7500, "2 h 5 min")],
)
def test_times_are_told_in_words(seconds, words):
    assert progress.format_duration(seconds) == words
