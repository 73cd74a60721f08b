"""Errors that the command shows as messages, known without importing Keras."""


def check_bool(name, value):
    """Raise a ValueError unless it is True or False: "no" would be taken for True."""
    if not isinstance(value, bool):
        raise ValueError(f"`{name}` must be True or False. Received: {name}={value!r}.")


class DivergedError(RuntimeError):
    """A loss or a weight is not a finite number any more."""
