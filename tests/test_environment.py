"""What a figure may depend on."""

import subprocess

from ganzoo import environment


def test_the_environment_names_backend_and_versions():
    found = environment.environment()
    assert found["versions"]["keras"].startswith("3.")
    assert found["backend"] in ("tensorflow", "jax", "torch")
    # Cores of one kind and of another are not as fast.
    assert isinstance(found["processor"], str)


def test_a_foreign_checkout_around_a_wheel_is_no_commit_of_ours(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.setattr(environment, "__file__", str(tmp_path / "environment.py"))
    assert environment.environment()["commit"] is None
