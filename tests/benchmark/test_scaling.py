"""The model on paper has closed forms, and what is measured is told as it is."""

import dataclasses
import json
import os
import subprocess
import sys

import pytest

from benchmarks import scaling
from benchmarks import scaling_model as model
from benchmarks import scaling_report as report
from benchmarks import throughput
from benchmarks.peers import games

# Ten numbers of D in a batch normalisation, thirty of G in two; two updates of D.
WORK = model.Work(
    *("a game", 1e9, (10, 1), (30, 2)),
    steps=2,
    picture=100,
    batch=8,
    memory=(1000.0, 50.0),
)
CLUSTER = model.Cluster(
    overhead=1e-3,
    input=1e6,
    peak=1e12,
    memory=1e6,
    nvlink=1e6,
    network=1e5,
    base_latency=1e-3,
    nvlink_latency=1e-4,
    network_latency=1e-2,
    utilization=0.5,
    link_utilization=0.5,
)


def test_one_device_sends_nothing():
    found = model.step(WORK, CLUSTER, 1, 8)
    assert found["gradients"] == found["statistics"] == 0
    # 8 pictures of a GFLOP at half a TFLOP a second.
    assert found["compute"] == pytest.approx(16e-3)
    # 2 · 10 + 30 weights, 28 bytes of each.
    assert found["update"] == pytest.approx(1400e-6)
    # Two updates of 8 pictures of 100 bytes.
    assert found["input"] == pytest.approx(1600e-6)
    assert found["step"] == pytest.approx(16e-3 + 1.4e-3)
    assert found["bound"] == "compute"


def test_gradients_go_around_a_ring():
    assert model.gradient_bytes(WORK) == 4 * 50
    quiet = dataclasses.replace(
        CLUSTER, base_latency=0.0, nvlink_latency=0.0, network_latency=0.0
    )
    # 2 · 3/4 of the bytes, at half of a million a second.
    found = model.step(WORK, quiet, 4, 8)["gradients"]
    assert found == pytest.approx(1.5 * 200 / 5e5)
    # Eight adapters together, which are slower than a GPU's own links.
    found = model.step(WORK, quiet, 16, 8)["gradients"]
    assert found == pytest.approx(2 * 15 / 16 * 200 / (8e5 * 0.5))


def test_an_all_reduce_waits_for_a_tree():
    assert model.latency(CLUSTER, 1) == 0
    assert model.latency(CLUSTER, 8) == pytest.approx(1e-3 + 14e-4)
    # Eight workers: three hops up and three down.
    assert model.latency(CLUSTER, 64) == pytest.approx(1e-3 + 14e-4 + 6e-2)


@pytest.mark.parametrize("backend, forth, back", [("tensorflow", 3, 2), ("jax", 2, 2)])
def test_every_pass_of_a_batch_normalisation_is_an_all_reduce(backend, forth, back):
    # D plays twice forth and back in each of its two turns and once in that of G; the
    # two of G play forth in all three turns, and back in their own.
    expected = forth * (5 + 6) + back * (5 + 2)
    assert model.messages(WORK, backend) == expected
    found = model.step(WORK, CLUSTER, 8, 8, backend)["statistics"]
    assert found == pytest.approx(expected * 2.4e-3)


def test_the_longer_of_device_and_host_counts():
    slow = dataclasses.replace(CLUSTER, input=1e4)
    found = model.step(WORK, slow, 1, 8)
    assert found["step"] == pytest.approx(0.16 + 1e-3) and found["bound"] == "input"


def test_efficiency_is_of_one_device():
    assert model.weak(WORK, CLUSTER, 1)["efficiency"] == 1
    assert model.strong(WORK, CLUSTER, 1, 64)["efficiency"] == 1
    one = model.step(WORK, CLUSTER, 1, 64)["step"]
    eight = model.step(WORK, CLUSTER, 8, 8)["step"]
    found = model.strong(WORK, CLUSTER, 8, 64)["efficiency"]
    assert found == pytest.approx(one / (8 * eight))
    assert model.weak(WORK, CLUSTER, 64)["efficiency"] < found


def test_virtual_devices_wait_for_messages_bytes_and_fit():
    few, many = (32, 1e-4), (4_000_032, 2.1e-3)
    found = model.on_virtual_devices(0.1, WORK, "jax", few, many, idle=3e-3)
    count = model.messages(WORK, "jax") + 3
    assert found == pytest.approx(0.1 + count * 1e-4 + 200 * 2e-3 / 4e6 + 3e-3)


