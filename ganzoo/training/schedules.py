"""Learning rates over a training, beside those of Keras."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class ConstantThenLinear(keras.optimizers.schedules.LearningRateSchedule):
    """A constant rate, then a straight line down to zero.

    As in the [code of pix2pix](https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix)
    by its authors, for the second half.

    Args:
        initial_learning_rate: float.
        decay_steps: int. Steps of the whole training, at the end of which it is zero.
        constant: float. The share of them before the line begins, in [0, 1).

    Raises:
        ValueError: If that share is another.
    """

    def __init__(self, initial_learning_rate, decay_steps, constant=0.5):
        super().__init__()
        if not 0 <= constant < 1:
            raise ValueError(
                "`constant` must be a share of the training, in [0, 1). "
                f"Received: constant={constant!r}."
            )
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.constant = constant

    def __call__(self, step):
        """The rate of a step, an integer or a tensor of one."""
        left = 1 - ops.cast(step, "float32") / self.decay_steps
        return self.initial_learning_rate * ops.clip(left / (1 - self.constant), 0, 1)

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "constant": self.constant,
        }
