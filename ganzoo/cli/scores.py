"""`ganzoo evaluate`, `statistics`, `fetch` and `benchmark`: scores of images."""

import contextlib
import pathlib
import sys

import click

from ganzoo.cli import loading
from ganzoo.data import source_names
from ganzoo.presets import records

devices_option = click.option(
    "--devices",
    type=click.IntRange(1),
    help="Share the networks' work between so many accelerators, or virtual devices of "
    "a processor.  [default: one]",
)


alpha_option = click.option(
    "--alpha",
    type=click.Choice(["white", "drop"]),
    default="white",
    show_default=True,
    help="Lay transparent images on white, or keep the colours under the transparency, "
    "as pytorch-fid, torch-fidelity and clean-fid do.",
)


def _load(*names):
    """Load Keras, unless there is nothing of one of these names to score."""
    for name in filter(None, names):
        source_names.check(name, records.names())
    loading.load_keras()


@contextlib.contextmanager
def _on_devices(count):
    """Networks that are built inside share their work between so many."""
    from ganzoo import backend
    from ganzoo.backend import multi_device

    with multi_device.use(count), backend.scope():
        yield


@click.command()
@click.argument("samples")
@click.argument("reference", required=False)
@click.option(
    "--features",
    help="Network that looks at the images: inception, fashion-classifier, "
    "mnist-classifier, stacked-mnist-classifier or random-convolutions.  [default: "
    "inception if it is fetched, else the classifier of the dataset, else "
    "random-convolutions]",
)
@click.option(
    "--scores",
    help="Only these, like fid,kid: fid, kid, inception_score, prdc, fid_infinity, "
    "modes, memorisation, l1, psnr, ssim; or eq_t, of StyleGAN3.  [default: all that "
    "apply]",
)
@click.option(
    "--train", help="Training images, to find copies of them among the samples."
)
@click.option(
    "--neighbours",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Write a .png of samples beside their nearest training images.",
)
@click.option(
    "-n",
    "--count",
    type=click.IntRange(2),
    help="Images to draw from a run folder.  [default: 10000, or all translations]",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed of those.",
)
@click.option(
    "--domain",
    metavar="NAME_OR_NUMBER",
    default="0",
    show_default=True,
    help="Domain to score, of a run folder's model that has several.",
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder with the raw files of the datasets, to load them without a network.",
)
@alpha_option
@devices_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def evaluate(samples, reference, as_json, scores, domain, devices, **options):
    """Score SAMPLES against REFERENCE, which are real images.

    Both can be a folder of images of one size, a .npy or .npz file of uint8 images, a
    file of statistics, or a dataset and its split. SAMPLES can also be a run folder, a
    `.keras` file in one, or a preset. Those are scored against the test images of their
    own dataset if there is no REFERENCE.

    \b
    Examples:
      ganzoo evaluate runs/dcgan
      ganzoo evaluate my_samples cifar10:test
      ganzoo evaluate samples.npy real_pictures --scores fid,kid --json
      ganzoo evaluate runs/dcgan --features fashion-classifier
      ganzoo evaluate runs/dcgan --train fashion_mnist:train --neighbours near.png
      ganzoo evaluate runs/cogan --domain second
      ganzoo evaluate runs/dcgan --devices 4
    """
    _load(samples, reference, options["train"])
    from ganzoo import evaluation
    from ganzoo.evaluation import table

    with _on_devices(devices):
        record = evaluation.evaluate(
            samples,
            reference,
            scores=None if scores is None else [s.strip() for s in scores.split(",")],
            domain=int(domain) if domain.isdecimal() else domain,
            verbose=1,
            **options,
        )
    click.echo(table.as_json(record) if as_json else table.render(record))


@click.command()
@click.argument("images", nargs=-1, required=True)
@click.argument("out", type=click.Path(dir_okay=False, path_type=pathlib.Path))
@click.option("--features", default="inception", show_default=True)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder with the raw files of the datasets, to load them without a network.",
)
@alpha_option
@devices_option
def statistics(images, out, features, data_dir, alpha, devices):
    """Write the statistics of IMAGES to OUT, an .npz file.

    `ganzoo evaluate` and pytorch-fid read them in place of the images. Several IMAGES
    are parts of one set. Each can also be a file of statistics, for example of another
    machine. The result is exactly that of all images together.

    \b
    Examples:
      ganzoo statistics real_pictures real.npz
      ganzoo statistics part1.npz part2.npz real.npz
    """
    _load(*images)
    from ganzoo import evaluation

    with _on_devices(devices):
        evaluation.save_statistics(
            images, out, features, data_dir, verbose=1, alpha=alpha
        )
    click.echo(f"Statistics: {out}")


@click.command()
@click.argument("what", type=click.Choice(["inception"]))
def fetch(what):
    """Fetch the network that the FID is defined by, once.

    \b
    Example:
      ganzoo fetch inception
    """
    loading.load_keras()
    from ganzoo.features import inception_weights

    click.echo(f"Weights: {inception_weights.fetch()}")


@click.command()
@click.option(
    "--suite",
    default="quick",
    show_default=True,
    help="What to compare: quick, fashion_mnist, mnist, cifar10 or cifar10_small.",
)
@click.option(
    "--variants",
    help="These, like GAN,DCGAN; or your own, like my_module:HingeGAN; or all.  "
    "[default: seven for quick, five for cifar10_small, else all]",
)
@click.option(
    "--seeds",
    type=click.IntRange(1),
    help="Train each variant this often, with seeds 0, 1, 2...  [default: the suite's]",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Train this many times the suite's epochs, and one at least.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=pathlib.Path),
    help="Folder of runs and report.  [default: runs/SUITE]",
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="Folder with the raw files of the datasets, to load them without a network.",
)
@click.option(
    "--train-only",
    is_flag=True,
    help="Leave scores and report to a machine that the folder is copied to.",
)
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Let a Ray cluster do the runs, in a folder that all of it sees; local starts "
    "one here. Needs keras-ganzoo[ray].",
)
def benchmark(suite, variants, **options):
    """Train variants, score them, and write a report page.

    The page shows scores and samples. Interrupted runs resume; finished runs are not
    repeated. Started twice on the same folder, both processes share the work.

    \b
    Examples:
      ganzoo benchmark
      ganzoo benchmark --variants all
      ganzoo benchmark --variants DCGAN,LSGAN --seeds 3
      ganzoo benchmark --suite fashion_mnist --seeds 5
    """
    loading.load_keras()
    from ganzoo.benchmark import runner

    runner.run(
        suite,
        variants=[v.strip() for v in variants.split(",")] if variants else None,
        verbose=_verbose(),
        **options,
    )


def _verbose():
    """A live bar for a person, a line for each epoch in a log."""
    return 1 if sys.stdout.isatty() else 2
