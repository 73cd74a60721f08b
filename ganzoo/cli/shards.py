"""`ganzoo shard`."""

import pathlib

import click

from ganzoo.cli import loading


@click.command()
@click.argument("folder")
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path),
    required=True,
    help="New folder for the shards. An interrupted command leaves none.",
)
@click.option(
    "--image-size",
    type=click.IntRange(1),
    help="Pixels of a side, to which images are cropped and resized.  [default: 64]",
)
@click.option(
    "--channels",
    type=click.Choice(["1", "3"]),
    help="1 for grey, 3 for colour.  [default: as the images are]",
)
@click.option("--pairs", "of_pairs", is_flag=True, help="Images are pairs for pix2pix.")
@click.option(
    "--bit-depth",
    type=click.IntRange(1, 16),
    help="Bits that 16-bit grey files use: 12 scales 0..4095 to 0..255.",
)
@click.option(
    "--pad",
    is_flag=True,
    help="Pad images that are not square with the colour of their edges, instead of "
    "cropping them.",
)
def shard(folder, out, image_size, channels, of_pairs, bit_depth, pad):
    """Write the images of FOLDER into ArrayRecord shards, as PNG.

    Use shards for datasets too large for your disk. ganzoo checks, crops and resizes
    the images as `ganzoo train --data` does. Training on the shards is like training on
    the folder: a tenth is held out, sub-folders are classes. It reads images as it
    needs them, also from a bucket: `--data gs://bucket/images`.

    FOLDER can also be a dataset of tensorflow-datasets in TFRecord files, which cannot
    be read by row.

    \b
    Examples:
      ganzoo shard ./pictures --image-size 64 --out shards
      ganzoo train --data shards --run-dir runs/mine
      ganzoo shard ./facades --pairs --image-size 256 --out facade_shards
      ganzoo shard ~/tensorflow_datasets/mnist/3.0.1 --out mnist_shards
    """
    loading.load_keras()
    from ganzoo.data.disk import shard_writer

    channels = None if channels is None else int(channels)
    survey = shard_writer.write(
        folder, out, image_size, channels, of_pairs, bit_depth=bit_depth, pad=pad
    )
    for line in survey.summary_lines():
        click.echo(line)
    click.echo(f"Shards: {out}")
