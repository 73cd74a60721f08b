"""The words of captions, and their numbers."""

import collections
import unicodedata
import warnings

import numpy as np

from ganzoo.system import suggestions

SHOWN = 3  # texts in a message


class Vocabulary:
    """Numbers the words of texts, so that networks take them.

    A text becomes as many tokens as the longest one has words: 1 for the first word by
    the alphabet, 2 for the next, and 0 after its end. Upper and lower case and
    punctuation do not matter.

    ```python
    vocabulary = ganzoo.data.Vocabulary(["a green heart", "a star"])
    vocabulary.words  # ("a", "green", "heart", "star")
    vocabulary.encode(["A star!"])  # [[1, 4, 0]]
    ```

    Args:
        texts: sequence of strings.
        length: int or None. Words that a text has at most; None for those of the
            longest.

    Raises:
        ValueError: If these are no strings, have no word, or the length is less than 1.
    """

    def __init__(self, texts, length=None):
        split = [split_words(text) for text in as_strings(texts)]
        self.words = tuple(sorted({word for words in split for word in words}))
        if not self.words:
            raise ValueError(
                "`texts` must have words. "
                f"Received: {len(split)} texts, like {list(texts[:SHOWN])}."
            )
        self.length = max(map(len, split)) if length is None else length
        if not isinstance(self.length, int) or self.length < 1:
            raise ValueError(
                "`length` must be an int of at least 1, the number of words. "
                f"Received: length={length!r}."
            )
        self._tokens = {word: i for i, word in enumerate(self.words, 1)}

    def __len__(self):
        """How many tokens there are: the words, and one for no word."""
        return 1 + len(self.words)

    def __repr__(self):
        return f"<Vocabulary of {len(self.words)} words, length {self.length}>"

    def encode(self, texts):
        """Tokens of texts.

        Words that are not known are left out, and so is what comes after `length`
        words; a warning says what.

        Args:
            texts: sequence of strings.

        Returns:
            int32 array `(n, length)`.

        Raises:
            ValueError: If these are no strings, or one has no word that is known.
        """
        texts = as_strings(texts)
        tokens = np.zeros((len(texts), self.length), "int32")
        unknown, cut = collections.Counter(), []
        for row, text in zip(tokens, texts):
            words = split_words(text)
            known = [word for word in words if word in self._tokens]
            if not known:
                raise ValueError(
                    "A text must have a word that the vocabulary has, of "
                    f"{len(self.words)}.{self._hints(words)} Received: {text!r}."
                )
            unknown.update(word for word in words if word not in self._tokens)
            row[: len(known)] = [self._tokens[word] for word in known[: self.length]]
            if len(known) > self.length:
                cut.append(f"{' '.join(known[self.length :])!r} of {text!r}")
        self._warn(unknown, cut)
        return tokens

    def decode(self, tokens):
        """The words of texts, joined by spaces.

        Args:
            tokens: int array `(n, length)`.

        Returns:
            List of strings.

        Raises:
            ValueError: If these are no tokens of the vocabulary.
        """
        tokens = np.asarray(tokens)
        if tokens.ndim != 2 or tokens.dtype.kind not in "iu":
            raise ValueError(
                "`tokens` must be integers of shape (n, length), as `encode` returns "
                f"them. Received: shape {tokens.shape} and type {tokens.dtype}."
            )
        if tokens.size and not 0 <= tokens.min() <= tokens.max() < len(self):
            raise ValueError(
                f"`tokens` must be from 0 to {len(self) - 1}. "
                f"Received: tokens from {tokens.min()} to {tokens.max()}."
            )
        return [" ".join(self.words[i - 1] for i in row if i) for row in tokens]

    def _hints(self, words):
        return "".join(
            suggestions.did_you_mean(word, self.words) for word in words[:SHOWN]
        )

    def _warn(self, unknown, cut):
        """Warn of words that were left out, because unknown or too many."""
        if unknown:
            words = [word for word, _ in unknown.most_common()]
            shown = ", ".join(map(repr, words[:SHOWN]))
            more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
            warnings.warn(
                f"Left out, as the vocabulary does not have them: {shown}{more}."
                f"{self._hints(words)}",
                stacklevel=3,
            )
        if cut:
            more = f" and of {len(cut) - SHOWN} more" if len(cut) > SHOWN else ""
            warnings.warn(
                f"A text has at most {self.length} words here. Cut off: "
                f"{'; '.join(cut[:SHOWN])}{more}.",
                stacklevel=3,
            )

    def get_config(self):
        return {"texts": list(self.words), "length": self.length}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def split_words(text):
    """The words of a text in lower case, a list; each in one way of writing it."""
    text = unicodedata.normalize("NFC", text.casefold()).replace("’", "'")
    # Marks, as of vowels, are no letters to Python, and belong to a word all the same.
    spaced = "".join(c if _is_of_word(c) else " " for c in text)
    words = (word.strip("-'") for word in spaced.split())
    return [word for word in words if word]


def _is_of_word(character):
    """Whether it may be in a word: a letter, a mark, a digit, or what joins two."""
    return unicodedata.category(character)[0] in "LMN" or character in "-'"


def as_strings(texts):
    """Texts as a list of Python's strings.

    Raises:
        ValueError: If it is one string, or something else than strings.
    """
    is_sequence = hasattr(texts, "__iter__") and not isinstance(texts, str)
    found = list(texts) if is_sequence else []
    if not is_sequence or not all(isinstance(text, str) for text in found):
        kinds = sorted({type(text).__name__ for text in found}) or ["nothing"]
        raise ValueError(
            "`texts` must be a sequence of strings. "
            f"Received: {type(texts).__name__} of {', '.join(kinds)}."
        )
    return list(map(str, found))
