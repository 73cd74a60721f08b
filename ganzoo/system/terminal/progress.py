"""How far a long task is: a bar on a terminal, a few plain lines in a log."""

import contextlib
import sys
import time

import click

PAUSE = 5.0  # seconds at least between two lines of a log


@contextlib.contextmanager
def progress_bar(label, length, verbose=1):
    """Show progress on the standard error, which leaves the output to results.

    A log has a line at the beginning, one for each tenth but no more than one in
    `PAUSE` seconds, and one at the end.

    Args:
        label: str. What is counted, like "Features of mnist".
        length: int. How many there are in all.
        verbose: 0 or 1. 0 shows nothing.

    Yields:
        A function to call with how many more are done.
    """
    if not verbose:
        yield lambda more: None
    elif sys.stderr.isatty():
        with click.progressbar(
            length=length, label=label, file=sys.stderr, show_pos=True
        ) as bar:
            yield bar.update
    else:
        yield _advance_by_tenths(label, length)


def _advance_by_tenths(label, length):
    done, shown = 0, time.monotonic()

    def advance(more):
        nonlocal done, shown
        tenths = 10 * done // length
        done += more
        is_due = time.monotonic() - shown >= PAUSE and 10 * done // length > tenths
        if is_due or done == length:
            shown = time.monotonic()
            click.echo(f"{label}: {done:,} of {length:,}", err=True)

    click.echo(f"{label}: {length:,} to come", err=True)
    return advance
