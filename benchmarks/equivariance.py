"""How well images of StyleGAN3 move before any training, by what filters do.

python benchmarks/equivariance.py [--seeds 4] [--count 16]

Generators of random weights, of 32 pixels and 16 channels, draw images and the same
images moved, and EQ-T compares both as `ganzoo evaluate --scores eq_t` does. The
magnitudes of their layers are those of a batch. The arms differ in the number of
layers, in the configuration, and in the upsampling of activations, `m` in Section 2.1
of the paper.

A run is a line of `results.jsonl` below `--out`, and `report.md` there shows all.
"""

import argparse
import os
import pathlib
import sys

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import keras  # noqa: E402

import ganzoo  # noqa: E402
from benchmarks import reports  # noqa: E402
from ganzoo import networks  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.layers import MagnitudeNormalization  # noqa: E402
from ganzoo.metrics import equivariance  # noqa: E402
from ganzoo.scoring import generated  # noqa: E402

OUT = HERE / "results" / "equivariance"
SHAPE = (32, 32, 3)
ARMS = {
    "T, 8 layers": {"layers": 8},
    "T, 8 layers, m = 1": {"layers": 8, "upsampling": 1},
    "T, 8 layers, m = 4": {"layers": 8, "upsampling": 4},
    "T, 14 layers": {"layers": 14},
    "R, 8 layers": {"layers": 8, "config": "R"},
}
HEAD = {"generator": "---", "EQ-T, dB": "--:", "seeds": "--:"}


def measure(arm, seed, count, filters=16):
    """EQ-T of a new generator, in dB."""
    keras.utils.set_random_seed(seed)
    sizes = {"latent_dim": 64, "style_dim": 64, "filters": filters}
    gan = ganzoo.StyleGAN3(
        generator=networks.stylegan3_generator(SHAPE, **sizes, **ARMS[arm]),
        discriminator=networks.stylegan2_discriminator(SHAPE, filters=filters),
        seed=seed,
    )
    for layer in gan.synthesis.layers:
        if isinstance(layer, MagnitudeNormalization):
            # So short that they are those of the batch.
            layer.half_life = 1e-6
    z = gan.latents(64, seed=seed)
    gan.generator([z, *gan.find_conditions(64)], training=True)
    return equivariance.eq_t(generated.moved(gan, count, seed))


def main(arguments=None):
    """Measure what is missing, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--count", type=int, default=16, help="images of a generator")
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_args(arguments)
    kept = records.Records(options.out / "results.jsonl")
    for arm in ARMS:
        for seed in range(options.seeds):
            run = {"arm": arm, "seed": seed, "count": options.count}
            if any(run.items() <= line.items() for line in kept.read()):
                continue
            found = {"eq_t": measure(arm, seed, options.count)}
            print(arm, seed, found, file=sys.stderr, flush=True)
            kept.append({**run, **found, **environment.environment()})
    lines = [line for line in kept.read() if line["count"] == options.count]
    table, _ = reports.table_of(ARMS, lines, HEAD, {"eq_t": 1})
    reports.write(options.out, __doc__, [table], lines)


if __name__ == "__main__":
    main()
