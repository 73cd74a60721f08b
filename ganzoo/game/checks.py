"""What the options of a game must be, said before hours of training."""

import keras

from ganzoo.game import augmentation


def check_weight(name, weight):
    """Raise a ValueError unless the weight of a loss is positive, or a schedule."""
    if not isinstance(weight, keras.optimizers.schedules.LearningRateSchedule):
        check_positive(name, weight)


def check_positive(name, number):
    """Raise a ValueError unless it is a positive number."""
    if not isinstance(number, (int, float)) or not 0 < number < float("inf"):
        raise ValueError(
            f"`{name}` must be a positive number. Received: {name}={number!r}."
        )


def check_augmentation(names):
    """Raise a ValueError unless these are names of augmentations, or None."""
    known = list(augmentation.CHANGES)
    if names is None:
        return
    if isinstance(names, str) or not set(names) <= set(known):
        raise ValueError(
            f"`augmentation` must be a list of some of {known}. "
            f"Received: augmentation={names!r}."
        )


def check_none(model, arguments, *names):
    """Raise a ValueError if a model is given options that it does not have."""
    for name in names:
        if arguments.get(name) is not None:
            raise ValueError(
                f"{model} has no `{name}`: its discriminator sees pairs, whose parts "
                f"belong together pixel by pixel. Received: {name}={arguments[name]!r}."
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