def test_memory_is_of_weights_and_of_pictures():
    assert model.memory(WORK, 8) == 1400
    small = dataclasses.replace(CLUSTER, size=1420.0)
    assert model.largest_batch(WORK, small) == 8


def test_every_number_has_a_source():
    for number, meaning, source, url in model.NUMBERS.values():
        assert number > 0 and meaning
        assert url.startswith("https://") if url else "assumed" in source


class Told:
    """A worker that says what it is told to say."""

    def __init__(self, name, case, cores=None):
        self.devices = int(name.split()[1]) if "devices" in name else 0
        self.idle = name.endswith("nothing")
        self.case = case

    def ask(self, *words):
        self.tell(*words)
        return self.hear()

    def tell(self, *words):
        self.told = words

    def hear(self):
        word, *_ = self.told
        players = {
            "generator": {"weights": 30, "normalizations": 2},
            "discriminator": {"weights": 10, "normalizations": 1},
        }
        if word == "pace":
            # A step that does nothing takes 1 ms and a ns for each byte.
            of_host = 1e-3 + 1e-9 * self.case.batch * self.case.side**2 * 3
            of_devices = self.devices * (0.01 if self.idle else 0.1)
            return of_devices or of_host
        return {
            "start": 1.0,
            "memory": 2**30,
            "all_reduces": [1e-3, 2e-3] if self.devices > 1 else [0.0, 0.0],
            "players": players,
            "count": {
                "flops": 1e9,
                "bytes": [1e9, 1e7],
                "players": players,
                "all_reduces": [40, 8],
            },
            "weights": str(self.write()) if word == "weights" else None,
        }[word]

    def write(self):
        import numpy as np

        path = self.folder / f"{self.devices}.npz"
        moved = np.ones(3) + 1e-4 * self.devices
        np.savez(path, before=np.zeros(3), first=0.1 * moved, after=moved)
        return path

    def end(self):
        pass


def test_the_script_goes_on_and_reports(tmp_path, monkeypatch):
    monkeypatch.setattr(Told, "folder", tmp_path, raising=False)
    monkeypatch.setattr(throughput, "Worker", Told)
    out = tmp_path / "out"
    options = ["--quick", "--rounds", "1", "--out", str(out)]
    scaling.main(options)
    lines = (out / "results.jsonl").read_text().splitlines()
    assert len(lines) == 1 + len(report.PAPER) + 3 * len(scaling.BACKENDS)
    scaling.main(options)
    assert (out / "results.jsonl").read_text().splitlines() == lines
    text = (out / "report.md").read_text()
    case = "DCGAN 28×28×1, width 8, batch 16"
    # 31 + 2 messages of a millisecond and hardly any bytes, on 100 ms of one by itself
    # and 10 ms of doing nothing on one more.
    row = f"| {case} | tensorflow | 2 | 200.0 | 200.0–200.0 | 100.0 | 143.0 | 1.40 |"
    assert row in text
    assert "They take 1.6 of its 80 GB, which would hold 7,900 pictures." in text
    row = f"| {case} | tensorflow, 2 devices | 1.0e-05 | 1.0e-04 | 1.0e+00 |"
    assert row in text
    assert f"| {case} | tensorflow, 1 device, rounded otherwise | 1.0e-05 |" in text
    assert f"| {case} | tensorflow | 2 | 33 | 192 | 160 |" in text
    assert "| 0.001 | seconds of a step that does nothing | measured |" in text
    assert "| 1e+09 | bytes a second of pictures gathered | measured |" in text
    assert (out / "scaling.png").read_bytes().startswith(b"\x89PNG")


COUNTED = """
import json
from benchmarks.peers import games, shared
found = shared.Contender(games.Case("DCGAN", filters=2, batch=8), 2)
print(json.dumps([found.count(), found.time_all_reduces()]))
"""


def test_on_jax_every_device_has_its_part_of_both_players():
    pytest.importorskip("optax")
    done = subprocess.run(
        [sys.executable, "-c", COUNTED],
        cwd=throughput.HERE.parent,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    counts, seconds = json.loads(done.stdout.splitlines()[-1])
    work = report.work_of(games.Case("DCGAN", filters=2, batch=8), counts)
    sizes = counts["all_reduces"]
    # XLA sends some of them together.
    assert len(sizes) <= model.messages(work, "jax") + model.updates(work)
    # A player that each device computed alone would be missing. The rest are
    # statistics, a few numbers for each channel.
    rest = 4 * sum(sizes) - model.gradient_bytes(work)
    assert 0 < rest < 0.1 * model.gradient_bytes(work)
    assert len(seconds) == 2
