"""What the options of a game must be, said before hours of training."""

import keras

from ganzoo import backend
from ganzoo.system import suggestions
from ganzoo.system.errors import check_bool as check_bool
from ganzoo.system.errors import check_count as check_count

# Of the histories of `fit` and of runs.
COLUMNS = ("discriminator_loss", "generator_loss", "loss", "epoch", "seconds")
PREFIXES = ("val_", "learning_rate_")
OF_SIZES = (
    " Sizes like `latent_dim` and `filters` are those of the networks: make them by "
    "functions of `ganzoo.networks`, and pass `generator` and `discriminator`."
)
# Arguments of any `keras.Model`.
OF_KERAS = {"activity_regularizer", "autocast", "dtype", "name", "trainable"}
# Options whose values may say that they are not used.
UNUSED = {"instance_noise": 0, "packing": 1}


def check_arguments(model_class, others):
    """Raise a ValueError for arguments that neither a model nor Keras knows.

    Args:
        model_class: a subclass of `AdversarialModel`.
        others: dict. What it was given beside its own arguments.
    """
    unknown = sorted(others.keys() - OF_KERAS)
    if unknown:
        known = [*sorted(model_class.options()), *model_class.given()]
        meant = suggestions.did_you_mean(unknown[0], known)
        received = ", ".join(f"{name}={others[name]!r}" for name in unknown)
        raise ValueError(
            f"{model_class.__name__} has no argument `{unknown[0]}`."
            f"{meant or OF_SIZES} Received: {received}."
        )


def check_weight(name, weight):
    """Raise a ValueError unless the weight of a loss is positive, or a schedule."""
    if not isinstance(weight, keras.optimizers.schedules.LearningRateSchedule):
        check_positive(name, weight)


def check_positive(name, number):
    """Raise a ValueError unless it is a positive number."""
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    if not is_number or not 0 < number < float("inf"):
        raise ValueError(
            f"`{name}` must be a positive number. Received: {name}={number!r}."
        )


def check_no_search(model, options):
    """Raise a ValueError for options of a search where there is none to do."""
    if options:
        received = ", ".join(f"{name}={value!r}" for name, value in options.items())
        raise ValueError(
            f"Leave out {', '.join(f'`{name}`' for name in options)}: `reconstruct` of "
            f"{type(model).__name__} is one pass of its networks, and `project` is a "
            f"search. Received: {received}."
        )


def check_augmentation(name, changes, known):
    """Raise a ValueError unless these are some of the known changes, or None."""
    if changes is None:
        return
    if not isinstance(changes, (list, tuple)) or not set(changes) <= set(known):
        raise ValueError(
            f"`{name}` must be a list of some of {list(known)}. "
            f"Received: {name}={changes!r}."
        )


def check_noise(instance_noise):
    """Raise a ValueError unless it is a standard deviation, a schedule, or None."""
    if instance_noise not in (None, 0):
        check_weight("instance_noise", instance_noise)


def check_smoothing(label_smoothing, model_class):
    """Raise a ValueError unless labels of a model can be smoothed so."""
    if not isinstance(label_smoothing, (int, float)) or not 0 <= label_smoothing < 0.5:
        raise ValueError(
            "`label_smoothing` must be a number from 0 up to, but not including, 0.5, "
            "where the label of data would be no nearer to 1 than to 0. "
            f"Received: label_smoothing={label_smoothing!r}."
        )
    if label_smoothing and not model_class.smooths_labels:
        raise ValueError(
            f"{model_class.__name__} has no `label_smoothing`: its loss of data is no "
            "cross-entropy with a label. "
            f"Received: label_smoothing={label_smoothing!r}."
        )


def check_no_penalties(model):
    """Raise a ValueError for penalties on a discriminator that is looked ahead of."""
    if model.penalizes_slope:
        raise ValueError(
            f"{type(model).__name__} has no `r1_weight`, `r2_weight` or `roth_weight`: "
            "the steps ahead would be without the penalty, those of a discriminator "
            f"that is not there. Received: r1_weight={model.r1_weight!r}, "
            f"r2_weight={model.r2_weight!r}, roth_weight={model.roth_weight!r}."
        )
    for variable in model.discriminator_variables:
        if variable.regularizer is not None:
            raise ValueError(
                f"{type(model).__name__} must have a discriminator without "
                "regularizers, which the steps ahead would be without. Received: "
                f"discriminator with a regularizer of '{variable.path}'."
            )
    for layer in model.discriminator._flatten_layers():
        if "16" in layer.compute_dtype:
            raise ValueError(
                f"{type(model).__name__} takes derivatives of derivatives, which are "
                "lost in half precision: make the networks in float32. Received: "
                f"discriminator whose layer '{layer.name}' computes in "
                f"{layer.compute_dtype}."
            )


