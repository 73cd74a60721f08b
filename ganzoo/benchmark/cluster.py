"""Many runs at once on many machines, by a Ray cluster.

All machines see the folder of the suite under one path, and have ganzoo installed. A
worker that is lost loses its epoch: another one goes on with its run.
"""

import click
import keras
import ray

from ganzoo.benchmark import runner

# A run that is lost with its worker is begun again so often.
RETRIES = 5


def work(todo, address, cores=1, **how):
    """Let a cluster do runs, as many at once as it has cores, or accelerators.

    Args:
        todo: list of `runner.Run`.
        address: str. Of the cluster, like "auto"; "local" starts one here.
        cores: int. What a run takes on a machine without an accelerator.
        **how: As in `runner.do`.

    Raises:
        ConnectionError: If there is no cluster at that address.
    """
    ray.init(
        None if address == "local" else address,
        log_to_driver=False,
        runtime_env={"env_vars": _environment(cores)},
    )
    try:
        gpus = 1 if ray.cluster_resources().get("GPU") else 0
        do = ray.remote(num_cpus=cores, num_gpus=gpus, max_retries=RETRIES)(runner.do)
        waiting = {do.remote(one, **{**how, "verbose": 0}): one for one in todo}
        while waiting:
            [done], _ = ray.wait(list(waiting))
            one = waiting.pop(done)
            click.echo(
                f"[{len(todo) - len(waiting)}/{len(todo)}] {one.title}: {ray.get(done)}"
            )
    finally:
        ray.shutdown()


def _environment(cores):
    """What a worker has to know before it imports Keras."""
    return {
        "KERAS_BACKEND": keras.backend.backend(),
        # Or every run would have threads for all cores.
        "TF_NUM_INTRAOP_THREADS": str(cores),
        "TF_NUM_INTEROP_THREADS": str(cores),
    }
