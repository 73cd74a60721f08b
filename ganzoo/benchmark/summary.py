"""From runs to rows: mean, spread and interval over training seeds, and ranks.

The spread that matters is over training seeds: drawing other pictures from one trained
model moves an FID ten to a hundred times less.
"""

import dataclasses
import functools
import importlib.resources
import statistics
import tomllib

import scipy.stats

LEVEL = 0.95


@dataclasses.dataclass(frozen=True)
class Spread:
    """Some values of one thing, of a training seed each.

    Args:
        values: tuple of floats.
    """

    values: tuple

    @property
    def mean(self):
        """Their mean, or None of none."""
        return statistics.mean(self.values) if self.values else None

    @property
    def median(self):
        """Their median, or None of none."""
        return statistics.median(self.values) if self.values else None

    @property
    def sd(self):
        """Their sample standard deviation (n − 1), or None of fewer than two."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    @property
    def interval(self):
        """The 95 % t interval of the mean over seeds, or None of fewer than two."""
        if len(self.values) < 2:
            return None
        margin = scipy.stats.t.ppf((1 + LEVEL) / 2, len(self.values) - 1)
        margin *= self.sd / len(self.values) ** 0.5
        return self.mean - margin, self.mean + margin


@dataclasses.dataclass(frozen=True)
class Row:
    """One variant of a suite, over its training seeds.

    Args:
        runs: tuple of dicts, results as of `runner.load`, sorted by seed.
    """

    runs: tuple

    @property
    def variant(self):
        return self.runs[0]["variant"]

    @property
    def ended(self):
        """The runs that did not diverge."""
        return [run for run in self.runs if not run["diverged"]]

    @property
    def failed(self):
        """How many runs diverged, or ended in collapse."""
        return sum(bool(run["diverged"]) or run["collapsed"] for run in self.runs)

    def spread(self, of):
        """`Spread` of a function of the runs that ended."""
        return Spread(tuple(of(run) for run in self.ended))

    def scores(self, moment, network=0):
        """`Spread` of a score.

        Args:
            moment: str. "final", "best" or "untrained".
            network: int. Which of the suite's networks; 0 is the one that leads.
        """
        return self.spread(lambda run: value(run[moment][network]))


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows whose scores compare.

    Args:
        rows: tuple of `Row`, the best first.
        protocol: dict. That of the leading score.
        fingerprint: str. The protocol's.
    """

    rows: tuple
    protocol: dict
    fingerprint: str

    def rank(self, row):
        """The places that a row may have: "1", or "2–4" where intervals overlap.

        Only an interval over seeds that lies apart from another's puts one variant
        before the other. Where there are not two of them, there is none, "".
        """
        own = row.scores("final").interval
        others = [other.scores("final").interval for other in self.rows if other != row]
        known = [interval for interval in others if interval]
        if own is None or not known:
            return ""
        best = 1 + sum(high < own[0] for _, high in known)
        worst = len(known) + 1 - sum(own[1] < low for low, _ in known)
        return str(best) if best == worst else f"{best}–{worst}"


def value(record):
    """The Fréchet distance in a record: its "fid" or "fd"."""
    return record["fid"] if "fid" in record else record["fd"]


def monitor(run):
    """What the score of each epoch goes by in a run's history: "fid" or "fd"."""
    return "fid" if "val_fid" in run["history"][0] else "fd"


def tables(runs):
    """Sort results into tables, one for each protocol of the leading score.

    Args:
        runs: list of dicts, as of `runner.load`.

    Returns:
        List of `Table`. Runs that diverged stand with their variant's others, or in the
        first table.

    Raises:
        ValueError: If runs of one variant were scored by unequal protocols, or by more
            than the two that drawing and translating ask for.
    """
    by_variant = {}
    for run in sorted(runs, key=lambda run: run["seed"]):
        by_variant.setdefault(run["variant"], []).append(run)
    groups = {}
    for variant, of_one in by_variant.items():
        row = Row(tuple(of_one))
        prints = {run["final"][0]["fingerprint"] for run in row.ended}
        if len(prints) > 1:
            raise ValueError(
                f"The runs of {variant} were scored by unequal protocols, and have no "
                "common column: remove the `result.json` of the older ones, and start "
                f"again. Received: fingerprints {sorted(prints)}."
            )
        groups.setdefault(prints.pop() if prints else None, []).append(row)
    lost = groups.pop(None, [])
    if len(groups) > 2:
        raise ValueError(
            "Results of a suite have one protocol, and translations another; these "
            "cannot be compared: remove the `result.json` of the older ones, and start "
            f"again. Received: fingerprints {sorted(groups)}."
        )
    if not groups:
        return [Table(tuple(lost), {}, "")] if lost else []
    made = [_table(rows, print_) for print_, rows in groups.items()]
    made.sort(key=lambda table: -len(table.rows))
    first = made[0]
    return [dataclasses.replace(first, rows=(*first.rows, *lost)), *made[1:]]


def _table(rows, fingerprint):
    rows = sorted(rows, key=lambda row: row.scores("final").mean)
    protocol = rows[0].ended[0]["final"][0]["protocol"]
    return Table(tuple(rows), protocol, fingerprint)


@functools.cache
def _published():
    path = importlib.resources.files(__package__) / "published.toml"
    return tomllib.loads(path.read_text("utf-8"))


def published(data, variant):
    """The FID that others published of a variant on a data set, or None.

    Returns:
        Dict with "fid", "sd" (maybe), and of the source "name", "url" and "protocol".
    """
    figure = _published().get(data, {}).get(variant)
    if figure is None:
        return None
    return {**figure, **_published()["sources"][figure["source"]]}
