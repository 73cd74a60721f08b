"""One contender in a process of its own, which does as it is told line by line.

    python -m benchmarks.peers.worker CONTENDER CASE CORES

reads a command from each line of its input, and answers with a line of JSON:

    check        losses of the first two steps, with given draws
    start N      build, and train the first step; its seconds; N pictures are ready
    run STEPS    train so many; seconds
    pace STEPS   train one and so many; seconds of a step after the first
    profile STEPS  train so many; milliseconds of a step by kind of operation
    memory       most bytes that the process has had since its first step
    flops        floating-point operations of a step, where that is known
    count        what a step is made of, built anew
    players      how many weights they have
    weights N    a file with all weights before, after one and so many steps of SGD
    all_reduces  seconds of a small and of a large all-reduce

A contender is a class with `prepare(arrays)` and `run(steps)`, which returns when the
last step is done, and for `pace` calls a second argument as `pace.measure` has it; one
that plays has `first_losses(arrays, noise)` and its networks in `players` too.
"""

import dataclasses
import importlib
import json
import os
import pathlib
import re
import sys
import tempfile
import time

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Backend, module and class of each, and how it is built.
PLAYERS = {
    "ganzoo, TensorFlow": ("tensorflow", "zoo", "Contender", {}),
    "ganzoo, TensorFlow, XLA": (
        *("tensorflow", "zoo", "Contender"),
        {"jit_compile": True},
    ),
    "train_step of Keras's guide": ("tensorflow", "keras_guide", "Contender", {}),
    "train_step of Keras's guide, XLA": (
        *("tensorflow", "keras_guide", "Contender"),
        {"jit_compile": True},
    ),
    "loop by tf.function": ("tensorflow", "tensorflow_loop", "Contender", {}),
    "ganzoo, PyTorch": ("torch", "zoo", "Contender", {}),
    "ganzoo, PyTorch, torch.compile": (
        *("torch", "zoo", "Contender"),
        {"jit_compile": True},
    ),
    "PyTorch, eager": ("torch", "torch_tutorial", "Contender", {}),
    "PyTorch, torch.compile": (
        *("torch", "torch_tutorial", "Contender"),
        {"compiled": True},
    ),
    "ganzoo, JAX": ("jax", "zoo", "Contender", {}),
    "JAX and Optax": ("jax", "jax_optax", "Contender", {}),
    "JAX and Optax, the zoo's layers": (
        *("jax", "jax_optax", "Contender"),
        {"of_the_zoo": True},
    ),
}
# Games with peers of their own, which stand in the place of all others: by the variant
# a name, a module and a class.
OF_GAMES = {
    **{
        variant: (f"PyTorch in the way of {variant}'s authors", module, "Contender")
        for variant, module in (
            ("StyleGAN", "torch_stylegan"),
            ("StyleGAN2", "torch_stylegan2"),
            ("StyleGAN3", "torch_stylegan3"),
            ("BigGAN", "torch_hinge"),
            ("R3GAN", "torch_r3gan"),
        )
    },
    **{
        variant: (f"{variant} in plain PyTorch", module, name)
        for variant, module, name in (
            ("SNGAN", "torch_hinge", "Contender"),
            ("ProjectionGAN", "torch_hinge", "Contender"),
            ("ACGAN", "torch_heads", "ACGAN"),
            ("EBGAN", "torch_energies", "EBGAN"),
            ("BEGAN", "torch_energies", "BEGAN"),
            ("InfoGAN", "torch_heads", "InfoGAN"),
            ("VAEGAN", "torch_encoding", "VAEGAN"),
            ("ALI", "torch_encoding", "ALI"),
            ("MinimaxGAN", "torch_losses", "MinimaxGAN"),
            ("HingeGAN", "torch_losses", "HingeGAN"),
            ("RpGAN", "torch_losses", "RpGAN"),
            ("WGAN", "torch_losses", "WGAN"),
            ("DRAGAN", "torch_losses", "DRAGAN"),
            ("UnrolledGAN", "torch_losses", "UnrolledGAN"),
            ("SemiSupervisedGAN", "torch_heads", "SemiSupervisedGAN"),
            ("CoGAN", "torch_several", "CoGAN"),
            ("CycleGAN", "torch_translating", "CycleGAN"),
            ("SRGAN", "torch_translating", "SRGAN"),
            ("PredictiveGAN", "torch_translating", "PredictiveGAN"),
            ("IcGAN", "torch_matching", "Matching"),
            ("GANCLS", "torch_matching", "GANCLS"),
            ("FAnoGAN", "torch_encoding", "FAnoGAN"),
            ("LAPGAN", "torch_several", "LAPGAN"),
            ("BigBiGAN", "torch_encoding", "BigBiGAN"),
        )
    },
}
OWN_PEERS = {variant: name for variant, (name, *_) in OF_GAMES.items()}
PLAYERS |= {name: ("torch", *where, {}) for name, *where in OF_GAMES.values()}
# The C library would give large blocks back to the system, and ask for them again, at
# each step: with these, a process keeps what it has had.
MEMORY_STAYS = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(2**32),
    "MALLOC_TOP_PAD_": str(256 * 2**20),
}
# What was tried on ganzoo's steps, on TensorFlow.
TRIES = {
    "layers as Keras has them": {"of_the_zoo": False},
    "pictures as floats": {"as_floats": True},
    "ten steps at a time": {"steps_per_execution": 10},
    "XLA": {"jit_compile": True},
    "one operation at a time": {"environment": {"TF_NUM_INTEROP_THREADS": "1"}},
    "without oneDNN": {"environment": {"TF_ENABLE_ONEDNN_OPTS": "0"}},
    "memory that stays": {"environment": MEMORY_STAYS},
}
# A virtual device is a thread.
A_CORE_EACH = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    **MEMORY_STAYS,
}
OTHERS = {
    **{f"ganzoo: {t}": ("tensorflow", "zoo", "Contender", TRIES[t]) for t in TRIES},
    "ganzoo's data alone": ("tensorflow", "zoo", "Data", {}),
    "matrix product": ("tensorflow", "matrix_product", "Contender", {}),
    "train_step of Keras's guide, tf.data as it comes": (
        *("tensorflow", "keras_guide", "Contender"),
        {"tuned": True},
    ),
    "generate": ("tensorflow", "zoo", "Generate", {}),
    "predict of the generator": ("tensorflow", "zoo", "Predict", {}),
    **{
        f"{name}, {backend}": (backend, "zoo", cls, {})
        for backend in ("tensorflow", "jax", "torch")
        for name, cls in (("project", "Project"), ("gradient", "Gradient"))
    },
    "operations of a step": (
        *("jax", "jax_optax", "Contender"),
        {"environment": {"JAX_PLATFORMS": "cpu"}},
    ),
    "work": (
        *("jax", "work", "Contender"),
        # It is not run, but for the first weights.
        {"environment": {"XLA_FLAGS": "--xla_backend_optimization_level=0"}},
    ),
    **{
        f"{backend}, {n} devices{doing}": (
            *(backend, "shared", name),
            {
                "devices": n,
                "environment": {**A_CORE_EACH, "TF_NUM_INTEROP_THREADS": str(n)},
            },
        )
        for backend in ("tensorflow", "jax")
        for n in (1, 2, 4)
        for doing, name in (("", "Contender"), (", nothing", "Idle"))
    },
    **{
        f"{backend}, rounded": (
            *(backend, "shared", "Contender"),
            {
                "rounded": True,
                "environment": {**A_CORE_EACH, "TF_NUM_INTEROP_THREADS": "1"},
            },
        )
        for backend in ("tensorflow", "jax")
    },
}


