"""Curves and bars as SVG, in the colours of the page, and sheets side by side."""

import io
import itertools
import re

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter
from matplotlib.ticker import ScalarFormatter

from ganzoo.system import files
from ganzoo.training import recipes

# Near Okabe and Ito's, which the colour-blind can tell apart; each stands out from
# white and from black by 3 to 1 at least.
PALETTE = (
    "#d55e00",
    "#c0569b",
    "#2077b4",
    "#767676",
    "#b37a00",
    "#3a8fc7",
    "#009068",
)
COLOURS = dict(zip(recipes.variants(), itertools.cycle(PALETTE)))
MARKERS = dict(zip(recipes.variants(), itertools.cycle("*vsoD^P")))
# Matplotlib wants a colour; the page's own, for light and dark, takes its place.
INK = "#123456"
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ganzoo",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.15,
}


def curves(series, x_label, y_label):
    """Lines with a band over seeds.

    Args:
        series: dict by variant of dicts: lists of floats "x", "mean", "low", "high".
        x_label: str.
        y_label: str.

    Returns:
        str, an `<svg>` element.
    """

    def draw(axes, line, **mark):
        axes.plot(line["x"], line["mean"], markersize=5, **mark)
        band = {"color": mark["color"], "alpha": 0.2, "lw": 0}
        axes.fill_between(line["x"], line["low"], line["high"], **band)

    return _by_variant(draw, series, x_label, y_label)


def scatter(points, x_label, y_label):
    """A mark for each run.

    Args:
        points: dict by variant of lists of `(x, y)`.
        x_label: str.
        y_label: str.

    Returns:
        str, an `<svg>` element.
    """

    def draw(axes, pairs, **mark):
        axes.scatter(*zip(*pairs), **mark)

    return _by_variant(draw, points, x_label, y_label)


def _by_variant(draw, values, x_label, y_label):
    """What `draw(axes, value, color=, marker=, label=)` makes of each variant's."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        axes = figure.add_subplot()
        axes.set(xlabel=x_label, ylabel=y_label, yscale="log")
        axes.yaxis.set_major_formatter(ScalarFormatter())
        axes.yaxis.set_minor_formatter(LogFormatter())
        axes.grid(True)
        for variant, value in values.items():
            colour, marker = COLOURS.get(variant, INK), MARKERS.get(variant, "X")
            draw(axes, value, color=colour, marker=marker, label=variant)
        axes.legend(frameon=False, ncols=2)
        return _svg(figure)


def bars(counts, expected, names, label):
    """How many images there are of each class, and how many there should be.

    Args:
        counts: dict by variant of lists of floats, a value for each class.
        expected: float. What each class should have.
        names: list of str, of the classes.
        label: str. Of the values.

    Returns:
        str, an `<svg>` element.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9, 1.6 * len(counts)), layout="constrained")
        rows = figure.subplots(len(counts), 1, sharex=True, sharey=True, squeeze=False)
        for axes, (variant, values) in zip(rows[:, 0], counts.items()):
            axes.bar(names, values, color=COLOURS.get(variant, INK))
            axes.axhline(expected, color=INK, linestyle="--", linewidth=1)
            axes.set_title(variant, loc="left", fontsize=11)
        rows[-1, 0].tick_params(axis="x", rotation=30)
        figure.supylabel(label, fontsize=11)
        return _svg(figure)


def overview(sheets, path):
    """Write a PNG of sheets side by side.

    Args:
        sheets: dict by title of uint8 arrays `(height, width)` or with 3 channels.
        path: path.
    """
    columns = min(len(sheets), 4)
    rows = -(-len(sheets) // columns)
    figure = Figure(figsize=(3 * columns, 1.7 * rows), layout="constrained", dpi=100)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, (title, sheet) in zip(panels, sheets.items()):
        axes.imshow(sheet, cmap="grey", vmin=0, vmax=255, interpolation="nearest")
        axes.set_title(title, fontsize=11)
    with files.atomic(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})


def _svg(figure):
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    # The page says what they show; sizes are its own too.
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]*"', svg)[0]
    return re.sub("<svg [^>]*>", f'<svg {box} aria-hidden="true">', svg, count=1)
