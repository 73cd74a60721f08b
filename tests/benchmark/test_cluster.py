"""A suite on a Ray cluster of this machine, one of whose workers is killed."""

import os
import pathlib
import signal
import threading
import time

import pytest

from ganzoo.benchmark import report
from ganzoo.benchmark import runner

pytest.importorskip("ray")


def kill_a_worker(out, killed):
    """Wait for the first epoch of a run, and kill the process that trains it."""
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        if any(out.glob("*/history.csv")):
            for pid in workers():
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)
                return
        threading.Event().wait(0.05)


def workers():
    """Processes that a run is in, as Ray names them."""
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().startswith(b"ray::do"):
                yield int(path.parent.name)
        except OSError:
            continue


@pytest.mark.filterwarnings("ignore")
def test_a_suite_is_complete_although_a_worker_was_killed(
    tiny_suite, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    out, killed = tmp_path / "out", []
    killer = threading.Thread(target=kill_a_worker, args=(out, killed))
    killer.start()
    runner.run("tiny", ["GAN", "CGAN"], out=out, ray="local", verbose=0)
    killer.join()
    assert len(killed) == 1
    results, _ = report.read(out)
    assert sorted(r["variant"] for r in results) == ["CGAN", "GAN"]
    begun = [path.read_text().count("begins") for path in out.glob("*/log.txt")]
    # Nothing twice but what was killed.
    assert sorted(begun) == [1, 2]
    assert all(r["epochs"] == len(r["history"]) == 2 for r in results)
    assert "[2/2]" in capsys.readouterr().out
