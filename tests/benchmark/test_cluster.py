"""A suite on a Ray cluster of this machine, one of whose nodes is killed."""

import threading
import time

import keras
import numpy as np
import psutil
import pytest

from ganzoo import runs
from ganzoo.benchmark import report
from ganzoo.benchmark import runner

ray = pytest.importorskip("ray")
cluster_utils = pytest.importorskip("ray.cluster_utils")

WAIT = 200  # seconds until a suite is given up
# Ray would wait half a minute before it counts a node as lost.
QUICK = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 500,
    "health_check_failure_threshold": 2,
}


@pytest.fixture
def cluster(monkeypatch):
    """A head that does no runs, and two nodes that do one each."""
    monkeypatch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    cluster = cluster_utils.Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 0,
            "include_dashboard": False,
            "_system_config": QUICK,
        },
    )
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()


def kill_a_node(cluster, out, killed):
    """Wait for the first epoch of a run, and kill all of the node that trains it."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        for path in out.glob("*/history.csv"):
            for node in cluster.worker_nodes:
                processes = processes_of(node)
                if any(has(process, path.parent / "lock") for process in processes):
                    for process in processes:
                        process.kill()
                    killed.append(path.parent.name)
                    return
        threading.Event().wait(0.02)


def processes_of(node):
    """Ray's own, and the workers they have started."""
    started = [info for infos in node.all_processes.values() for info in infos]
    roots = [psutil.Process(info.process.pid) for info in started]
    workers = [child for root in roots for child in root.children(recursive=True)]
    return [*roots, *workers]


def has(process, lock):
    """Whether a process has a lock: it then has the file open."""
    try:
        return str(lock) in {file.path for file in process.open_files()}
    except psutil.Error:
        return False


def weights(folder):
    model = runs.load_model(folder)
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(v) for v in variables]


@pytest.mark.filterwarnings("ignore")
def test_a_suite_is_complete_although_a_node_was_killed(
    cluster, tiny_suite, tmp_path, capsys
):
    out, killed = tmp_path / "out", []
    killer = threading.Thread(target=kill_a_node, args=(cluster, out, killed))
    killer.start()
    how = {"ray": cluster.address, "verbose": 0}
    runner.run("tiny", ["GAN", "CGAN"], out=out, **how)
    killer.join()
    (name,) = killed
    assert "[2/2]" in capsys.readouterr().out
    results, _ = report.read(out)
    assert sorted(result["variant"] for result in results) == ["CGAN", "GAN"]
    for result in results:
        assert [row["epoch"] for row in result["history"]] == [0, 1]
    # Nothing twice but what was killed.
    begun = {
        path.parent.name: path.read_text().count("begins")
        for path in out.glob("*/log.txt")
    }
    assert begun.pop(name) == 2
    assert list(begun.values()) == [1]
    variant = next(r["variant"] for r in results if r["folder"] == name)
    whole = tmp_path / "whole"
    runner.run("tiny", [variant], out=whole, **how)
    for a, b in zip(weights(out / name), weights(whole / name), strict=True):
        np.testing.assert_array_equal(a, b)
