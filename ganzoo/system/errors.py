"""Errors that the command shows as messages, known without importing Keras."""


def check_bool(name, value):
    """Raise a ValueError unless it is True or False: "no" would be taken for True."""
    if not isinstance(value, bool):
        raise ValueError(f"`{name}` must be True or False. Received: {name}={value!r}.")


def check_count(name, number):
    """Raise a ValueError unless it is an int of at least 1."""
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(
            f"`{name}` must be an int of at least 1. Received: {name}={number!r}."
        )


class DivergedError(RuntimeError):
    """A loss or a weight is not a finite number any more."""
