"""What was meant by a word."""

import pytest

from ganzoo.system import suggestions

NAMES = ["dcgan_mnist", "gan_mnist", "gan_cifar10", "gan_a", "gan_b", "Ankle boot"]


@pytest.mark.parametrize(
    "word, hint",
    [
        ("dcgan_mnst", " Did you mean 'dcgan_mnist'?"),
        ("DCGAN", " Did you mean 'dcgan_mnist'?"),
        ("ankleboot", " Did you mean 'Ankle boot'?"),
        ("ga", " Did you mean 'gan_mnist' or 'gan_cifar10' or 'gan_a'?"),
        ("g", ""),
        ("", ""),
        ("nothing alike", ""),
    ],
)
def test_the_nearest_or_those_that_begin_so(word, hint):
    assert suggestions.did_you_mean(word, NAMES) == hint
