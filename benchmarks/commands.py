"""Rewrite the commands in committed records as `records.command` writes them.

    python benchmarks/commands.py

They are then without the folder that their output went to, and a shell can run them
again. A report has the commands of its records.
"""

import json
import pathlib
import re
import shlex

from ganzoo.benchmark import records
from ganzoo.system import files

RESULTS = pathlib.Path(__file__).parent / "results"
SCRIPT = "python benchmarks/"


def rewritten(command):
    """A command whose values may not have been quoted."""
    script, *options = re.split(r" +(?=--)", command.removeprefix("python "))
    words = [word for option in options for word in option.split(" ", 1)]
    quoted = (word.startswith("'") for word in words)
    words = [shlex.split(w)[0] if q else w for w, q in zip(words, quoted)]
    return records.command(script, words)


def replace(path, commands, form):
    """Rewrite commands, however a file writes them."""
    text = path.read_text("utf-8")
    for command in commands:
        text = text.replace(form(command), form(rewritten(command)))
    files.write_text(path, text)


def main():
    """Rewrite them all."""
    for path in RESULTS.glob("*/results.jsonl"):
        told = {line.get("command") or "" for line in records.Records(path).read()}
        commands = [command for command in told if command.startswith(SCRIPT)]
        replace(path, commands, json.dumps)
        report = path.with_name("report.md")
        if report.exists():
            replace(report, commands, "`{}`".format)


if __name__ == "__main__":
    main()
