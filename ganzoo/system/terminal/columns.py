"""Lines whose columns are aligned."""


def align(rows):
    """Yield each row as a line; a column is as wide as its longest entry.

    Args:
        rows: iterable of sequences of strings, all of one length.
    """
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths))
        yield "  ".join(cells).rstrip()
