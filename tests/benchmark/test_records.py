"""Records: appended, never lost, never half read."""

import pathlib
import runpy
import shlex

import pytest

from ganzoo.benchmark import records

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"
REWRITTEN = runpy.run_path(str(BENCHMARKS / "commands.py"))["rewritten"]
PEERS = "ganzoo, TensorFlow;train_step of Keras's guide"


def test_what_is_appended_is_read(tmp_path):
    file = records.Records(tmp_path / "new" / "results.jsonl")
    assert file.read() == []
    written = [{"seed": 0, "score": 1.25}, {"seed": 1, "score": None}]
    for record in written:
        file.append(record)
    assert file.read() == written


def test_a_line_cut_off_by_a_kill_is_dropped(tmp_path):
    file = records.Records(tmp_path / "results.jsonl")
    file.append({"seed": 0})
    with file.path.open("a") as stream:
        stream.write('{"seed": 1, "sco')
    assert file.read() == [{"seed": 0}]
    file.append({"seed": 2})
    assert file.read() == [{"seed": 0}, {"seed": 2}]


@pytest.mark.parametrize("out", [["--out", "elsewhere"], ["--out=elsewhere"], []])
def test_a_recorded_command_runs_again_and_not_where_its_output_went(out):
    arguments = ["--contenders", PEERS, *out, "--rounds", "3"]
    command = records.command("benchmarks/throughput.py", arguments)
    script, *words = shlex.split(command)[1:]
    assert script == "benchmarks/throughput.py"
    assert words == ["--contenders", PEERS, "--rounds", "3"]


def test_a_command_of_old_is_rewritten_once():
    plain = f"--contenders {PEERS} --rounds 3"
    command = REWRITTEN(f"python benchmarks/throughput.py --out elsewhere {plain}")
    assert shlex.split(command)[-4:] == ["--contenders", PEERS, "--rounds", "3"]
    assert "elsewhere" not in command
    assert REWRITTEN(command) == command


def test_every_committed_command_is_one_that_a_shell_runs_again():
    for path in BENCHMARKS.glob("results/*/results.jsonl"):
        for line in records.Records(path).read():
            command = line.get("command") or ""
            if command.startswith("python benchmarks/"):
                assert REWRITTEN(command) == command, path
