"""Many devices, by the means of Keras: one batch is shared by all of them."""

import contextlib

from ganzoo import backend


@contextlib.contextmanager
def use(devices=None, workers=(), worker=0):
    """Train on several devices what recipes build inside.

    On TensorFlow that is the scope of a `MirroredStrategy`, or of a
    `MultiWorkerMirroredStrategy`; on JAX a `keras.distribution.DataParallel`. Without
    any option it is nothing at all.

    Args:
        devices: int or None. How many of this machine: its accelerators or, where there
            are none, so many virtual devices of its processor, which share its cores,
            to try it out. None for one, or with workers for all accelerators of each.
        workers: sequence of str. Addresses "host:port" of processes that train
            together, each of which calls this with the same. The first one coordinates.
        worker: int. Which of them this process is.

    Raises:
        ValueError: If there are fewer accelerators, it is too late for virtual devices,
            an address has no port, or the backend is PyTorch, where Keras has no such
            means.
    """
    workers = list(workers)
    if devices is None and not workers:
        yield
        return
    if devices is not None and devices < 1:
        raise ValueError(f"`devices` must be at least 1. Received: devices={devices}.")
    _check_workers(workers, worker)
    with backend.on_devices(devices, workers, worker):
        yield


def _check_workers(workers, worker):
    for address in workers:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError(
                "A worker is known by its host and a free port there, like "
                f"'node1:2222'. Received: workers={workers}."
            )
    if workers and not 0 <= worker < len(workers):
        raise ValueError(
            "`worker` is the place of this process among the workers, from 0 to "
            f"{len(workers) - 1}. Received: worker={worker}."
        )