def main(name, case, cores):
    """Answer until there is nothing more to read."""
    if cores := json.loads(cores):
        # Before anything counts them.
        os.sched_setaffinity(0, cores)
    backend, module, class_name, options = (PLAYERS | OTHERS)[name]
    os.environ["KERAS_BACKEND"] = backend
    options = {key: options[key] for key in options if key != "environment"}
    from benchmarks.peers import games
    from benchmarks.peers import pace

    case = games.Case(**json.loads(case))
    module = importlib.import_module(f"benchmarks.peers.{module}")
    contender = getattr(module, class_name)
    # Answers alone go where they are read.
    answers, sys.stdout = sys.stdout, sys.stderr
    model = None
    for line in sys.stdin:
        command, *arguments = line.split()
        numbers = [int(argument) for argument in arguments]
        if command == "check":
            answer = check(contender, case, **options)
        elif command == "start":
            model = prepared(contender, case, *numbers, **options)
            forget_peak_memory()
            start = time.perf_counter()
            model.run(1)
            answer = time.perf_counter() - start
        elif command == "run":
            start = time.perf_counter()
            model.run(*numbers)
            answer = time.perf_counter() - start
        elif command == "pace":
            answer = pace.measure(model.run, *numbers)
        elif command == "profile":
            from benchmarks.peers import profiles

            answer = profiles.profile(model.run, *numbers)
        elif command == "memory":
            answer = peak_memory()
        elif command == "flops":
            model = model or prepared(contender, case, case.pictures, **options)
            answer = model.count_flops()
        elif command == "count":
            answer = contender(case, **options).count()
        elif command == "players":
            answer = model.count_players()
        elif command == "weights":
            answer = weigh(contender, case, *numbers, **options)
        elif command == "all_reduces":
            answer = model.time_all_reduces()
        print(json.dumps(answer), file=answers, flush=True)


