"""Games on several devices, in processes of their own: devices are set but once."""

import os
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
    alone = devices is None and not workers
    with ganzoo.devices.use(devices, workers, worker):
        for variant in variants:
            options = {}
            if variant == "DCGAN":
                options["augmentation"] = ["color", "translation", "cutout"]
            if variant == "WGANGP":
                options["discriminator_steps"] = 2
            with backend.scope():
                if variant == "LSGAN":
                    # Without batch normalisation, for the other penalty.
                    options |= {"r1_weight": 1.0, **toys.networks("WGANGP")}
                gan = toys.build(variant, **options)
                gan.compile(
                    keras.optimizers.SGD(0.1),
                    keras.optimizers.SGD(0.1),
                    run_eagerly=toys.TRACES and alone,
                )
            arrays = toys.data(variant, BATCH)
            history = gan.fit(*arrays, batch_size=BATCH, verbose=0)
            losses = [history.history[m.name][0] for m in gan.metrics]
            held_out = gan.evaluate(*toys.data(variant, 40), verbose=0)
            values = toys.copy_of(gan.variables)
            found |= {f"{variant} {i}": value for i, value in enumerate(values)}
            found[f"{variant} losses"] = np.array([*losses, *held_out])
    np.savez(path, **found)


def balanced():
    """A game with a state of its own, after two steps."""
    import keras
    import toy_variants

    from ganzoo import backend

    with backend.scope():
        gan = toy_variants.point(toy_variants.Balanced, theta=-0.25, w=2.0)
        gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
    x = np.linspace(-1, 1, 24, dtype="float32").reshape(24, 1, 1, 1)
    gan.fit(x, batch_size=12, shuffle=False, verbose=0)
    return gan


def balance(path, count):
    """Keep the state of that on so many devices, as each of them has it."""
    import ganzoo

    with ganzoo.devices.use(count):
        gan = balanced()
        k = getattr(gan.k.value, "values", [gan.k.value])
        np.savez(
            path,
            k=[v.numpy() if hasattr(v, "numpy") else np.array(v) for v in k],
            images_seen=int(gan.images_seen),
        )


def look(path, count):
    """Let networks on so many devices look at images and draw some, and keep it all.

    A network that was built before is asked too, and a last time afterwards.
    """
    import toys

    from ganzoo import features
    from ganzoo.backend import multi_device
    from ganzoo.backend import scope

    pictures = np.random.default_rng(0).integers(0, 256, (33, 28, 28, 1), "uint8")
    # Before TensorFlow begins, which then keeps its virtual devices.
    with multi_device.use(count):
        pass
    before = features.find("fashion-classifier")
    with multi_device.use(count), scope():
        extractor = features.find("fashion-classifier")
        gan, pix2pix = toys.build("GAN"), toys.build("Pix2Pix")
        sources, _ = toys.data("Pix2Pix", 11)
        # 32 at once, 16 or 8, and one in the end.
        found = {
            "features": extractor(pictures, batch_size=8),
            "features of before": before(pictures, batch_size=8),
            "drawn": gan.generate(10, seed=1),
            # A batch of 8 is shared, and one of 3 is not.
            "translated": pix2pix.translate(sources, batch_size=8, seed=1),
        }
    np.savez(path, **found, **{"features after": extractor(pictures, batch_size=8)})


def score(folder, counts):
    """`ganzoo evaluate` on so many devices, with nothing in the cache."""
    from click.testing import CliRunner

    from ganzoo import cli

    for count in counts:
        os.environ["GANZOO_CACHE"] = str(folder / f"cache_{count}")
        options = [*(str(folder / f"{name}.npy") for name in "ab"), "--json"]
        options += ["--features", "fashion-classifier", "--scores", "fid"]
        result = CliRunner().invoke(
            cli.main, ["evaluate", *options, "--devices", str(count)]
        )
        (folder / f"{count}.json").write_text(result.stdout or result.output)


def train(recipe, run_dir, workers, worker):
    """`ganzoo train` of one of several workers, on the first images."""
    from ganzoo import cli
    from ganzoo.training import recipes

    recipes.Recipe.load_data = toy_trainings.fewer(recipes.Recipe.load_data)
    options = ["train", recipe, "--run-dir", run_dir, "--seed", "3"]
    options += ["--workers", ",".join(workers), "--worker", str(worker)]
    cli.main(options, standalone_mode=False)
    sys.stdout.flush()


def train_on_folder(folder, run_dir):
    """`ganzoo train` on own images, which looks and reckons before it trains."""
    from ganzoo import cli
    from ganzoo.training import folder_recipes
    from ganzoo.training.timing import planning

    # One pass is enough of an epoch.
    planning.FIRST_SHEET = 0.0
    folder_recipes._config = toy_trainings.narrowed(folder_recipes._config)
    options = ["train", "--data", folder, "--model", "gan", "--image-size", "28"]
    options += ["--run-dir", run_dir, "--epochs", "1", "--devices", "2"]
    options += ["--score", "fashion-classifier", "--score-every", "1"]
    cli.main(options, standalone_mode=False)
