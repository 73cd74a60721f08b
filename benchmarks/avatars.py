"""Draw avatars as images, with what each has in a table beside them.

python benchmarks/avatars.py SVG OUT [--size 64]

SVG is a folder that `benchmarks/avatars.mjs` has written; its head says how. OUT is a
new folder of PNG files and `attributes.csv`, as `ganzoo.data.attributes_from_folder`
reads it. Held-out avatars with one attribute changed, all else the same, are drawn into
the folder OUT_edited beside it, in a sub-folder for each attribute.

    GANZOO_DATA_DIR=FOLDER ganzoo train icgan_avatars_64 --run-dir runs/icgan

trains on FOLDER/avatars, and `ganzoo train --data OUT --model icgan` on any such
folder. Drawing takes resvg-py: pip install 'keras-ganzoo[svg]'.
"""

import argparse
import concurrent.futures
import pathlib
import shutil
import sys

import resvg_py

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from ganzoo.system.terminal.progress import progress_bar  # noqa: E402

TABLE = "attributes.csv"


def draw(source, path, size):
    """Draw an SVG file as a PNG file of so many pixels a side, on white."""
    png = resvg_py.svg_to_bytes(
        svg_path=str(source),
        width=size,
        height=size,
        background="white",
        skip_system_fonts=True,  # there is no text
    )
    path.write_bytes(bytes(png))


def draw_all(source, out, size):
    """Draw the files of a folder of `avatars.mjs`.

    Args:
        source: `pathlib.Path`. The folder.
        out: `pathlib.Path`. The new one, beside which that of edited ones is made.
        size: int. Pixels of a side.

    Returns:
        int. How many were drawn.
    """
    edited = edited_folder(out)
    jobs = [(file, out / f"{file.stem}.png") for file in source.glob("images/*.svg")]
    for file in source.glob("edited/*/*.svg"):
        jobs.append((file, edited / file.parent.name / f"{file.stem}.png"))
    for folder in (out, edited):
        folder.mkdir(parents=True)
    for folder in {path.parent for _, path in jobs} - {out}:
        folder.mkdir()
    with (
        concurrent.futures.ThreadPoolExecutor() as pool,
        progress_bar("Avatars drawn", len(jobs), True) as advance,
    ):
        for _ in pool.map(lambda job: draw(*job, size), jobs):
            advance(1)
    shutil.copyfile(source / TABLE, out / TABLE)
    return len(jobs)


def edited_folder(out):
    """Where the edited ones are: beside the folder of the others."""
    return out.with_name(f"{out.name}_edited")


def main(argv=None):
    """Read the command line, and draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=pathlib.Path, metavar="SVG")
    parser.add_argument("out", type=pathlib.Path, metavar="OUT")
    parser.add_argument("--size", type=int, default=64)
    args = parser.parse_args(argv)
    if not (args.source / TABLE).is_file() or args.out.exists():
        parser.error("SVG must be a folder of avatars.mjs, and OUT a new one")
    count = draw_all(args.source, args.out, args.size)
    print(f"{count:,} images: {args.out}, {edited_folder(args.out)}")


if __name__ == "__main__":
    main()
