"""Many runs at once on many machines, by a Ray cluster.

All machines see the folder of the suite under one path, and have ganzoo installed. A
worker that is lost loses its epoch: another one goes on with its run.
"""

import os

import click
import keras
import ray

from ganzoo.benchmark import single_run

# A run that is lost with its worker is begun again so often.
RETRIES = 5


def work(todo, address, **how):
    """Let a cluster do runs, one for each core at once, or for each accelerator.

    Args:
        todo: list of `single_run.Run`.
        address: str. Of the cluster, like "auto"; "local" starts one here.
        **how: As in `single_run.do`.

    Returns:
        Titles of the runs that failed.

    Raises:
        ValueError: If there is no cluster at that address.
    """
    failed = []
    done = each(single_run.do, todo, address, **{**how, "verbose": 0})
    for i, (one, words, has_failed) in enumerate(done):
        click.echo(f"[{i + 1}/{len(todo)}] {one.title}: {words}")
        failed += [one.title] * has_failed
    return failed


def each(do, todo, address, **how):
    """Let a cluster do what there is to do, and tell of each as it is done.

    Args:
        do: function of one of `todo` and of `how`, which returns what came of it and
            whether it failed.
        todo: list.
        address: As in `work`.
        **how: What `do` is given by name.

    Yields:
        One of `todo`, with what `do` has returned of it; with words if its workers were
        lost.

    Raises:
        ValueError: If there is no cluster at that address.
    """
    _connect(address)
    try:
        gpus = 1 if ray.cluster_resources().get("GPU") else 0
        do = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=RETRIES)(do)
        waiting = {do.remote(one, **how): one for one in todo}
        while waiting:
            [done], _ = ray.wait(list(waiting))
            yield waiting.pop(done), *_outcome(done)
    finally:
        ray.shutdown()


def _connect(address):
    try:
        ray.init(
            None if address == "local" else address,
            log_to_driver=False,
            runtime_env={"env_vars": _environment()},
        )
    except ConnectionError as error:
        raise ValueError(
            f'There is no Ray cluster at this address ({error}); "local" starts one '
            f"here. Received: ray={address!r}."
        ) from error


def _environment():
    """What a worker has to know before it imports Keras and ganzoo."""
    own = {key: text for key, text in os.environ.items() if key.startswith("GANZOO_")}
    return {
        **own,
        "KERAS_BACKEND": keras.backend.backend(),
        # Or every run would have threads for all cores.
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
    }


def _outcome(done):
    try:
        return ray.get(done)
    except ray.exceptions.RayError as error:
        return f"failed: its workers were lost ({type(error).__name__})", True
