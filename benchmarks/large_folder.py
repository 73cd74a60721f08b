"""How a folder of many pictures is decoded and read, beside one of a tenth of them.

python benchmarks/large_folder.py [--counts 20000,200000]

Each folder is made of 2,000 pictures of Fashion-MNIST, tinted, mirrored and cropped at
random to 32 to 96 pixels, JPEG and PNG in turn, each many times with other bytes at the
end. A process of its own decodes it to 64 pixels as `ganzoo train --data` does; finds
it decoded again; and trains on it by a narrow DCGAN for some steps, from the disk,
whose pages the system is told to forget, and from memory. Its memory is what it had
taken at most beside files that are mapped, less what it had before, sampled ten times a
second.

A folder is a line of `results.jsonl` below `--out`, and `report.md` there shows them.
"""

import argparse
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

# TensorFlow would greet its user with a page of build details; it reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from PIL import ImageOps  # noqa: E402

import ganzoo  # noqa: E402
from ganzoo.backend import environment  # noqa: E402
from ganzoo.benchmark import records  # noqa: E402
from ganzoo.data.disk import store  # noqa: E402
from ganzoo.system import files  # noqa: E402
from ganzoo.system.terminal.progress import progress_bar  # noqa: E402

OUT = HERE / "results" / "large_folder"
COUNTS = (20_000, 200_000)
IMAGE_SIZE = 64
STEPS = 40
BATCH_SIZE = 64
A_FOLDER = 1_000  # pictures
KINDS = 2_000  # pictures that are not only different in bytes at the end
FORMATS = ("jpeg", "png")
COLUMNS = {
    "pictures": "pictures",
    "decode_s": "decoded, s",
    "open_s": "found again, s",
    "decode_mb": "memory of decoding, MB",
    "disk_images_s": "images/s from disk",
    "memory_images_s": "from memory",
    "train_mb": "memory of training from disk, MB",
}


def make_pictures(root, count):
    """Write pictures into sub-folders, all different, if only in bytes at the end."""
    source = ganzoo.data.load("fashion_mnist_10k").images[:KINDS, ..., 0]
    pictures = [_encoded(picture, i) for i, picture in enumerate(source)]
    with progress_bar("Files written", count) as advance:
        for start in range(0, count, A_FOLDER):
            folder = root / f"{start // A_FOLDER:04d}"
            folder.mkdir(parents=True)
            for i in range(start, min(start + A_FOLDER, count)):
                kind = i % len(pictures)
                path = folder / f"{i:07d}.{FORMATS[kind % 2]}"
                # Neither decoder looks at what follows a picture.
                path.write_bytes(pictures[kind] + i.to_bytes(4))
            advance(i + 1 - start)


def _encoded(picture, i):
    """A picture tinted, mirrored, cropped and resized at random, as a file's bytes."""
    rng = np.random.default_rng(i)
    black, white = map(tuple, rng.integers(0, 256, (2, 3)).tolist())
    picture = ImageOps.colorize(Image.fromarray(picture), black, white)
    picture = ImageOps.mirror(picture) if rng.random() < 0.5 else picture
    left, top = rng.integers(0, 6, 2)
    size = rng.integers(32, 97, 2)
    picture = picture.resize(size, box=(left, top, left + 22, top + 22))
    file = io.BytesIO()
    picture.save(file, FORMATS[i % 2])
    return file.getvalue()


def measure(root):
    """Decode a folder and train on it, and return what that took, a dict."""
    with Peak() as decoding:
        start = time.perf_counter()
        found = store.open_store(root, IMAGE_SIZE)
        decode_s = time.perf_counter() - start
    start = time.perf_counter()
    store.open_store(root, IMAGE_SIZE)
    open_s = time.perf_counter() - start
    images = found.split("train").images
    shape = images.shape[1:]
    gan = ganzoo.DCGAN(
        generator=ganzoo.networks.dcgan_generator(shape, filters=4),
        discriminator=ganzoo.networks.dcgan_discriminator(shape, filters=4),
        seed=0,
    )
    gan.compile()
    few = np.array(images[: STEPS * BATCH_SIZE])
    # The first time compiles.
    _train(gan, few)
    _forget(images.filename)
    with Peak() as training:
        disk_images_s = _train(gan, images)
    return {
        "pictures": found.survey.count,
        "decode_s": round(decode_s, 1),
        "open_s": round(open_s, 1),
        "decode_mb": round(decoding.bytes / 1e6),
        "disk_images_s": round(disk_images_s),
        "memory_images_s": round(_train(gan, few)),
        "train_mb": round(training.bytes / 1e6),
        **environment.environment(),
    }


def _train(gan, images):
    """Images/s of some steps over all of the pictures at random."""
    data = ganzoo.inputs.epochs.Epochs((images,), BATCH_SIZE)
    data.shuffle([0])
    data.count = STEPS * BATCH_SIZE
    start = time.perf_counter()
    gan.fit(data, verbose=0, shuffle=False)
    return data.count / (time.perf_counter() - start)


def _forget(path):
    """Let the system read a file from the disk the next time."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Peak:
    """The most memory that this process takes in a `with` block, beyond the start.

    Attributes:
        bytes: int. Anonymous pages only, as the system takes mapped ones back.
    """

    def __enter__(self):
        self.start, self.bytes = _anonymous_bytes(), 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self):
        while not self.done.wait(0.1):
            self.bytes = max(self.bytes, _anonymous_bytes() - self.start)

    def __exit__(self, *error):
        self.done.set()
        self.thread.join()


def _anonymous_bytes():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell of anonymous pages")


def report(out, lines):
    """Write `report.md` into a folder."""
    title, usage, about = __doc__.split("\n\n", 2)
    table = [f"| {' | '.join(COLUMNS.values())} |", "|" + "--:|" * len(COLUMNS)]
    for line in sorted(lines, key=lambda line: line["pictures"]):
        table.append(f"| {' | '.join(f'{line[key]:,}' for key in COLUMNS)} |")
    environments = {f"{line['machine']}, commit {line['commit']}" for line in lines}
    blocks = [f"# {title}", f"`{usage}`. {about.strip()}", "\n".join(table)]
    text = "\n\n".join([*blocks, "; ".join(sorted(environments))])
    files.write_text(pathlib.Path(out) / "report.md", text + "\n")


def main(argv=None):
    """Read the command line, and measure each folder in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", default=",".join(map(str, COUNTS)))
    parser.add_argument("--out", default=OUT, type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, help="made already: measure it")
    args = parser.parse_args(argv)
    kept = records.Records(args.out / "results.jsonl")
    if args.folder:
        kept.append(measure(args.folder))
        report(args.out, kept.read())
        return
    for count in map(int, args.counts.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            make_pictures(root / "pictures", count)
            command = [sys.executable, __file__, "--out", args.out]
            subprocess.run(
                [*command, "--folder", root / "pictures"],
                env={**os.environ, "GANZOO_CACHE": str(root / "cache")},
                check=True,
            )


if __name__ == "__main__":
    main()
