"""Texts: captions of images, as a generator is told by a text encoder."""

import numpy as np

from ganzoo.backend.prediction import predict
from ganzoo.data.vocabulary import Vocabulary
from ganzoo.game import network_checks
from ganzoo.game.kinds.conditional.remembering import REMEMBERED
from ganzoo.game.kinds.conditional.remembering import Remembering


class TextConditional(Remembering):
    """What an `AdversarialModel` does whose generator takes encodings of texts.

    A text comes as tokens of a vocabulary. Its encoding is what the model's
    `text_encoder` makes of them, and the generator's second input. Texts that are not
    asked for are those of the images that it has seen last. Before it has seen any,
    they are single words.

    Args:
        vocabulary: `ganzoo.data.Vocabulary`, or its config.
        **kwargs: As of the variant.

    Raises:
        ValueError: If there is no vocabulary, or the text encoder has not all words.
    """

    condition_names = ("texts",)

    def __init__(self, *args, vocabulary, **kwargs):
        if isinstance(vocabulary, dict):
            vocabulary = Vocabulary.from_config(vocabulary)
        if not isinstance(vocabulary, Vocabulary):
            raise ValueError(
                "Pass `vocabulary=ganzoo.data.Vocabulary(texts)`, which makes the "
                "tokens of texts, and is saved with the model. "
                f"Received: vocabulary={vocabulary!r}."
            )
        self.vocabulary = vocabulary
        super().__init__(*args, **kwargs)
        self.remember(self._single_words())

    def _single_words(self):
        """Texts of one word each, all words in turn, as many as are remembered."""
        tokens = np.zeros((REMEMBERED, self.vocabulary.length), "int32")
        tokens[:, 0] = 1 + np.arange(REMEMBERED) % len(self.vocabulary.words)
        return tokens

    def check_text_encoder(self):
        """Raise a ValueError unless it takes all tokens, and returns a vector."""
        name, network = "text_encoder", self.text_encoder
        tokens = {"tokens": (self.vocabulary.length,)}
        network_checks.check_inputs(name, network, tokens)
        network_checks.check_one_output(name, network)
        network_checks.check_output(name, network, "encodings", (self.text_dim,))
        network_checks.check_classes(name, network, self.num_words, "tokens")

    @property
    def text_dim(self):
        """How many numbers an encoding of a text has."""
        return network_checks.output_shapes(self.text_encoder)[0][-1]

    def phi(self, tokens):
        """Encodings `φ(t)` of texts, `(batch, text_dim)`."""
        return self.play(self.text_encoder, tokens)

    def sample_conditions(self, x):
        """Encodings of remembered texts for each example of `x`."""
        return [self.phi(self.remembered_for(x))]

    def conditions(self, n, texts):
        """Encodings of texts for each of `n` images; by default of remembered ones.

        Args:
            n: int. How many images.
            texts: string, sequence of strings or None. One for all images, or one for
                each.
        """
        if texts is None:
            return [self._encode(self.draw_chunks(n))]
        if isinstance(texts, str):
            return [self._encode(self.vocabulary.encode([texts]))[0]]
        tokens = self.vocabulary.encode(texts)
        if len(tokens) != n:
            raise ValueError(
                f"`texts` must be one text, or one for each of the {n} images. "
                f"Received: {len(tokens)} texts."
            )
        return [self._encode(tokens)]

    def _encode(self, tokens):
        return predict(self.text_encoder, tokens, 128)

    def get_config(self):
        return {**super().get_config(), "vocabulary": self.vocabulary.get_config()}
