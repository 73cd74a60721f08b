"""What the benchmark of training steps compares is one game, and its table is right."""

import dataclasses
import importlib
import json
import math
import os
import subprocess
import sys

import keras
import pytest
import toy_processes

from benchmarks import convolutions
from benchmarks import throughput
from benchmarks import throughput_report as report
from benchmarks.peers import games
from benchmarks.peers import pace
from benchmarks.peers import worker
from benchmarks.peers import zoo
from ganzoo.benchmark import records

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow is not the backend"
)
# A penalty and several steps, an encoder, and pairs; before it times others, the script
# compares their losses itself.
KINDS = ["WGANGP", "BiGAN", "Pix2Pix"]
# Of each loop of a peer of its own; the losses of all are compared before a benchmark.
OWN = ["StyleGAN", "StyleGAN2", "R3GAN", "ProjectionGAN", "InfoGAN", "BEGAN", "VAEGAN"]
OWN += ["DRAGAN", "StyleGAN3"]
OWN += ["UnrolledGAN", "SemiSupervisedGAN", "CoGAN", "CycleGAN", "SRGAN"]
OWN += ["PredictiveGAN", "IcGAN", "GANCLS", "FAnoGAN", "LAPGAN", "BigBiGAN"]
# Keras would import TensorFlow to set a seed, whatever its backend.
PLAYED = """
import json, sys
from keras.src.utils import module_utils
module_utils.tensorflow._available = False
sys.path += ["tests", "tests/benchmark"]
from test_throughput import play
print(json.dumps(play(*map(json.loads, sys.argv[1:]))))
"""


def play(played):
    """Losses of the zoo and of peers, for each of the games.

    Args:
        played: list of pairs. A variant, and the names of its peers.
    """
    with pytest.MonkeyPatch.context() as patch:
        # Two of the discriminator go no other way than five.
        for variant in games.DISCRIMINATOR_STEPS:
            patch.setitem(games.DISCRIMINATOR_STEPS, variant, 2)
        found = []
        for variant, names in played:
            case = games.Case(variant, filters=4, batch=8)
            peers = [zoo.Contender, *map(contender, names)]
            found.append([worker.check(peer, case) for peer in peers])
        return found


def contender(name):
    """The class of one of `worker.PLAYERS`."""
    _, module, class_name, _ = worker.PLAYERS[name]
    module = importlib.import_module(f"benchmarks.peers.{module}")
    return getattr(module, class_name)


def assert_same(found):
    """Assert that in each game all peers come to the losses of the first."""
    for ours, *others in found:
        assert others
        for losses in others:
            assert losses == pytest.approx(ours, rel=throughput.TOLERANCE)


@pytest.fixture
def run_as_written():
    """Let functions of TensorFlow run, which takes less long than to trace them."""
    tf = pytest.importorskip("tensorflow")
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@on_tensorflow
# `fit` cannot shuffle what the guide gives it, and what loads pictures stays traced.
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_peer_on_tensorflow_plays_the_same_game(run_as_written):
    peers = ["loop by tf.function", "train_step of Keras's guide"]
    found = play([(kind, peers) for kind in KINDS])
    assert len(found) == len(KINDS)
    assert_same(found)


