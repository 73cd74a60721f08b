"""Which form of a convolution is the faster: Keras's, or the sub-pixel one.

python benchmarks/convolutions.py [--backends tensorflow,jax,torch]

The layers of DCGAN's networks where pictures come in and go out, and those in between,
at batches of 64. Both forms of a layer have the same weights and are timed in turn, A B
A B: what they put out, and with it the derivatives in their input and their weights.
Each framework has a process of its own. A line of `convolutions.jsonl` below `--out` is
a run of one framework; `convolutions.md` there shows the last of each.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

OUT = HERE / "results" / "throughput"
BATCH = 64
ROUNDS = 9
# Whether transposed, side, channels in and out.
LAYERS = [
    (transposed, *rest)
    for width in (32, 64)
    for transposed, *rest in (
        (False, 28, 1, width),
        (True, 14, width, 1),
        (False, 64, 3, width),
        (True, 32, width, 3),
        (False, 28, 11, width),
        (False, 14, width, 2 * width),
        (True, 7, 2 * width, width),
    )
]


def measure():
    """Time all layers by the framework at hand.

    Returns:
        List of dicts, one for each layer, with milliseconds by form.
    """
    import keras
    import numpy as np

    from ganzoo.layers import subpixel

    forms = {
        False: (keras.layers.Conv2D, subpixel.SubpixelConv2D),
        True: (keras.layers.Conv2DTranspose, subpixel.SubpixelConv2DTranspose),
    }
    rows = []
    for transposed, side, channels, filters in LAYERS:
        x = np.random.default_rng(0).normal(size=(BATCH, side, side, channels))
        x = keras.ops.convert_to_tensor(x.astype("float32"))
        functions = {}
        for form, cls in zip(("plain", "subpixel"), forms[transposed]):
            layer = cls(filters, 5, 2, "same", use_bias=False)
            layer.build(x.shape)
            kernel = keras.ops.convert_to_tensor(layer.kernel)
            functions |= {
                f"{form}, {what}": (function, kernel)
                for what, function in _functions(layer).items()
            }
        times = {name: [] for name in functions}
        for _ in range(ROUNDS + 1):
            for name, (function, kernel) in functions.items():
                start = time.perf_counter()
                _wait(function(x, kernel))
                times[name].append(1e3 * (time.perf_counter() - start))
        # The first call compiles.
        medians = {name: statistics.median(t[1:]) for name, t in times.items()}
        rows.append(
            {
                "layer": [transposed, side, channels, filters],
                "milliseconds": medians,
            }
        )
    return rows


def _functions(layer):
    """The layer, and its derivatives, as functions of its input and its kernel."""
    import keras

    def call(x, kernel):
        outputs, _ = layer.stateless_call([kernel], [], x)
        return outputs

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        def derive(x, kernel):
            with tf.GradientTape() as tape:
                tape.watch([x, kernel])
                y = tf.reduce_sum(call(x, kernel) ** 2)
            return tape.gradient(y, [x, kernel])

        return {"output": tf.function(call), "derivatives": tf.function(derive)}
    if keras.backend.backend() == "jax":
        import jax

        derive = jax.grad(lambda x, k: (call(x, k) ** 2).sum(), argnums=(0, 1))
        return {"output": jax.jit(call), "derivatives": jax.jit(derive)}
    import torch

    def derive(x, kernel):
        x, kernel = (t.detach().requires_grad_() for t in (x, kernel))
        return torch.autograd.grad((call(x, kernel) ** 2).sum(), [x, kernel])

    return {"output": torch.no_grad()(call), "derivatives": derive}


def _wait(results):
    import keras

    for result in keras.tree.flatten(results):
        keras.ops.convert_to_numpy(result)


def report(out, lines):
    """Write `convolutions.md`: the last run of each framework."""
    from ganzoo.system import files

    blocks = ["# The form of a convolution", __doc__.split("\n\n", 2)[2].strip()]
    for backend, line in {line["backend"]: line for line in lines}.items():
        about = f"{line['machine']} ({', '.join(line['devices'])})"
        blocks += [f"## {backend}", _table(line["rows"])]
        blocks.append(f"{about}; commit {line['commit']}.")
    files.write_text(out / "convolutions.md", "\n\n".join(blocks) + "\n")


def _table(rows):
    head = ["layer", "output: plain, ms", "sub-pixel", "times as fast"]
    head += ["with derivatives: plain, ms", "sub-pixel", "times as fast"]
    lines = [head, ["---", *["--:"] * (len(head) - 1)]]
    for row in rows:
        transposed, side, channels, filters = row["layer"]
        name = "transposed, " if transposed else ""
        cells = [f"{name}{side}×{side}×{channels} to {filters}"]
        for what in ("output", "derivatives"):
            plain, ours = (
                row["milliseconds"][f"{form}, {what}"] for form in ("plain", "subpixel")
            )
            cells += [f"{plain:.2f}", f"{ours:.2f}", f"{plain / ours:.2f}"]
        lines.append(cells)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(argv=None):
    """Measure by one framework after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backends", default="tensorflow,jax,torch", help="by commas")
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.here:
        print(json.dumps(measure()))
        return
    from ganzoo.backend import environment
    from ganzoo.benchmark import records

    kept = records.Records(args.out / "convolutions.jsonl")
    for backend in args.backends.split(","):
        print(backend, file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, __file__, "--here"],
            env={**os.environ, "KERAS_BACKEND": backend},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        rows = json.loads(done.stdout.splitlines()[-1])
        kept.append({**environment.environment(), "backend": backend, "rows": rows})
        report(args.out, kept.read())


if __name__ == "__main__":
    main()
