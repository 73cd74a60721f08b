"""Errors that the command shows as messages, known without importing Keras."""


class DivergedError(RuntimeError):
    """A loss or a weight is not a finite number any more."""
