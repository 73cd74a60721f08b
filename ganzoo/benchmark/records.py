"""Records: one JSON line for each run, with all that its number depends on."""

import argparse
import json
import pathlib
import shlex


def command(script, arguments):
    """The line of a shell that measures again what a script has been told to.

    Args:
        script: string. Its path in the checkout.
        arguments: list of strings. What it was given; where its output went, by
            `--out`, is of one machine only and left out.
    """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--out")
    _, rest = parser.parse_known_args(arguments)
    return shlex.join(["python", script, *rest])


class Records:
    """A file of JSON lines that is only ever appended to.

    Args:
        path: path. Made with the first record.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def read(self):
        """All records, oldest first; a line cut off by a kill is left out."""
        if not self.path.exists():
            return []
        lines = self.path.read_text().split("\n")
        # What follows the last line break was not written to its end.
        return [json.loads(line) for line in lines[:-1] if line]

    def append(self, record):
        """Write one record as a line of its own."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._drop_unfinished_line()
        with self.path.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def _drop_unfinished_line(self):
        text = self.path.read_bytes() if self.path.exists() else b""
        if text and not text.endswith(b"\n"):
            with self.path.open("r+b") as file:
                file.truncate(text.rfind(b"\n") + 1)
