"""Presets to load: one in an index, and one in a folder."""

import json
import types

import pytest
import toy_server
import toys
from toy_presets import CONTENT
from toy_presets import NAME
from toy_presets import facts_of

from ganzoo.presets import records
from ganzoo.presets import weight_files
from ganzoo.training import recipes


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """An index of one preset, which is nowhere to be had, and an empty cache."""
    index = tmp_path / "presets.json"
    index.write_text(json.dumps({NAME: facts_of(CONTENT)}))
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
    folder = tmp_path_factory.mktemp("presets") / "mine"
    toys.compiled("DCGAN").save_preset(
        folder, recipes.load("dcgan_fashion_mnist_10k"), epochs=4, seconds=61.5
    )
    return folder
