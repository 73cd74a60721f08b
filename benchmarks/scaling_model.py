"""How long a step takes on many GPUs, on paper.

A step is what its GPU does, or what its process does meanwhile, whichever takes longer:

    step   = max(device, host)
    device = compute + update + gradients + statistics
    host   = overhead + input

- compute: operations of the device's pictures / (peak × utilisation).
- update: the bytes of both optimizers, which are all of memory and the same however
  many GPUs there are.
- gradients: an all-reduce for each update of a player. A ring sends and receives
  2 (N − 1) / N of its bytes.
- statistics: the small all-reduces of batch normalisation, one waiting for the other.
  They are all latency.
- overhead: what `fit` takes for a step that does nothing.
- input: pictures of all GPUs of a process, gathered from memory.

Nothing of the communication is hidden behind the computation.
"""

import dataclasses
import math

# Numbers, and where they are from. A GPU is an H100 SXM, a worker a DGX H100.
NUMBERS = {
    "peak": (
        494.7e12,
        "float operations a second in TF32, dense",
        "NVIDIA H100 data sheet, 989 TFLOPS with sparsity, which doubles it",
        "https://www.nvidia.com/en-us/data-center/h100/",
    ),
    "memory": (
        3.35e12,
        "bytes a second of its memory",
        "NVIDIA H100 data sheet",
        "https://www.nvidia.com/en-us/data-center/h100/",
    ),
    "size": (
        80e9,
        "bytes of its memory",
        "NVIDIA H100 data sheet",
        "https://www.nvidia.com/en-us/data-center/h100/",
    ),
    "gpus": (
        8,
        "GPUs of a worker",
        "DGX BasePOD reference architecture",
        "https://docs.nvidia.com/dgx-basepod/reference-architecture-infrastructure-"
        "foundation-enterprise-ai/latest/core-components.html",
    ),
    "nvlink": (
        450e9,
        "bytes a second between GPUs of a worker, one way",
        "NVIDIA H100 data sheet, 900 GB/s of both ways",
        "https://www.nvidia.com/en-us/data-center/h100/",
    ),
    "network": (
        50e9,
        "bytes a second between workers for each GPU, one way",
        "DGX BasePOD reference architecture, eight adapters of 400 Gb/s InfiniBand",
        "https://docs.nvidia.com/dgx-basepod/reference-architecture-infrastructure-"
        "foundation-enterprise-ai/latest/core-components.html",
    ),
    "base_latency": (
        6.8e-6,
        "seconds of any all-reduce by a tree",
        "NCCL's own tuning model, protocol LL",
        "https://github.com/NVIDIA/nccl/blob/b6475625fbcaa2c3c0e50eed2fa1255d7514d4a2/"
        "src/graph/tuning.cc",
    ),
    "nvlink_latency": (
        0.6e-6,
        "seconds of a hop within a worker",
        "NCCL's own tuning model, protocol LL",
        "https://github.com/NVIDIA/nccl/blob/b6475625fbcaa2c3c0e50eed2fa1255d7514d4a2/"
        "src/graph/tuning.cc",
    ),
    "network_latency": (
        5e-6,
        "seconds of a hop between workers",
        "NCCL's own tuning model, protocol LL",
        "https://github.com/NVIDIA/nccl/blob/b6475625fbcaa2c3c0e50eed2fa1255d7514d4a2/"
        "src/graph/tuning.cc",
    ),
    "utilization": (
        0.1,
        "part of the peak that convolutions of such networks reach",
        "assumed; no H100 was measured",
        None,
    ),
    "link_utilization": (
        0.8,
        "part of the links' rate that a large all-reduce reaches",
        "assumed",
        None,
    ),
}
# Adam reads weight, gradient and both moments, and writes all but the gradient.
BYTES_OF_UPDATE = 7 * 4
# Keras on TensorFlow adds up sum, squares and count of a batch normalisation, each by
# itself, and the derivatives of two; JAX has mean and variance, forth and back.
MESSAGES = {"tensorflow": (3, 2), "jax": (2, 2)}


@dataclasses.dataclass(frozen=True)
class Work:
    """What a step of a game is made of.

    Args:
        name: str.
        flops: float. Operations of a whole step for each picture of one update.
        discriminator: tuple of ints: weights, and batch normalisations.
        generator: tuple of ints. The same, with those of the encoder if there is one.
        steps: int. Updates of the discriminator for each of the generator.
        picture: int. Bytes of an example as `fit` is given it.
        batch: int. Pictures of one update on one GPU.
        memory: tuple of floats. Bytes that are taken without pictures (weights, their
            gradients and moments, what is between), and bytes for each picture.
    """

    name: str
    flops: float
    discriminator: tuple
    generator: tuple
    steps: int
    picture: int
    batch: int
    memory: tuple


