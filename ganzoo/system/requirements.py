"""What has to be installed, said where it is not."""

import importlib.util
import os
import re

BACKENDS = ("tensorflow", "jax", "torch")
KERAS = (3, 15)


def check_keras():
    """Raise unless Keras is new enough, and can compute here.

    Raises:
        ImportError: If it is older, or the framework that it computes with is missing
            or none that ganzoo trains on.
    """
    try:
        import keras
    except ModuleNotFoundError as error:
        missing = str(error.name).split(".")[0]
        if missing not in BACKENDS:
            raise
        installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
        known = (
            f"one that is installed here, {' or '.join(installed)}" if installed else ""
        )
        raise ImportError(
            f"Keras is to compute with {missing}, which is not installed: pip "
            f"install {missing}, or set the environment variable KERAS_BACKEND to "
            f"{known or 'the name of another, jax or torch, and install that'}. "
            f"Received: KERAS_BACKEND={os.environ.get('KERAS_BACKEND')!r}."
        ) from error
    except ValueError as error:
        # It is how Keras refuses a name that it does not know.
        raise _no_backend(os.environ.get("KERAS_BACKEND")) from error
    if tuple(map(int, re.findall(r"\d+", keras.__version__)[:2])) < KERAS:
        wanted = ".".join(map(str, KERAS))
        raise ImportError(
            f"ganzoo needs Keras {wanted} or newer: pip install --upgrade "
            f"'keras>={wanted}'. Received: keras {keras.__version__}."
        )
    if keras.backend.backend() not in BACKENDS:
        raise _no_backend(keras.backend.backend())


def _no_backend(name):
    return ImportError(
        "ganzoo trains on the 'tensorflow', 'jax' and 'torch' backends of Keras: set "
        "the environment variable KERAS_BACKEND to one of them. "
        f"Received: KERAS_BACKEND={name!r}."
    )
