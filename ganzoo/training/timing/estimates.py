"""What a recipe takes on this machine, by a few of its steps."""

import dataclasses
import math
import pathlib
import resource
import statistics
import sys
import tempfile
import time

import keras
import numpy as np

from ganzoo import backend
from ganzoo import features
from ganzoo.game.stages import GAME
from ganzoo.system import resources

# Images of an update that a processor is timed by: a part of a batch tells enough.
TIMED_BATCH = 16
MAX_STEPS = 10  # steps that are timed at most
ENOUGH = 1.0  # seconds of steps that are enough to tell
TIMED_IMAGES = 16  # images that a network for scores looks at to be timed


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What a recipe takes on this machine.

    Args:
        seconds_per_image: float. Seconds of training for each image that is shown.
        seconds_between: float. Seconds that an epoch takes beside, to be saved.
        memory: float. Bytes.
        count: int. Images to train on.
        seconds_of_score: float or None. Seconds that a score takes, if there are any.
    """

    seconds_per_image: float
    seconds_between: float
    memory: float
    count: int
    seconds_of_score: float | None = None

    def with_scores(self, chosen, scored_by, data_dir=None):
        """The same with the time of a score, by the arguments of `seconds_of_score`."""
        seconds = seconds_of_score(chosen, scored_by, data_dir)
        return dataclasses.replace(self, seconds_of_score=seconds)

    def seconds_of_epoch(self, passes):
        """Seconds of an epoch that shows each image so often, but for scores."""
        return passes * self.count * self.seconds_per_image + self.seconds_between

    def seconds_of_scores(self, epochs, every):
        """Seconds of the scores of so many epochs, one in `every` of them."""
        if not self.seconds_of_score or epochs < every:
            return 0.0
        # What is held out is looked at once, for the first one.
        return (1 + epochs // every) * self.seconds_of_score


def has_gpu():
    """Whether there is an accelerator."""
    return set(backend.devices()) != {"cpu"}


def estimate(chosen, data_dir=None):
    """Take a few steps of a recipe, by a model that is thrown away.

    Args:
        chosen: `Recipe`.
        data_dir: path or None. Where the raw files of its data are.

    Returns:
        `Estimate`.

    Raises:
        ValueError: If a step takes more memory than there is.
    """
    arrays = chosen.load_data("train", data_dir)
    model = chosen.build(arrays, seed=0)
    examples = max(map(len, arrays))
    whole = min(chosen.batch_size, examples)
    timed = whole
    if not has_gpu():
        resources.check_memory(
            _memory_of_step(model, whole),
            "A step takes about",
            "choose a smaller `image_size` or `batch_size`",
            f"image_shape={model.image_shape}, batch_size={chosen.batch_size}",
        )
        if backend.placement().devices == 1:
            timed = min(whole, TIMED_BATCH * model.discriminator_steps)
    parts = chosen.model_class.parts.values()
    few = [part.few(array, timed) for part, array in zip(parts, arrays)]
    before = [name for name in chosen.stages if model.stages[name].before]
    after = [name for name in chosen.stages if name not in before]
    seconds = 0.0
    # As in a training: a game that skips a stage before it is warned of.
    for stage in (*before, GAME, *after):
        # Those of an epoch are of its share of a stage, too.
        share = chosen.stages.get(stage, chosen.epochs) / chosen.epochs
        seconds += share * _seconds_of_step(model, few, timed, stage)
    found = Estimate(
        seconds / timed,
        2 * _seconds_of_saving(model),
        _peak_memory() + _memory_of_step(model, whole) - _memory_of_step(model, timed),
        examples,
    )
    keras.backend.clear_session()
    return found


def _seconds_of_step(model, arrays, batch_size, stage):
    times = _StepTimes()
    options = {"batch_size": batch_size, "epochs": MAX_STEPS, "verbose": 0}
    model.fit(*arrays, callbacks=[times], stage=stage, **options)
    return times.seconds


class _StepTimes(keras.callbacks.Callback):
    """Times the steps of a `fit` whose epochs have one each, until that is enough."""

    def on_train_begin(self, logs=None):
        self.times = []

    def on_train_batch_begin(self, batch, logs=None):
        self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.perf_counter() - self.start)
        if sum(self.times[1:]) > ENOUGH:
            self.model.stop_training = True

    @property
    def seconds(self):
        """Seconds of a step, but for the first, which compiles."""
        return statistics.median(self.times[1:])


def _seconds_of_saving(model):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        model.save(pathlib.Path(folder) / "model.keras")
        return time.perf_counter() - start


def seconds_of_score(chosen, scored_by, data_dir=None):
    """Seconds that a network takes here to look at all images that are held out.

    A score is of as many images that are drawn, which is little beside.

    Args:
        chosen: `Recipe`.
        scored_by: string. A name of `ganzoo.features.NAMES`.
        data_dir: path or None. Where the raw files of its data are.

    Raises:
        ValueError: If the network does not take such images.
    """
    extractor = features.find(scored_by)
    model_class, arrays = chosen.model_class, chosen.load_data("test", data_dir)
    arrays = model_class.sources_and_targets(arrays)
    held_out = arrays[-1 if model_class.translates else 0]
    few = np.array(held_out[:TIMED_IMAGES])
    # Not the first time, which compiles.
    extractor(few)
    start = time.perf_counter()
    extractor(few)
    return (time.perf_counter() - start) * len(held_out) / len(few)


def _peak_memory():
    """The most bytes that this process has had so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _memory_of_step(model, batch_size):
    """Bytes that a step on so many images takes beside the weights, about.

    What layers with weights return, and its gradients; measured, a third more at most.
    """
    count = batch_size // model.discriminator_steps
    layers = [layer for n in model.players.values() for layer in n.layers]
    shapes = [layer.output.shape[1:] for layer in layers if layer.weights]
    return 2 * 4 * count * sum(math.prod(shape) for shape in shapes)
