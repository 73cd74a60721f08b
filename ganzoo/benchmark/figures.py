"""Curves and bars as SVG, in the colours of the page, and sheets side by side."""

import hashlib
import io
import re

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter
from matplotlib.ticker import ScalarFormatter

from ganzoo.system import files

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
MARKERS = "*vsoD^P"
LEGEND = 4  # variants in a row of it
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


def curves(series, x_label, y_label, x_scale="linear"):
    """Lines with a band over seeds.

    Args:
        series: dict by variant of dicts: lists of floats "x", "mean", "low", "high".
        x_label: str.
        y_label: str.
        x_scale: str. "linear" or "log".

    Returns:
        str, an `<svg>` element.
    """

    def draw(axes, line, **mark):
        axes.plot(line["x"], line["mean"], markersize=5, **mark)
        band = {"color": mark["color"], "alpha": 0.2, "lw": 0}
        axes.fill_between(line["x"], line["low"], line["high"], **band)

    return _by_variant(draw, series, x_label, y_label, x_scale)


def scatter(points, x_label, y_label, x_scale="linear"):
    """A mark for each run.

    Args:
        points: dict by variant of lists of `(x, y)`.
        x_label: str.
        y_label: str.
        x_scale: str. "linear" or "log".

    Returns:
        str, an `<svg>` element.
    """

    def draw(axes, pairs, **mark):
        axes.scatter(*zip(*pairs), **mark)

    return _by_variant(draw, points, x_label, y_label, x_scale)


def _by_variant(draw, values, x_label, y_label, x_scale):
    """What `draw(axes, value, color=, marker=, label=)` makes of each variant's."""
    rows = -(-len(values) // LEGEND)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7, 4 + 0.25 * rows), layout="constrained")
        axes = figure.add_subplot()
        axes.set(xlabel=x_label, ylabel=y_label, xscale=x_scale, yscale="log")
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_scale() == "log":
                axis.set_major_formatter(ScalarFormatter())
                axis.set_minor_formatter(LogFormatter())
        axes.grid(True)
        for i, (variant, value) in enumerate(values.items()):
            colour, marker = look(i)
            draw(axes, value, color=colour, marker=marker, label=variant)
        figure.legend(frameon=False, ncols=LEGEND, loc="outside lower center")
        return _svg(figure)


def look(i):
    """Colour and marker of the variant at a place: of 49 no two look alike."""
    return PALETTE[i % len(PALETTE)], MARKERS[(i + i // len(PALETTE)) % len(MARKERS)]


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
        for i, (axes, (variant, values)) in enumerate(zip(rows[:, 0], counts.items())):
            axes.bar(names, values, color=look(i)[0])
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
    svg = _own_ids(re.sub(r' (?:d|x|y)="[^"]*"', _shorten, svg))
    box = re.search(r'viewBox="[^"]*"', svg)[0]
    return re.sub("<svg [^>]*>", f'<svg {box} aria-hidden="true">', svg, count=1)


def _shorten(coordinates):
    """Coordinates to a tenth of a point, which is less than what can be seen."""
    return re.sub(r"\d+\.\d{2,}", lambda n: f"{float(n[0]):.1f}", coordinates[0])


def _own_ids(svg):
    """The same with ids that no other drawing has, and only those that are needed.

    Of two elements with one id the first counts, which may be hidden.
    """
    reference = r"(url\(#|href=\"#)([^)\"]+)"
    needed = {name for _, name in re.findall(reference, svg)}
    own = hashlib.sha256(svg.encode()).hexdigest()[:8]

    def rename(found):
        return f' id="{own}-{found[1]}"' if found[1] in needed else ""

    svg = re.sub(' id="([^"]*)"', rename, svg)
    return re.sub(reference, rf"\g<1>{own}-\g<2>", svg)