@dataclasses.dataclass(frozen=True)
class Cluster:
    """Machines, in SI units; `NUMBERS` says what is what.

    Args:
        overhead: float. Seconds of a step of `fit` that does nothing.
        input: float. Bytes a second at which a process gathers its pictures.
    """

    overhead: float
    input: float
    peak: float = NUMBERS["peak"][0]
    memory: float = NUMBERS["memory"][0]
    size: float = NUMBERS["size"][0]
    gpus: int = NUMBERS["gpus"][0]
    nvlink: float = NUMBERS["nvlink"][0]
    network: float = NUMBERS["network"][0]
    base_latency: float = NUMBERS["base_latency"][0]
    nvlink_latency: float = NUMBERS["nvlink_latency"][0]
    network_latency: float = NUMBERS["network_latency"][0]
    utilization: float = NUMBERS["utilization"][0]
    link_utilization: float = NUMBERS["link_utilization"][0]


def gradient_bytes(work):
    """Bytes of all gradients of a step in float32, before they are sent around."""
    return 4 * (work.steps * work.discriminator[0] + work.generator[0])


def messages(work, backend):
    """All-reduces of batch normalisation in a step.

    In each of its turns the discriminator sees data and samples, for which the
    generator plays without a way back; in the generator's, both play forth and back.
    """
    of_d, of_g = work.discriminator[1], work.generator[1]
    forward = work.steps * (2 * of_d + of_g) + of_d + of_g
    backward = work.steps * 2 * of_d + of_d + of_g
    forth, back = MESSAGES[backend]
    return forth * forward + back * backward


def updates(work):
    """Updates of a step, each with an all-reduce of its gradients."""
    return work.steps + 1


def latency(cluster, devices):
    """Seconds of an all-reduce of a few bytes, by NCCL's model of its tree."""
    if devices == 1:
        return 0.0
    own = min(devices, cluster.gpus)
    hops = math.log2(devices / own)
    return cluster.base_latency + 2 * (
        (own - 1) * cluster.nvlink_latency + hops * cluster.network_latency
    )


def rate(cluster, devices):
    """Bytes a second of a ring through all devices, one way.

    Between workers as many rings run at once as a worker has GPUs, each by an adapter
    of its own.
    """
    if devices <= cluster.gpus:
        return cluster.nvlink * cluster.link_utilization
    between = cluster.network * cluster.gpus
    return min(cluster.nvlink, between) * cluster.link_utilization


def step(work, cluster, devices, batch, backend="tensorflow"):
    """Seconds of a step by what they go to.

    Args:
        work: `Work`.
        cluster: `Cluster`.
        devices: int.
        batch: float. Pictures of one update on one device.
        backend: "tensorflow" or "jax".

    Returns:
        Dict: terms by name, "step" for all, and "bound", the name of the largest term
        of the longer side.
    """
    size = gradient_bytes(work)
    own = min(devices, cluster.gpus)
    wait = latency(cluster, devices)
    sent = 2 * (devices - 1) / devices * size
    device = {
        "compute": work.flops * batch / (cluster.peak * cluster.utilization),
        "update": size / 4 * BYTES_OF_UPDATE / cluster.memory,
        "gradients": sent / rate(cluster, devices) + updates(work) * wait,
        "statistics": messages(work, backend) * wait,
    }
    host = {
        "overhead": cluster.overhead,
        "input": own * batch * work.steps * work.picture / cluster.input,
    }
    longer = max(device, host, key=lambda terms: sum(terms.values()))
    return {
        **device,
        **host,
        "step": sum(longer.values()),
        "bound": max(longer, key=longer.get),
    }


def weak(work, cluster, devices, backend="tensorflow"):
    """As many pictures for each device, however many: its step, and "efficiency"."""
    one = step(work, cluster, 1, work.batch, backend)["step"]
    found = step(work, cluster, devices, work.batch, backend)
    return {**found, "efficiency": one / found["step"]}


def strong(work, cluster, devices, batch, backend="tensorflow"):
    """One batch for all devices together: its step, and "efficiency"."""
    one = step(work, cluster, 1, batch, backend)["step"]
    found = step(work, cluster, devices, batch / devices, backend)
    return {**found, "efficiency": one / (devices * found["step"])}


def on_virtual_devices(apart, work, backend, few, many, idle):
    """Seconds of a step on virtual devices, whose process works on the same cores.

    So nothing is done meanwhile: overhead is added to the rest.

    Args:
        apart: float. Seconds of a step of one device by itself on its part of the
            batch, beside processes that do the same on the others' parts.
        work: `Work`.
        backend: str.
        few: tuple: bytes of a small all-reduce between them, and its seconds.
        many: tuple. The same of a large one.
        idle: float. Seconds by which a step of `fit` that does nothing takes longer on
            them than on one.
    """
    for_each_byte = max(0.0, many[1] - few[1]) / (many[0] - few[0])
    count = messages(work, backend) + updates(work)
    return apart + count * few[1] + gradient_bytes(work) * for_each_byte + idle


def memory(work, batch):
    """Bytes of a GPU, however many there are, for its pictures of an update."""
    kept, of_each = work.memory
    return kept + batch * of_each


def largest_batch(work, cluster):
    """Pictures of an update that a GPU has memory for."""
    kept, of_each = work.memory
    return int((cluster.size - kept) / of_each)
