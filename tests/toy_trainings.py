"""Processes that train, to be killed: forks of one that has imported it all."""

import multiprocessing
import os
import resource
import sys
import time

import numpy as np
import pytest

CONTEXT = multiprocessing.get_context("forkserver")
# Keras imports TensorFlow to set a seed, whatever its backend.
CONTEXT.set_forkserver_preload(["ganzoo.cli", "ganzoo.training", "toys", "tensorflow"])


class Training:
    """A process that trains, from its first epoch on.

    Args:
        target: function of this module.
        *args: Its arguments.
    """

    def __init__(self, target, *args):
        reader, writer = CONTEXT.Pipe(duplex=False)
        self.process = CONTEXT.Process(target=_told, args=(writer, target, *args))
        self.process.start()
        writer.close()
        self.lines = os.fdopen(os.dup(reader.fileno()))
        for line in self.lines:
            if line.startswith("Epoch"):
                break
        self.begin = time.perf_counter()

    def end(self):
        """Let it come to its end, and return how many seconds that took."""
        with self.lines:
            self.lines.read()
        self.process.join()
        assert self.process.exitcode == 0
        return time.perf_counter() - self.begin

    def kill(self, seconds):
        """Kill it after so many seconds, and return whether it was still at it."""
        self.process.join(seconds)
        was_at_it = self.process.exitcode is None
        self.process.kill()
        self.process.join()
        self.lines.close()
        return was_at_it


def fewer(load_data):
    """What loads the data of a recipe, but the first thousand images only."""

    def load_few(self, split="train", data_dir=None):
        return tuple(array[:1000] for array in load_data(self, split, data_dir))

    return load_few


def narrowed(config):
    """What chooses settings for own images, of networks that train in a moment."""

    def of_one_filter(*args):
        sections = config(*args)
        for section in sections.values():
            if "filters" in section:
                section["filters"] = 1
        return sections

    return of_one_filter


def estimate(recipe, data_dir=None):
    """What a recipe takes where an image takes a millisecond for each filter."""
    from ganzoo.training.timing import estimates
    from ganzoo.training.timing import planning

    width = planning.filters_of(recipe) or 1
    count = len(recipe.load_data("train", data_dir)[0])
    return estimates.Estimate(1e-3 * width, 0.0, 1.5e9, count)


def _told(writer, target, *args):
    """Do as asked with the standard output in a pipe."""
    os.dup2(writer.fileno(), 1)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    target(*args)


def train(recipe, run_dir):
    """`ganzoo train` on the first images, which tells when its first epoch begins."""
    import toys

    from ganzoo import cli
    from ganzoo.training import progress
    from ganzoo.training import recipes
    from ganzoo.training.timing import estimates

    estimates.estimate = estimate
    recipes.Recipe.load_data = fewer(recipes.Recipe.load_data)
    # A kill is to come while it plays or writes, and not while a step is traced.
    toys.trace_nothing(pytest.MonkeyPatch())
    begin = progress.Progress.on_train_begin
    progress.Progress.on_train_begin = lambda *args: (begin(*args), print("Epoch"))
    options = ["train", recipe, "--run-dir", run_dir, "--seed", "3"]
    cli.main(options, standalone_mode=False)


def fit(folder):
    """`fit` of a user."""
    import toys

    import ganzoo

    gan = toys.untraced("DCGAN")
    backup = ganzoo.callbacks.BackupAndRestore(folder, delete_checkpoint=False)
    options = {"batch_size": 16, "epochs": 8, "verbose": 2}
    gan.fit(toys.pictures(100), callbacks=[backup], **options)
    gan.save(f"{folder}/model.keras")


def faults_after_fit():
    """Pages asked of the system for 20 MB in blocks of one, freed just before."""
    import toys

    toys.compiled("CGAN").fit(*toys.data("CGAN"), verbose=0)
    # The C library learns to keep blocks from the size of those that it has given back.
    np.ones(2**24, "uint8")
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        blocks = [np.ones(2**20, "uint8") for _ in range(20)]
        blocks.clear()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
