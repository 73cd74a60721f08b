"""The words of captions: numbered, and found again."""

import unicodedata

import numpy as np
import pytest

import ganzoo
from ganzoo.data.vocabulary import Vocabulary

TEXTS = ["A green heart", "a star, medium-light", "don't!"]


def test_words_are_numbered_by_the_alphabet():
    vocabulary = Vocabulary(TEXTS)
    words = ("a", "don't", "green", "heart", "medium-light", "star")
    assert vocabulary.words == words
    assert (len(vocabulary), vocabulary.length) == (7, 3)
    assert ganzoo.data.Vocabulary is Vocabulary


def test_tokens_are_texts_again():
    vocabulary = Vocabulary(TEXTS)
    tokens = vocabulary.encode(TEXTS)
    assert tokens.dtype == "int32"
    np.testing.assert_array_equal(tokens, [[1, 3, 4], [1, 6, 5], [2, 0, 0]])
    texts = ["a green heart", "a star medium-light", "don't"]
    assert vocabulary.decode(tokens) == texts
    np.testing.assert_array_equal(vocabulary.encode(np.array(texts)), tokens)


def test_a_vocabulary_is_that_of_its_config():
    for vocabulary in (Vocabulary(TEXTS), Vocabulary(TEXTS, length=5)):
        again = Vocabulary.from_config(vocabulary.get_config())
        assert again.words == vocabulary.words
        assert again.length == vocabulary.length
        assert repr(again) == repr(vocabulary)


def test_words_that_are_not_known_are_left_out():
    vocabulary = Vocabulary(TEXTS)
    message = "does not have them: 'black', 'haert'. Did you mean 'heart'"
    with pytest.warns(UserWarning, match=message):
        tokens = vocabulary.encode(["a black star", "green haert"])
    np.testing.assert_array_equal(tokens, [[1, 6, 0], [3, 0, 0]])
    with pytest.warns(UserWarning, match="'w0', 'w1', 'w2' and 2 more"):
        vocabulary.encode([f"a w{i}" for i in range(5)])


def test_a_text_that_is_too_long_is_cut():
    message = "at most 2 words here. Cut off: 'heart' of 'A green heart'"
    with pytest.warns(UserWarning, match=message):
        tokens = Vocabulary(TEXTS, 2).encode(TEXTS[:1])
    np.testing.assert_array_equal(tokens, [[1, 3]])
    with pytest.warns(UserWarning, match="; .*and of 2 more"):
        Vocabulary(TEXTS, 1).encode(["a star"] * 5)


@pytest.mark.parametrize(
    "texts, message",
    [
        (["a", "hart"], "of 6. Did you mean 'heart'.* Received: 'hart'"),
        (["..."], "must have a word that the vocabulary has"),
        ("a star", "must be a sequence of strings. Received: str"),
        ([1], "must be a sequence of strings. Received: list of int"),
        (3, "must be a sequence of strings. Received: int"),
    ],
)
def test_texts_that_cannot_be_encoded_are_refused(texts, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(TEXTS).encode(texts)


def test_what_is_no_vocabulary_is_refused():
    with pytest.raises(ValueError, match="`texts` must have words"):
        Vocabulary(["...", ""])
    for length in (0, 1.5):
        with pytest.raises(ValueError, match="`length` must be an int of at least 1"):
            Vocabulary(TEXTS, length)
    with pytest.raises(ValueError, match=r"shape \(n, length\)"):
        Vocabulary(TEXTS).decode([1, 2])


def test_a_word_is_one_however_it_is_written():
    decomposed = unicodedata.normalize("NFD", "blaues Café")
    vocabulary = Vocabulary(["blaues café", decomposed, "हिन्दी दिल", "don’t"])
    assert vocabulary.words == ("blaues", "café", "don't", "दिल", "हिन्दी")
    np.testing.assert_array_equal(vocabulary.encode([decomposed]), [[1, 2]])
    np.testing.assert_array_equal(vocabulary.encode(["don't - 'café'"]), [[3, 2]])


@pytest.mark.parametrize("token", [-1, 3])
def test_tokens_of_no_word_are_refused(token):
    with pytest.raises(ValueError, match=f"from 0 to 2.*to |{token}"):
        Vocabulary(["a b"]).decode([[token, 0]])
