"""The script that fills a GPU: what it starts, in which order, and when it ends."""

import os
import subprocess

import pytest
import toy_pages

SCRIPT = toy_pages.ROOT / "benchmarks" / "gpu.sh"


@pytest.fixture
def start(tmp_path):
    """Runs the script with commands that only write down what they were given."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, body in {"ganzoo": "eval $ENDS; exit ${FAILS:-0}", "python": ""}.items():
        path = commands / name
        line = f'echo "{name} $*" >> "$CALLS"'
        path.write_text(f"#!/bin/sh\n{line}\n{body}\n")
        path.chmod(0o755)

    def run(*arguments, **variables):
        calls = tmp_path / "calls"
        done = subprocess.run(
            [SCRIPT, *arguments],
            cwd=tmp_path,
            env={
                **os.environ,
                "PATH": f"{commands}:{os.environ['PATH']}",
                "CALLS": str(calls),
                "PROCESSES": "2",
                **variables,
            },
            capture_output=True,
            text=True,
        )
        return done, calls.read_text().splitlines() if calls.exists() else []

    return run


def test_the_most_valuable_comes_first_and_by_many_at_once(start):
    done, calls = start("1", "gpu", "--budget", "0.1")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in calls[:2]] == ["python", "python"]
    assert "--precision float32" in calls[0]
    assert "--precision mixed_bfloat16" in calls[1]
    suites = [line.split()[3] for line in calls[2:]]
    names = ["cifar10", "fashion_mnist", "mnist", "cifar10"]
    assert suites == [name for name in names for _ in range(2)]
    assert "--seeds 1 --out gpu/cifar10 --budget 0.1" in calls[2]
    assert "--seeds 5 --out gpu/mnist --budget 0.1" in calls[6]
    for line in calls[2:]:
        toy_pages.parse(line.split()[1:])


def test_no_time_starts_nothing_and_a_failure_is_told(start):
    done, calls = start("0.001")
    assert done.returncode == 0 and calls == []
    done, _ = start("1", FAILS="3")
    assert done.returncode == 1
    assert "exit status 3, see runs/logs/cifar10-1.log: ganzoo benchmark" in done.stderr


def test_a_process_that_was_killed_is_a_failure(start):
    done, _ = start("1", ENDS="kill -9 $$")
    assert done.returncode == 1
    assert "exit status 137, see runs/logs/mnist-2.log" in done.stderr


def test_options_that_are_not_understood_end_it(start):
    done, calls = start("1", "runs", "--bogus", FAILS="2")
    assert done.returncode == 2
    assert not any("fashion_mnist" in line for line in calls)


@pytest.mark.parametrize("arguments", [(), ("an hour",), ("-5",), ("1h",)])
def test_minutes_are_a_number(start, arguments):
    done, calls = start(*arguments)
    assert done.returncode == 2 and "usage: " in done.stderr and calls == []
