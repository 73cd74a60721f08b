"""Augmentation as strong as the discriminator's overfitting asks for.

Reference:
    [Karras et al., 2020](https://arxiv.org/abs/2006.06676)
"""

from keras import ops

from ganzoo.game import checks
from ganzoo.game.view import non_leaking
from ganzoo.inputs import batches

INTERVAL = 4  # steps from one change of the probability to the next
# Of the authors, for all of their images.
TARGET, IMAGES = 0.6, 500_000


class AdaptivelyAugmented:
    """What an `AdversarialModel` shows its `D` if that is sure of data.

    Its loss of data calls `observe` with the logits. The probability p of each change
    is a weight of the model, which begins at 0.

    Args:
        adaptive_augmentation: sequence of str or None. "blit", "geometric" and "color",
            or some of them: `D` sees all images changed so in training, each change
            with the probability p.
        augmentation_target: float. E[sign D(x)] on data that p is to keep, from -1 to
            1. Above it p becomes larger, and below it smaller.
        augmentation_images: int. Images of data in which p goes from 0 to 1 at most.
        **kwargs: As of the variant.

    Raises:
        ValueError: If there is no such change, a number is out of its range, or there
            are numbers alone.
    """

    def __init__(
        self,
        *args,
        adaptive_augmentation=None,
        augmentation_target=TARGET,
        augmentation_images=IMAGES,
        **kwargs,
    ):
        checks.check_augmentation(
            "adaptive_augmentation", adaptive_augmentation, non_leaking.CHANGES
        )
        checks.check_count("augmentation_images", augmentation_images)
        if not isinstance(augmentation_target, (int, float)) or not (
            -1 <= augmentation_target <= 1
        ):
            raise ValueError(
                "`augmentation_target` must be a mean of signs, from -1 to 1. "
                f"Received: augmentation_target={augmentation_target!r}."
            )
        if not adaptive_augmentation and (augmentation_target, augmentation_images) != (
            TARGET,
            IMAGES,
        ):
            raise ValueError(
                "Pass `adaptive_augmentation` too, without which these change nothing. "
                f"Received: augmentation_target={augmentation_target!r}, "
                f"augmentation_images={augmentation_images!r}."
            )
        self.adaptive_augmentation = tuple(adaptive_augmentation or ())
        self.augmentation_target = augmentation_target
        self.augmentation_images = augmentation_images
        super().__init__(*args, **kwargs)
        if not self.adaptive_augmentation:
            return
        if "color" in self.adaptive_augmentation and self.image_shape[-1] not in (1, 3):
            raise ValueError(
                "Leave out 'color' of `adaptive_augmentation`: it is of images with 1 "
                f"or 3 channels. Received: image_shape={self.image_shape}."
            )
        self.p = self.add_weight(
            (), "zeros", trainable=False, name="augmentation_probability"
        )
        # Since p was changed: the sum of what `observe` has told, steps, and images.
        self.observed = self.add_weight(
            (3,), "zeros", trainable=False, name="augmentation_observed"
        )

    def augment(self, x):
        """Images changed at random, in the step at hand, also by what p says."""
        x = super().augment(x)
        if not self.adaptive_augmentation or not self._is_training:
            return x
        return non_leaking.augment(x, self.adaptive_augmentation, self.p, self.noise)

    def observe(self, logits):
        """Note r_t = E[sign D(x)] of the logits of data, Equation 1, and p."""
        if self.adaptive_augmentation:
            self.note("real_signs", ops.mean(ops.sign(logits)))
            self.note("augmentation_p", self.p)

    def before_step(self, batch):
        super().before_step(batch)
        if self.adaptive_augmentation:
            images = batches.count(batch) * self.count_replicas()
            self._add_observed(0.0, 0.0, images)

    def after_step(self, notes):
        """Every fourth step p ← max(0, p + sign(r_t − target) · B / images).

        As in the authors' code, with r_t of these steps and B images in them. There p
        has no upper limit either, and the logits of the steps of R1 are in r_t too.
        """
        super().after_step(notes)
        if not self.adaptive_augmentation:
            return
        self._add_observed(notes["real_signs"], 1.0, 0.0)
        # Tensors of them, whatever a backend makes of variables.
        observed, p = self.observed + 0, self.p + 0
        signs, steps, images = ops.unstack(observed)
        is_due = steps >= INTERVAL
        excess = signs / INTERVAL - self.augmentation_target
        changed = p + ops.sign(excess) * images / self.augmentation_images
        self.p.assign(ops.where(is_due, ops.maximum(changed, 0.0), p))
        self.observed.assign(ops.where(is_due, 0.0, observed))

    def _add_observed(self, *numbers):
        added = [ops.cast(number, self.observed.dtype) for number in numbers]
        self.observed.assign(self.observed + ops.stack(added))

    @property
    def note_names(self):
        """What the variant notes, and what `D` says of data, where p follows it."""
        own = ("real_signs", "augmentation_p") if self.adaptive_augmentation else ()
        return (*super().note_names, *own)

    def get_config(self):
        return {
            **super().get_config(),
            "adaptive_augmentation": list(self.adaptive_augmentation) or None,
            "augmentation_target": self.augmentation_target,
            "augmentation_images": self.augmentation_images,
        }
