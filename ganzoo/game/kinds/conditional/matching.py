"""The game of images and what belongs to them, whose discriminator is aware of matches.

References:
    [Reed et al., 2016](https://arxiv.org/abs/1605.05396)
    [Perarnau et al., 2016](https://arxiv.org/abs/1611.06355)
    [Kang et al., 2023](https://arxiv.org/abs/2303.05511), for wrong labels
"""

import math

import keras
from keras import ops

from ganzoo import backend
from ganzoo.game import checks

# Of wrong pairs, in Algorithm 1 of Reed et al.
MISMATCH_WEIGHT = 0.5
# The mean of D's probability of right pairs of data, and of wrong ones: equal as long
# as D does not look at what belongs to an image.
PAIRS = ("right_pairs", "wrong_pairs")


class MatchingAware:
    """`D` tells pairs of data from wrong pairs of data, and from samples.

    For an `AdversarialModel` whose batches are `(x, y)`: images, and what belongs to
    them. The networks take vectors `told(y)`: `G` takes `[z, told(y)]` and `D` takes
    `[x, told(y)]`. A wrong pair is an image with the `y` of another image, as
    `mismatched` chooses it.

    Args:
        mismatch_weight: float. `w` of wrong pairs in the discriminator's loss, from 0
            up to, but not including, 1. That of samples is `1 − w`, so that 0 is the
            usual conditional GAN.
        **kwargs: As of the variant.

    Raises:
        ValueError: If the weight is out of its range.
    """

    # −log ½ − w log ½ − (1 − w) log ½.
    undecided_loss = 2 * math.log(2)
    smooths_labels = True
    # With one there would be no other to take `y` from.
    min_examples = 2
    note_names = PAIRS

    def __init__(self, *args, mismatch_weight=MISMATCH_WEIGHT, **kwargs):
        is_number = isinstance(mismatch_weight, (int, float))
        if not is_number or not 0 <= mismatch_weight < 1:
            raise ValueError(
                "`mismatch_weight` must be a number from 0 up to, but not including, "
                "1, where samples would have no weight. "
                f"Received: mismatch_weight={mismatch_weight!r}."
            )
        super().__init__(*args, **kwargs)
        self.mismatch_weight = mismatch_weight

    def told(self, y):
        """What the networks are told of `y`, a vector for each: `y` itself."""
        return y

    def discriminator_loss(self, batch):
        """−E[log D(x, y)] − w E[log(1 − D(x, ŷ))] − (1 − w) E[log(1 − D(G(z, y), y))].

        With ŷ those of other images. Algorithm 1 of Reed et al. (GAN-CLS), where `w` is
        ½.
        """
        x, y = batch
        others, differs = mismatched(y)
        y = self.told(y)
        right, wrong = self.D([x, y]), self.D([x, ops.take(y, others, axis=0)])
        fake = self.D([self.G([self.sample_z(x), y]), y])
        note_pairs(self, right, wrong)
        log_wrong = ops.cast(differs, wrong.dtype) * ops.log_sigmoid(-wrong)
        log_fake = ops.log_sigmoid(-fake)
        w = self.mismatch_weight
        return -ops.mean(self.log_real(right)) - ops.mean(
            w * log_wrong + (1 - w) * log_fake
        )

    def generator_loss(self, batch):
        """−E[log D(G(z, y), y)]."""
        x, y = batch
        return self.deceiving_loss(x, self.told(y))

    def deceiving_loss(self, x, told):
        """−E[log D(G(z, y), y)], for what the networks are told of `y`."""
        fake = self.D([self.G([self.sample_z(x), told]), told])
        return -ops.mean(ops.log_sigmoid(fake))

    def check_trains(self):
        """Raise a ValueError for networks or devices that a step could not train on."""
        super().check_trains()
        checks.check_whole_batch(self, "takes wrong pairs from")

    def data_inputs(self, batch):
        """The images of data and what the networks are told with them."""
        x, y = batch
        return x, self.told(y)

    def sample_inputs(self, batch):
        """The samples and what the networks are told with them."""
        x, y = batch
        y = self.told(y)
        return self.G([self.sample_z(x), y]), y

    def get_config(self):
        config = super().get_config()
        if self.mismatch_weight != MISMATCH_WEIGHT:
            config["mismatch_weight"] = self.mismatch_weight
        return config


def note_pairs(model, right, wrong):
    """Note `PAIRS` of the logits of right pairs of data and of wrong ones."""
    for name, logits in zip(PAIRS, (right, wrong)):
        model.note(name, ops.mean(ops.sigmoid(logits)))


def wrong_labels(labels, num_classes, seed):
    """For each label another one, each of the others as often.

    Args:
        labels: integer tensor `(batch,)`.
        num_classes: int.
        seed: seed generator of the draws.

    Returns:
        Integer tensor `(batch,)`.
    """

    def draw(count):
        return keras.random.randint((count,), 1, num_classes, seed=seed)

    away = backend.per_example(draw, labels)
    return (labels + ops.cast(away, labels.dtype)) % num_classes


def mismatched(y):
    """For each row of a batch the next one that differs from it, around the end.

    The order of a batch is drawn, so that this is a draw of another row.

    Args:
        y: tensor `(batch, size)`.

    Returns:
        Tensor `(batch,)` of their places, and `(batch, 1)` of True, or False where no
        row differs.
    """
    places = ops.arange(ops.shape(y)[0])
    # How far behind the row at hand each other one is.
    behind = (places[None, :] - places[:, None]) % ops.shape(y)[0]
    differs = differing(y)
    rank = ops.where(differs, ops.shape(y)[0] - behind, 0)
    return ops.argmax(rank, axis=1), ops.any(differs, axis=1, keepdims=True)


def differing(y):
    """Which rows of a batch differ, a tensor `(batch, batch)` of truths.

    Args:
        y: tensor `(batch, size)`.
    """
    return ops.any(y[:, None] != y[None, :], axis=-1)
