"""The game of images and what belongs to them, whose discriminator is aware of matches.

References:
    [Reed et al., 2016](https://arxiv.org/abs/1605.05396)
    [Perarnau et al., 2016](https://arxiv.org/abs/1611.06355)
"""

import math

from keras import ops

from ganzoo.game import checks


class MatchingAware:
    """`D` tells pairs of data from wrong pairs of data, and from samples.

    For an `AdversarialModel` whose batches are `(x, y)`: images, and vectors that say
    what is on them. `G` takes `[z, y]` and `D` takes `[x, y]`. A wrong pair is an image
    with the `y` of another image, as `mismatched` chooses it.
    """

    # −log ½ − ½ log ½ − ½ log ½.
    undecided_loss = 2 * math.log(2)
    smooths_labels = True
    # With one there would be no other to take `y` from.
    min_examples = 2
    # The mean of D's probability of right pairs, and of wrong ones: equal as long as D
    # does not look at `y`.
    note_names = ("right_pairs", "wrong_pairs")

    def discriminator_loss(self, batch):
        """−E[log D(x, y)] − ½ E[log(1 − D(x, ŷ))] − ½ E[log(1 − D(G(z, y), y))].

        With ŷ those of other images. Algorithm 1 of Reed et al. (GAN-CLS).
        """
        x, y = batch
        y_wrong, differs = mismatched(y)
        right, wrong = self.D([x, y]), self.D([x, y_wrong])
        fake = self.D([self.G([self.sample_z(x), y]), y])
        self.note("right_pairs", ops.mean(ops.sigmoid(right)))
        self.note("wrong_pairs", ops.mean(ops.sigmoid(wrong)))
        log_wrong = differs * ops.log_sigmoid(-wrong)
        log_fake = ops.log_sigmoid(-fake)
        return -ops.mean(self.log_real(right)) - ops.mean(log_wrong + log_fake) / 2

    def generator_loss(self, batch):
        """−E[log D(G(z, y), y)]."""
        x, y = batch
        fake = self.D([self.G([self.sample_z(x), y]), y])
        return -ops.mean(ops.log_sigmoid(fake))

    def check_trains(self):
        """Raise a ValueError for networks or devices that a step could not train on."""
        super().check_trains()
        checks.check_whole_batch(self, "takes wrong pairs from")

    def sample_inputs(self, batch):
        """The samples and the `y` that they were drawn for."""
        x, y = batch
        return self.G([self.sample_z(x), y]), y


def mismatched(y):
    """For each row of a batch the next one that differs from it, around the end.

    The order of a batch is drawn, so that this is a draw of another row.

    Args:
        y: tensor `(batch, size)`.

    Returns:
        Tensor `(batch, size)`, and `(batch, 1)` of 1, or 0 where no row differs.
    """
    count = ops.shape(y)[0]
    places = ops.arange(count)
    # How far behind the row at hand each other one is.
    behind = (places[None, :] - places[:, None]) % count
    differs = ops.any(y[:, None] != y[None, :], axis=-1)
    rank = ops.where(differs, count - behind, 0)
    chosen = ops.argmax(rank, axis=1)
    found = ops.cast(ops.max(rank, axis=1, keepdims=True) > 0, y.dtype)
    return ops.take(y, chosen, axis=0), found