def prepared(contender, case, count, **options):
    """A contender with so many pictures."""
    from benchmarks.peers import games

    model = contender(case, **options)
    model.prepare(games.draw_data(case, count))
    return model


def forget_peak_memory():
    """Let the peak be of what comes, and not of what data were made from."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")


def peak_memory():
    """Most bytes that this process has had, on Linux.

    `resource` would tell no less than its parent had when it began.
    """
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024


def check(build, case, **options):
    """Losses of the first two steps, of networks without dropout and noise.

    They are of SGD: Adam's first is the signs of gradients, and some of those are mere
    rounding. They are in full precision, which a GPU spares itself by default.
    """
    import numpy as np

    from benchmarks.peers import games
    from ganzoo.backend import full_precision

    contender = build(dataclasses.replace(case, optimizer="SGD"), **options)
    drop_nothing(contender)
    random = np.random.default_rng(1)
    z, epsilon = games.noise_shapes(case, case.batch)
    noise = random.normal(size=z), random.uniform(size=epsilon)
    arrays = games.draw_data(case, case.pictures)
    with full_precision():
        return contender.first_losses(arrays, [n.astype("float32") for n in noise])


def weigh(build, case, steps, **options):
    """Write all weights before and after steps of SGD, and return the file's name.

    SGD, for Adam's first steps are the signs of gradients, some of them mere rounding.
    """
    import keras
    import numpy as np

    from benchmarks.peers import games

    # Of what is drawn once and not trained, as StyleGAN2's noise in inference.
    keras.utils.set_random_seed(0)
    contender = build(dataclasses.replace(case, optimizer="SGD"), **options)
    drop_nothing(contender)
    contender.prepare(games.draw_data(case, steps * case.pictures))
    weights = {"before": contender.copy_weights()}
    contender.run(1)
    weights["first"] = contender.copy_weights()
    contender.run(steps - 1)
    weights["after"] = contender.copy_weights()
    with tempfile.NamedTemporaryFile(suffix=".npz", delete=False) as file:
        np.savez(file, **weights)
    return file.name


def drop_nothing(contender):
    """Switch off dropout and noise between layers, in whatever framework."""
    for network in contender.players.values():
        # On PyTorch a model of Keras is a module too, which does not know its layers.
        is_keras = hasattr(network, "layers")
        for part in network.layers if is_keras else network.modules():
            if type(part).__name__ in ("Dropout", "GaussianNoise"):
                part.rate = part.p = part.stddev = 0.0


if __name__ == "__main__":
    main(*sys.argv[1:])