def check_whole_batch(model, what):
    """Raise a ValueError where each device would compute with its part of a batch.

    Args:
        model: `AdversarialModel`.
        what: str. What it does with the whole, a verb of the message.
    """
    devices = backend.placement(model).devices
    if devices > 1 and keras.backend.backend() == "tensorflow":
        raise ValueError(
            f"{type(model).__name__} {what} the whole batch, and on TensorFlow each "
            "device has only its own part of it. Train it on one device, or on JAX. "
            f"Received: {devices} devices."
        )


def check_lazy(model):
    """Raise a ValueError where losses cannot be minimised in some steps only."""
    devices = backend.placement(model).devices
    on_tensorflow = keras.backend.backend() == "tensorflow"
    if devices > 1 and on_tensorflow and model.lazy_losses():
        raise ValueError(
            f"{type(model).__name__} minimises a penalty in every n-th step only, and "
            "TensorFlow cannot do that on several devices. Train it on one device, or "
            f"on JAX. Received: {devices} devices."
        )


def check_packing(packing):
    """Raise a ValueError unless it is a number of images."""
    if not isinstance(packing, int) or isinstance(packing, bool) or packing < 1:
        raise ValueError(
            "`packing` must be an int of at least 1, the number of images that the "
            f"discriminator judges together. Received: packing={packing!r}."
        )


def check_lacking(model_class, options):
    """Raise a ValueError if a model is given an option that its class `lacks`."""
    for name, why in model_class.lacks.items():
        if options[name] not in (None, UNUSED.get(name)):
            raise ValueError(
                f"{model_class.__name__} has no `{name}`: {why}. "
                f"Received: {name}={options[name]!r}."
            )


def check_note_names(names):
    """Raise a ValueError unless each is the name of a column of its own."""
    if not isinstance(names, (list, tuple)) or not all(
        isinstance(name, str) and name for name in names
    ):
        raise ValueError(
            "`note_names` must be a tuple of strings; one name needs a comma, as in "
            f"`('accuracy',)`. Received: note_names={names!r}."
        )
    taken = [name for name in names if name in COLUMNS or name.startswith(PREFIXES)]
    if taken or len(set(names)) < len(names):
        raise ValueError(
            "`note_names` must differ from one another and from the columns that a "
            f"history has already: {', '.join(COLUMNS)}, and those that begin with "
            f"{' or '.join(PREFIXES)}. "
            f"Received: note_names={names!r}."
        )


def check_no_metrics(model):
    """Raise a ValueError for metrics of its own, which no history has."""
    known = {id(m) for m in (*model.metrics, *model.stage_trackers.values())}
    layers = [n for n in model._flatten_layers() if not isinstance(n, keras.Model)]
    found = [m for part in (model, *layers) for m in part._metrics]
    names = [metric.name for metric in found if id(metric) not in known]
    if names:
        raise ValueError(
            "Name it in `note_names` and call `self.note(name, value)` in the loss "
            "instead of a metric's `update_state`: the history has the mean. "
            f"Received: {type(model).__name__} with the metrics {names}."
        )


def check_num_classes(num_classes):
    """Raise a ValueError unless there are two classes or more."""
    if not isinstance(num_classes, int) or num_classes < 2:
        raise ValueError(
            "`num_classes` must be an int of at least 2: the labels are integers from "
            f"0 to `num_classes - 1`. Received: num_classes={num_classes!r}."
        )


def check_class_names(class_names, num_classes):
    """Raise a ValueError unless there is a name for each class, or none at all."""
    if class_names is None:
        return
    names = [class_names] if isinstance(class_names, str) else list(class_names)
    of_strings = all(isinstance(name, str) for name in names)
    if len(set(names)) != num_classes or len(names) != num_classes or not of_strings:
        raise ValueError(
            "`class_names` must be strings, a different one for each class. Received: "
            f"class_names={class_names!r}, num_classes={num_classes}."
        )
