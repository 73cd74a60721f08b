"""One is no plural."""

import pytest

from ganzoo.system.terminal import counts


def test_one_is_no_plural():
    told = [counts.format_count(n, "epoch") for n in (0, 1, 1200)]
    assert told == ["0 epochs", "1 epoch", "1,200 epochs"]


def test_a_class_called_by_its_number_is_told_once():
    assert counts.format_class(3, "3") == "3"
    assert counts.format_class(3, "Dress") == "3 Dress"


@pytest.mark.parametrize(
    "text, short",
    [
        ("x86_64, 2 cores; cpu; tensorflow 2.21.0", "2 cores"),
        ("x86_64, 1 cores; cpu; tensorflow 2.21.0", "1 core"),
        ("x86_64, 16 cores; NVIDIA H200; jax 0.11.2", "NVIDIA H200"),
        ("a toaster", "a toaster"),
    ],
)
def test_hardware_is_told_in_a_few_words(text, short):
    assert counts.format_hardware(text) == short
