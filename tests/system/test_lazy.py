"""Names that are loaded on first use, and what type checkers know of them."""

import ast
import importlib
import inspect

import pytest

import ganzoo
from ganzoo.system import lazy

LAZY = ("ganzoo.data", "ganzoo.presets", "ganzoo.training")


def told_to_type_checkers(package):
    """The module of each name that a package imports under `TYPE_CHECKING`."""
    tree = ast.parse(inspect.getsource(package))
    [block] = [node for node in tree.body if isinstance(node, ast.If)][:1]
    assert ast.unparse(block.test) == "typing.TYPE_CHECKING"
    return {
        alias.asname or alias.name: node.module
        for node in block.body
        for alias in node.names
    }


@pytest.mark.parametrize("name", LAZY)
def test_type_checkers_know_the_names_that_are_loaded_on_first_use(name):
    package = importlib.import_module(name)
    told = told_to_type_checkers(package)
    assert told == inspect.getclosurevars(package.__getattr__).nonlocals["modules"]
    assert set(told) <= set(dir(package))
    for public, module in told.items():
        expected = getattr(importlib.import_module(module), public)
        assert getattr(package, public) is expected


def test_type_checkers_know_the_names_of_ganzoo():
    told = told_to_type_checkers(ganzoo)
    assert told.pop("*") == "ganzoo.models"
    assert told == ganzoo._NAMES
    assert {*told, "DCGAN"} <= set(dir(ganzoo))


def test_a_name_that_is_not_there_is_an_attribute_error():
    load, _ = lazy.attributes("ganzoo.data", {})
    with pytest.raises(AttributeError, match="'ganzoo.data' has no attribute 'lod'"):
        load("lod")


def test_the_name_that_was_meant_is_suggested():
    with pytest.raises(AttributeError, match="attribute 'GANN'. Did you mean 'GAN'?"):
        ganzoo.GANN  # noqa: B018
    with pytest.raises(AttributeError, match="Did you mean 'from_folder'?"):
        ganzoo.data.fromfolder  # noqa: B018
    with pytest.raises(AttributeError, match="'zzzzzz'$"):
        ganzoo.zzzzzz  # noqa: B018