@pytest.mark.parametrize(
    "backend, played",
    [
        (
            "torch",
            [
                *((kind, ["PyTorch, eager"]) for kind in KINDS),
                *((variant, [worker.OWN_PEERS[variant]]) for variant in OWN),
            ],
        ),
        # The penalty's derivatives would take it minutes to compile.
        ("jax", [(kind, ["JAX and Optax"]) for kind in ("CGAN", "BiGAN")]),
    ],
)
def test_the_peer_on_another_backend_plays_the_same_game(backend, played):
    if backend == "jax":
        pytest.importorskip("optax")
    done = subprocess.run(
        [sys.executable, "-c", PLAYED, json.dumps(played)],
        cwd=throughput.HERE.parent,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == len(played)
    assert_same(found)


def test_a_worker_does_as_it_is_told():
    pytest.importorskip("optax")
    case = games.Case("CGAN", filters=4, batch=6)
    one = throughput.Worker("JAX and Optax", case)
    assert len(one.ask("check")) == 4
    assert one.ask("start", 2 * case.pictures) > 0
    assert one.ask("run", 1) > 0
    assert one.ask("pace", 1) > 0
    assert one.ask("memory") > 1e8
    assert one.ask("flops") > 1e6
    one.end()


def test_a_peer_that_plays_another_game_is_not_timed(monkeypatch):
    class Told:
        def __init__(self, name, case):
            self.losses = [1.0, 2.0] if name == "a" else [1.0, 2.1]

        def ask(self, word):
            return self.losses

        def end(self):
            pass

    monkeypatch.setattr(throughput, "Worker", Told)
    throughput.check(games.Case("GAN"), ["a", "a"])
    with pytest.raises(ValueError, match=r"another game.*Received: b with \[1.0, 2.1"):
        throughput.check(games.Case("GAN"), ["a", "b"])


def test_a_worker_that_dies_is_told():
    one = throughput.Worker("no such contender", games.Case("GAN"))
    with pytest.raises(RuntimeError, match="no such contender has died at: check"):
        one.ask("check")
    one.end()


def test_the_report_has_the_last_measurement_of_each_case(tmp_path, monkeypatch):
    def row(name, rate, **more):
        more = {"first": 2.0, "memory": 2**30, "steps": 5, **more}
        return {"contender": name, "rates": [rate - 1, rate, rate + 2], **more}

    for ours in 10.0, 20.0:
        rows = [
            row(report.OURS, ours),
            row("JAX and Optax", 5.0),
            row(report.DATA, 300.0),
            row(report.CEILING, 100.0, flops=2e9, flops_of_a_step=3e9),
        ]
        measure = ("steps", lambda case, rows=rows: rows)
        chosen = [games.Case("DCGAN", batch=64)]
        throughput.run(chosen, measure, tmp_path, "the command")
    assert len(records.Records(tmp_path / "results.jsonl").read()) == 2
    text = (tmp_path / "report.md").read_text()
    # 20 steps of 64 pictures and 3 GFLOP, and a ceiling of 200 GFLOP/s.
    named = "| DCGAN, 28×28×1, width 32, batch 64, float32 |"
    assert f"{named} **1,280** | 320 |" in text
    assert (
        "| ganzoo, TensorFlow | 1,280 | 1,216–1,408 | 1.00 | 3 × 5 | 2.0 | 1,024 |"
        in text
    )
    assert "| JAX and Optax | 320 | 256–448 | 4.00 | 3 × 5 | 2.0 | 1,024 |" in text
    assert "3.00 GFLOP, the machine's matrix product 200 GFLOP/s" in text
    assert "ganzoo reaches 30% of it" in text
    assert "come at 15.0 times the rate of training" in text
    assert "| JAX and Optax | 4.00 | 4.00 | 4.00 | 1 | 1 | 1 |" in text
    assert "was so many times as fast as others: 2.00 (JAX and Optax)." in text
    assert text.count("## DCGAN") == 1 and "`the command`" in text
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")


def test_what_was_wrong_is_left_out_and_told(tmp_path):
    case = dataclasses.asdict(games.Case("DCGAN"))
    rows = [{"contender": name, "rates": [4.0]} for name in throughput.DRAWING]
    rows = [{**row, "memory": 2**30, "memory_of_ten_times": 2**30} for row in rows]
    told = {"machine": "x86_64", "devices": ["cpu"], "commit": "1234567", "command": ""}
    line = {**told, "case": case, "measure": "drawing", "rows": rows, "seconds": 1.0}
    retraction = {"retracts": ["generate"], "why": "It was another network."}
    report.write(tmp_path, [line, retraction], "The protocol.")
    text = (tmp_path / "report.md").read_text()
    assert "The protocol.\n\nIt was another network.\n" in text
    assert "| predict of the generator |" in text and "| generate |" not in text


def test_drawing_has_a_table_of_its_own(tmp_path, monkeypatch):
    rows = [
        {
            "contender": name,
            "rates": [4.0],
            "memory": 2**30,
            "memory_of_ten_times": 2**31,
        }
        for name in throughput.DRAWING
    ]
    monkeypatch.setattr(throughput, "measure", lambda *_: rows)
    throughput.main(
        ["--measure", "drawing", "--variants", "GAN", "--out", str(tmp_path)]
    )
    text = (tmp_path / "report.md").read_text()
    assert "| generate | 4,096 | 4,096–4,096 | 1,024 | 2,048 |" in text


def test_sizes_and_variants_are_chosen_on_the_command_line(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(throughput, "measure", lambda case, *_: seen.append(case) or [])
    monkeypatch.setattr(report, "write", lambda *_: None)
    options = ["--variants", "GAN,Pix2Pix", "--sizes", "64x3x16x8", "--out"]
    throughput.main([*options, str(tmp_path)])
    assert seen == [games.Case(v, 64, 3, 16, 8) for v in ("GAN", "Pix2Pix")]
    full = list(throughput.cases())
    own = sum(map(len, throughput.OWN_SIZES.values()))
    assert len(full) == 6 * len(throughput.SIZES) + own


def test_the_script_starts():
    done = subprocess.run(
        [sys.executable, throughput.__file__, "--variants", "NoGAN"],
        env={**os.environ, **toy_processes.QUICK},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and "not {'NoGAN'}" in done.stderr


def test_peers_without_ganzoo_are_refused_at_the_door(capsys):
    with pytest.raises(SystemExit):
        throughput.main(["--contenders", "PyTorch, eager;JAX and Optax"])
    assert "held against ganzoo" in capsys.readouterr().err


def test_searching_has_a_table_of_each_backend(tmp_path, monkeypatch):
    def measure(case, names, effort):
        rate = {"project": 200.0, "gradient": 250.0}
        return [{"contender": n, "rates": [rate[n.split(",")[0]]]} for n in names]

    monkeypatch.setattr(throughput, "measure", measure)
    options = ["--measure", "searching", "--variants", "DCGAN", "--sizes", "28x1x4x6"]
    throughput.main([*options, "--out", str(tmp_path)])
    text = (tmp_path / "report.md").read_text()
    for backend in "tensorflow", "jax", "torch":
        assert f"| {backend} | 5.00 | 4.00 | 1.25 |" in text


@pytest.mark.parametrize("cls", [zoo.Project, zoo.Gradient])
def test_a_search_and_its_gradient_take_steps(cls):
    model = worker.prepared(cls, games.Case("DCGAN", filters=2, batch=4), 16)
    model.run(2)


def test_ends_of_epochs_have_a_table_of_their_own(tmp_path, monkeypatch):
    class Told:
        def __init__(self, name, case):
            self.pace = 0.1 if name == report.OURS else 0.2

        def ask(self, word, number):
            return number * self.pace

        def end(self):
            pass

    monkeypatch.setattr(throughput, "Worker", Told)
    options = ["--measure", "endings", "--variants", "DCGAN", "--sizes", "28x1x4x6"]
    throughput.main([*options, "--out", str(tmp_path)])
    text = (tmp_path / "report.md").read_text()
    assert f"`python benchmarks/throughput.py {' '.join(options)}`" in text
    assert "| 40 | 60 | 90 | 135 | 200 | 300 | 450 |" in text
    assert "| ganzoo, TensorFlow | 4.0 | 6.0 | 9.0 |" in text
    assert "tf.data as it comes | 8.0 | 12.0 | 18.0 |" in text


def test_a_profile_tells_what_is_left_to_gain(tmp_path, monkeypatch):
    class Told:
        def __init__(self, name, case):
            share = 80.0 if name == report.OURS else 50.0
            self.kinds = {"Conv2D": share - 10, "MatMul": 10.0, "Mul": 100.0 - share}

        def ask(self, word, number):
            return self.kinds if word == "profile" else 2.0

        def end(self):
            pass

    monkeypatch.setattr(throughput, "Worker", Told)
    options = ["--measure", "profile", "--variants", "DCGAN", "--sizes", "28x1x4x6"]
    throughput.main([*options, "--out", str(tmp_path)])
    text = (tmp_path / "report.md").read_text()
    assert "| Conv2D | 70.0 | 40.0 |" in text and "| all | 100.0 | 100.0 |" in text
    assert "| on the clock | 50.0 | 50.0 |" in text
    assert "have 80% (ganzoo, TensorFlow), 50% (train_step of Keras's guide)" in text
    assert "Were all the rest free" in text and "2.00 times as fast" in text
    # Keras's guide has no such game.
    throughput.main([*options[:3], "BEGAN", *options[4:], "--out", str(tmp_path)])
    text = (tmp_path / "report.md").read_text().partition("## BEGAN")[2]
    assert "have 80% (ganzoo, TensorFlow) of the time" in text
    assert "a step of ganzoo, TensorFlow would be 1.25 times as fast" in text


@on_tensorflow
def test_a_profile_is_of_operations():
    from benchmarks.peers import profiles

    model = worker.prepared(zoo.Contender, games.Case("DCGAN", filters=2, batch=4), 8)
    model.run(1)
    kinds = profiles.profile(model.run, 2)
    assert any("Conv2D" in kind for kind in kinds)
    assert all(time >= 0 for time in kinds.values())


def test_tries_have_a_table_of_their_own(tmp_path, monkeypatch):
    def measure(case, names, effort):
        return [
            {"contender": name, "rates": [4.0 - i / 2], "first": 1.0}
            for i, name in enumerate(names)
        ]

    monkeypatch.setattr(throughput, "measure", measure)
    options = ["--measure", "tries", "--variants", "GAN", "--sizes", "28x1x4x6"]
    throughput.main([*options, "--out", str(tmp_path)])
    text = (tmp_path / "report.md").read_text()
    assert "| as it is | 24 | 24–24 | 1.00 | 1.0 |" in text
    assert "| layers as Keras has them | 21 | 21–21 | 0.88 | 1.0 |" in text


def test_slow_rates_have_digits_too():
    rows = {"rates": [0.4123, 0.5, 12.34]}
    assert report._rate(rows, 1) == ("0.5", "0.412–12.3")
    assert report._rate(rows, 1000) == ("500", "412–12,340")


def test_the_summary_is_over_all_cases(tmp_path):
    lines = [
        {
            "case": dataclasses.asdict(games.Case(variant)),
            "rows": [
                {"contender": report.OURS, "rates": [ours]},
                {"contender": "PyTorch, eager", "rates": [10.0]},
            ],
        }
        for variant, ours in (("GAN", 5.0), ("DCGAN", 10.0), ("LSGAN", 30.0))
    ]
    assert "| PyTorch, eager | 0.50 | 1.00 | 3.00 | 3 | 2 |" in report._summary(lines)


def test_peers_are_held_against_ganzoo_on_whichever_backend_is_there():
    rows = [
        {"contender": "JAX and Optax", "rates": [10.0]},
        {"contender": "ganzoo, JAX", "rates": [15.0]},
    ]
    line = {"case": dataclasses.asdict(games.Case("GAN")), "rows": rows}
    text = report._summary([line])
    assert text.startswith("| ganzoo, JAX: times as fast as |")
    assert "| JAX and Optax | 1.50 | 1.50 | 1.50 | 1 | 1 |" in text


def test_peers_of_one_game_share_a_column_and_a_mark():
    assert len(report._columns()) == len(worker.PLAYERS) - len(worker.OWN_PEERS) + 1
    assert len(report._columns()) <= min(len(report.MARKERS), len(report.COLORS))
    lines = [
        {
            "case": dataclasses.asdict(games.Case(variant)),
            "rows": [
                {"contender": report.OURS, "rates": [2.0]},
                {"contender": worker.OWN_PEERS[variant], "rates": [rate]},
            ],
        }
        for variant, rate in (("ACGAN", 1.0), ("EBGAN", 4.0))
    ]
    head, _, *body = report._overview(lines).splitlines()
    assert head == "| images/s | ganzoo, TensorFlow | the game's own peer |"
    assert [line.split(" | ", 1)[1] for line in body] == [
        "**128** | 64 |",
        "128 | **256** |",
    ]
    assert "| EBGAN in plain PyTorch | 0.50 |" in report._summary(lines)


def test_operations_are_counted_where_the_ceiling_is_measured_only(monkeypatch):
    asked = []

    class Told:
        def __init__(self, name, case):
            self.name = name

        def ask(self, word, *numbers):
            asked.append((self.name, word))
            return [1.0, 2.0] if word == "check" else 1.0

        def end(self):
            pass

    monkeypatch.setattr(throughput, "Worker", Told)
    monkeypatch.setattr(throughput, "check_once", throughput.check)
    names, effort = ["ganzoo, JAX", "JAX and Optax"], throughput.Effort(1, 0.1)
    throughput.measure(games.Case("GAN"), names, effort, "pace")
    assert (report.COUNTER, "flops") not in asked
    throughput.measure(games.Case("GAN"), [*names, report.CEILING], effort, "pace")
    assert (report.COUNTER, "flops") in asked


def test_forms_of_a_convolution_are_timed_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(convolutions, "LAYERS", [(False, 4, 1, 2), (True, 2, 2, 1)])
    monkeypatch.setattr(convolutions, "BATCH", 2)
    rows = convolutions.measure()
    assert [len(row["milliseconds"]) for row in rows] == [4, 4]
    about = {"backend": "jax", "machine": "m", "devices": ["cpu"], "commit": "c"}
    convolutions.report(tmp_path, [{**about, "rows": rows}])
    text = (tmp_path / "convolutions.md").read_text()
    assert "| 4×4×1 to 2 |" in text and "| transposed, 2×2×2 to 1 |" in text


def test_a_turn_has_as_many_pictures_as_memory_holds():
    for case in throughput.cases():
        pictures = throughput.longest_turn(case) * case.pictures
        numbers = pictures * max(map(math.prod, case.shapes))
        # In float32, and a copy: a gigabyte and some.
        assert 2 * 4 * numbers < 1.2e9
        assert pictures > 40_000 or numbers > throughput.MOST_NUMBERS


def test_a_pace_is_without_what_begins_and_ends_an_epoch(monkeypatch):
    clock, told = [0.0], []
    monkeypatch.setattr(pace.time, "perf_counter", lambda: clock[0])

    def run(steps, watch):
        clock[0] += 100.0
        for i in range(steps):
            clock[0] += 2.0
            told.append(i)
            watch(i, [1.0])
        clock[0] += 100.0

    assert pace.measure(run, 5) == 2.0
    assert told == [0, 1, 2, 3, 4, 5]
