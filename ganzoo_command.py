"""The `ganzoo` command, and what TensorFlow has to be told before it is imported."""

import os


def main(*args, **kwargs):
    """Call `ganzoo.cli.main`, in a process of its own.

    TensorFlow would greet with a page of build details, and leave oneDNN off on
    processors without AVX-512, where training is then much slower.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    from ganzoo import cli

    cli.main(*args, **kwargs)
