"""From runs to rows: mean, spread and interval over training seeds, and ranks.

The spread that matters is over training seeds: drawing other images from one trained
model moves an FID ten to a hundred times less.
"""

import dataclasses
import functools
import importlib.resources
import statistics
import tomllib

import scipy.stats

from ganzoo.scoring import protocols

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
        half = scipy.stats.t.ppf((1 + LEVEL) / 2, len(self.values) - 1)
        half *= self.sd / len(self.values) ** 0.5
        return self.mean - half, self.mean + half


@dataclasses.dataclass(frozen=True)
class Row:
    """One variant of a suite, over its training seeds.

    Args:
        runs: tuple of dicts, results as of `single_run.load`, sorted by seed.
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
    def collapsed(self):
        """How many runs ended in collapse."""
        return sum(run["collapsed"] for run in self.ended)

    @property
    def diverged(self):
        """How many runs did not end."""
        return len(self.runs) - len(self.ended)

    def spread(self, of):
        """`Spread` of a function of the runs that ended."""
        return Spread(tuple(of(run) for run in self.ended))

    def scores(self, moment, network=0):
        """`Spread` of a score of the runs that ended.

        Args:
            moment: str. "final" or "best".
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
        """The places that a row may have among those with an interval.

        "1", or "2–4" where intervals overlap: only an interval over seeds that lies
        apart from another's puts one variant before the other. Where there are not two
        of them, there is none, "".
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


def tables(runs):
    """Sort results into tables: one of what is drawn, one of what is translated.

    Args:
        runs: list of dicts, as of `single_run.load`.

    Returns:
        List of `Table`, the largest first. A variant of which all runs diverged stands
        in the first.

    Raises:
        ValueError: If scores of one table are of unequal protocols.
    """
    by_variant = {}
    for run in sorted(runs, key=lambda run: run["seed"]):
        by_variant.setdefault(run["variant"], []).append(run)
    groups, lost = {}, []
    for row in (Row(tuple(of_one)) for of_one in by_variant.values()):
        if row.ended:
            mode = row.ended[0]["final"][0]["protocol"]["samples"]["mode"]
            groups.setdefault(mode, []).append(row)
        else:
            lost.append(row)
    for rows in groups.values():
        _check_comparable(rows)
    if not groups:
        return [Table(tuple(lost), {}, "")] if lost else []
    made = sorted(map(_table, groups.values()), key=lambda table: -len(table.rows))
    first = made[0]
    return [dataclasses.replace(first, rows=(*first.rows, *lost)), *made[1:]]


def _check_comparable(rows):
    """Raise a ValueError unless all scores of a network are of one protocol."""
    ended = [run for row in rows for run in row.ended]
    records = [records for run in ended for records in (run["final"], run["best"])]
    try:
        for of_one_network in zip(*records, strict=True):
            protocols.check_comparable(record["protocol"] for record in of_one_network)
    except ValueError as error:
        variants = sorted({row.variant for row in rows})
        raise ValueError(
            f"The results of {variants} have no common table: remove the `result.json` "
            f"of the older ones, and start again. {error}"
        ) from error


def _table(rows):
    rows = sorted(rows, key=lambda row: row.scores("final").mean)
    leading = rows[0].ended[0]["final"][0]
    return Table(tuple(rows), leading["protocol"], leading["fingerprint"])


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
