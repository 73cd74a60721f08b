"""The curves of a page: what each shows in a sentence, and its drawing."""

import itertools

from ganzoo.benchmark import figures
from ganzoo.benchmark import summary

CLASSES = {
    "fashion-classifier": (
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "boot",
    ),
    "mnist-classifier": tuple("0123456789"),
}


def draw(suite, rows):
    """Descriptions and drawings of some variants, as pairs.

    Args:
        suite: `suites.Suite`.
        rows: list of `summary.Row`, whose scores compare.
    """
    ended = [row for row in rows if row.ended]
    if not ended:
        return []
    found = [
        _final_against_seconds(ended),
        _curves(suite, ended, "pictures", "images seen"),
        _curves(suite, ended, "seconds", "seconds of training"),
    ]
    if "classes" in ended[0].ended[0]["closer"]:
        found.append(_modes(suite, ended))
    return found


def _final_against_seconds(rows):
    points = {
        row.variant: [
            (run["seconds"], summary.value(run["final"][0])) for run in row.ended
        ]
        for row in rows
    }
    name, label = rows[0].ended[0]["score"].upper(), "seconds of training"
    what = f"{name} at the end against {label}. Each mark is a run."
    return what, figures.scatter(points, label, name, "log")


def _curves(suite, rows, key, label):
    series = {row.variant: _curve(row, key) for row in rows}
    name = f"{_name_of_curve(rows[0].ended[0])} by {suite.curve}"
    what = (
        f"{name} of {suite.curve_count:,} images after every epoch against {label}. "
        "Lines are means over training seeds, bands reach from the lowest to the "
        "highest."
    )
    scale = "log" if key == "seconds" else "linear"
    return what, figures.curves(series, label, name, scale)


def _modes(suite, rows):
    counts = {row.variant: _classes(row) for row in rows}
    share = sum(_classes(rows[0])) / len(_classes(rows[0]))
    names = CLASSES[suite.curve]
    what = (
        f"Modes: how many images of each class, as the {suite.curve} sees them, mean "
        "over training seeds. The dashed line is an equal share."
    )
    return what, figures.bars(counts, share, names, "images")


def _curve(row, key):
    """Mean and range over seeds of the score after each epoch."""
    curves = [_points(run, key) for run in row.ended]
    points = list(zip(*curves))
    scores = [[y for _, y in point] for point in points]
    return {
        "x": [sum(x for x, _ in point) / len(point) for point in points],
        "mean": [sum(values) / len(values) for values in scores],
        "low": [min(values) for values in scores],
        "high": [max(values) for values in scores],
    }


def _points(run, key):
    history = run["history"]
    if key == "pictures":
        each = run["pictures"] / run["epochs"]
        x = [each * (i + 1) for i in range(len(history))]
    else:
        x = itertools.accumulate(epoch["seconds"] for epoch in history)
    return list(zip(x, [epoch[run["monitor"]] for epoch in history]))


def _name_of_curve(run):
    return run["monitor"].removeprefix("val_").upper()


def _classes(row):
    counts = [run["closer"]["classes"] for run in row.ended]
    return [sum(values) / len(values) for values in zip(*counts)]
