"""What a figure may depend on."""

import pathlib
import re
import subprocess

import pytest

from ganzoo.backend import environment


def test_the_environment_names_backend_and_versions():
    found = environment.environment()
    assert found["versions"]["keras"].startswith("3.")
    assert found["backend"] in ("tensorflow", "jax", "torch")


def test_the_processor_is_named_as_the_system_does():
    told = pathlib.Path("/proc/cpuinfo")
    if not told.is_file() or "model name" not in told.read_text("utf-8"):
        pytest.skip("the system tells of no processor there")
    text = told.read_text("utf-8")
    found = environment.environment()["processor"]
    name = re.escape(found.removesuffix(", AVX-512"))
    assert re.search(rf"^model name\s*: {name}$", text, re.MULTILINE)
    assert found.endswith(", AVX-512") == (" avx512f " in text)


def test_a_foreign_checkout_around_a_wheel_is_no_commit_of_ours(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.setattr(environment, "__file__", str(tmp_path / "environment.py"))
    assert environment.environment()["commit"] is None


def test_a_changed_file_marks_the_commit_and_a_new_result_does_not(
    tmp_path, monkeypatch
):
    def git(*args):
        who = "-c", "user.name=x", "-c", "user.email=x@example.com"
        done = subprocess.run(
            ["git", *who, *args], cwd=tmp_path, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    module = tmp_path / "ganzoo" / "environment.py"
    record = tmp_path / "benchmarks" / "results" / "results.jsonl"
    for path in (module, record):
        path.parent.mkdir(parents=True)
        path.write_text("before\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    monkeypatch.setattr(environment, "__file__", str(module))
    commit = git("rev-parse", "HEAD")
    record.write_text("before\nafter\n")
    assert environment.environment()["commit"] == commit
    module.write_text("after\n")
    assert environment.environment()["commit"] == f"{commit}-dirty"
