"""Games on several devices, in processes of their own: devices are set but once."""

import socket
import sys

import numpy as np
import toy_trainings

BATCH = 24


def start(target, *args):
    """Begin a function of this module in a process, which is returned."""
    process = toy_trainings.CONTEXT.Process(target=target, args=args)
    process.start()
    return process


def addresses(count):
    """Free ports of this machine, "host:port" each."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return [f"127.0.0.1:{port}" for port in ports]


def step(path, variants, devices=None, workers=(), worker=0):
    """Play one step of each variant, and keep what came of it in a file."""
    import keras
    import toys

    import ganzoo
    from ganzoo import backend

    found = {}
    with ganzoo.devices.use(devices, workers, worker):
        for variant in variants:
            options = {}
            if variant != "Pix2Pix":
                options["augmentation"] = ["color", "translation", "cutout"]
            if variant == "WGANGP":
                options["discriminator_steps"] = 2
            if variant == "LSGAN":
                # Its networks without batch normalisation, for the other penalty.
                players = toys.networks("WGANGP")
                options = {"r1_weight": 1.0, **players}
            with backend.scope():
                gan = toys.build(variant, **options)
                gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
            arrays = toys.data(variant, BATCH)
            history = gan.fit(*arrays, batch_size=BATCH, verbose=0)
            losses = [history.history[m.name][0] for m in gan.metrics]
            held_out = gan.evaluate(*toys.data(variant, 40), verbose=0)
            values = toys.copy_of(gan.variables)
            # But for the means of losses that were reset and counted anew.
            found |= {f"{variant} {i}": value for i, value in enumerate(values)}
            found[f"{variant} losses"] = np.array([*losses, *held_out])
    np.savez(path, **found)


def train(recipe, run_dir, workers, worker):
    """`ganzoo train` of one of several workers."""
    from ganzoo import cli

    options = ["train", recipe, "--run-dir", run_dir, "--seed", "3"]
    options += ["--workers", ",".join(workers), "--worker", str(worker)]
    cli.main(options, standalone_mode=False)
    sys.stdout.flush()
