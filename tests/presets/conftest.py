"""Presets to load: one in an index, and one in a folder.

Fixtures import Keras: this file is read before `toy_environment` has set what it needs.
"""

import json
import types

import pytest


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """An index of one preset, which is nowhere to be had, and an empty cache."""
    import toy_presets
    import toy_server

    from ganzoo.presets import records
    from ganzoo.presets import weight_files

    index = tmp_path / "presets.json"
    facts = toy_presets.facts_of(toy_presets.CONTENT)
    index.write_text(json.dumps({toy_presets.NAME: facts}))
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GANZOO_WEIGHTS_URL", raising=False)
    toy_server.without_proxies(monkeypatch)
    monkeypatch.setattr(records, "INDEX", index)
    monkeypatch.setattr(weight_files, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(weight_files, "BASE_URL", "http://127.0.0.1:1/")
    monkeypatch.setattr(weight_files, "MIRRORS", ())
    monkeypatch.setattr(weight_files, "RETRIES", 0)
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    return types.SimpleNamespace(
        index=index, weights=tmp_path / "weights", cache=tmp_path / "cache" / "presets"
    )


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    """The folder of a preset of a DCGAN."""
    import toys

    from ganzoo.training import recipes

    folder = tmp_path_factory.mktemp("presets") / "mine"
    toys.compiled("DCGAN").save_preset(
        folder, recipes.load("dcgan_fashion_mnist_10k"), epochs=4, seconds=61.5
    )
    return folder
