"""A suite on a Ray cluster of this machine, one of whose nodes is killed."""

import dataclasses
import os
import threading
import time

import psutil
import pytest
import toy_devices
from training import test_kills

from ganzoo.benchmark import report
from ganzoo.benchmark import runner
from ganzoo.benchmark import single_run
from ganzoo.benchmark import suites
from ganzoo.training import runs

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


def kill_a_node(cluster, run, killed):
    """Wait for the first epoch of a run, and kill all of the node that trains it."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if (run / "history.csv").exists():
            for node in cluster.worker_nodes:
                processes = processes_of(node)
                if any(has(process, run / "lock") for process in processes):
                    for process in processes:
                        process.kill()
                    killed.append(node)
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


def train_alone(run):
    """Train a run as a worker of the cluster does."""
    os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")
    single_run.do(run, train_only=True, verbose=0)


@pytest.mark.filterwarnings("ignore")
def test_a_suite_is_complete_although_a_node_was_killed(
    cluster, tiny_suite, tmp_path, capsys, monkeypatch
):
    out = tmp_path / "out"
    # So many that on a busy machine it is still training when it is killed.
    suite = dataclasses.replace(tiny_suite, epochs=8)
    monkeypatch.setitem(suites.SUITES, "tiny", suite)
    recipe = suite.load(1.0)["gan"]
    whole = single_run.Run(suite, recipe, 0, 1.0, tmp_path / "whole")
    interrupted = dataclasses.replace(whole, out=out)
    alone = toy_devices.start(train_alone, whole)
    killed = []
    killer = threading.Thread(
        target=kill_a_node, args=(cluster, interrupted.folder, killed)
    )
    killer.start()
    runner.run("tiny", ["GAN", "CGAN"], out=out, ray=cluster.address, verbose=0)
    killer.join()
    assert len(killed) == 1
    assert "[2/2]" in capsys.readouterr().out
    results, _ = report.read(out)
    assert sorted(result["variant"] for result in results) == ["CGAN", "GAN"]
    for result in results:
        assert [row["epoch"] for row in result["history"]] == [*range(1, 9)]
        # Nothing twice but what was killed.
        begun = (out / result["folder"] / "log.txt").read_text().count("begins")
        assert begun == (2 if result["variant"] == "GAN" else 1)
    alone.join(WAIT)
    models = [runs.load_model(run.folder) for run in (whole, interrupted)]
    test_kills.assert_same(*models)
