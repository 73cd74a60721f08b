"""Where a batch goes."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Placement:
    """How many share a batch.

    Args:
        devices: int. Devices of all processes together.
        workers: int. Processes, with as many devices each.
        worker: int. Which of them this one is, from 0. The first one writes files.
    """

    devices: int = 1
    workers: int = 1
    worker: int = 0


def check_count(devices, there):
    """Raise a ValueError unless there are so many devices."""
    if devices > there:
        raise ValueError(
            "There must be as many accelerators as devices are asked for. Without any, "
            "a processor is parted into virtual devices, before the backend computes "
            f"anything. Received: devices={devices}, of which there are {there}."
        )
