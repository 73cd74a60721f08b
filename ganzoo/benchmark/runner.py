"""The benchmark: train every recipe of a suite with every seed, and score each run.

Each run has a folder below the one of the suite. Any number of processes may share
that: each takes the runs that no other has. What is finished is not done again; what
was killed goes on.
"""

import dataclasses
import pathlib

import click
import filelock

from ganzoo import data
from ganzoo.benchmark import report
from ganzoo.benchmark import scoring
from ganzoo.benchmark import single_run
from ganzoo.benchmark import suites
from ganzoo.benchmark import summary
from ganzoo.system import files
from ganzoo.system import user_modules
from ganzoo.system.suggestions import did_you_mean

ALL = "all"  # asks for all variants of a suite


def run(
    suite,
    variants=None,
    seeds=None,
    budget=1.0,
    out=None,
    data_dir=None,
    train_only=False,
    verbose="auto",
    ray=None,
):
    """Train, score and report; what is finished already is kept.

    Args:
        suite: str. A name of `suites.SUITES`.
        variants: list of str or None. Names of classes like "DCGAN", in any case, or
            of your own like "my_module:HingeGAN", which are imported; ["all"] for all
            that the suite has, None for those that it trains by default.
        seeds: int or None. Train each variant with the seeds 0 to `seeds - 1`; None for
            as many as the suite says.
        budget: float. Train for this many times the suite's epochs, rounded, and for
            one at least.
        out: path or None. Folder of the runs and of the report; None for `runs/SUITE`.
        data_dir: path or None. Where the raw files of data sets are.
        train_only: bool. Whether to leave scores and report to another machine.
        verbose: As in `keras.Model.fit`.
        ray: str or None. Address of a Ray cluster that does the runs, "local" for one
            that is started here.

    Returns:
        Path of the page, or None if runs are only trained.

    Raises:
        ValueError: If suite or variant are unknown, seeds or budget not positive, or
            `out` is called like a file; if
            data or the weights of a network are not at hand, results in the folder were
            scored by another protocol, or there is no Ray or no such cluster.
        click.ClickException: If runs have failed; the others are reported.
    """
    suite = _find(suite)
    if out:
        files.check_folder_name(out)
    if own := tuple(filter(user_modules.is_named, variants or ())):
        _check_local(own, ray)
        suite = dataclasses.replace(suite, own=own)
    chosen = _choose(suite, variants, budget)
    seeds = suite.seeds if seeds is None else seeds
    if seeds < 1:
        raise ValueError(f"`seeds` must be at least 1. Received: seeds={seeds}.")
    out = pathlib.Path(out or pathlib.Path("runs") / suite.name).resolve()
    data_dir = data_dir and pathlib.Path(data_dir).resolve()
    todo = list_runs(suite, chosen, seeds, budget, out)
    if not all(one.is_finished for one in todo):
        # What the last run would miss too.
        scoring.extractors(suite, train_only)
        data.load(suite.data, "test", data_dir)
    summary.tables(_results(suite, budget, out))
    how = {"data_dir": data_dir, "train_only": train_only, "verbose": verbose}
    failed = _cluster(ray).work(todo, ray, **how) if ray else work(todo, **how)
    path = None
    if not train_only:
        wanted = {r.name: r for r in [*_choose(suite, None, budget), *chosen]}
        every = list_runs(suite, wanted.values(), seeds, budget, out)
        path = _report(suite, budget, out, every, data_dir, 0 if verbose == 0 else 1)
        click.echo(f"\nReport: {path}")
    if failed:
        raise click.ClickException(
            f"{len(failed)} of {len(todo)} runs have failed, and are begun again when "
            f"you start again; `log.txt` in their folders tells why: {failed}."
        )
    return path


def list_runs(suite, chosen, seeds, budget, out):
    """The runs of recipes, seed by seed: an early end leaves a table of all."""
    return [
        single_run.Run(suite, recipe, seed, budget, out)
        for seed in range(seeds)
        for recipe in chosen
    ]


def _results(suite, budget, out):
    """What is finished of a suite in its folder, by whomever and of any seed."""
    wanted = {recipe.sha256 for recipe in suite.load(budget).values()}
    found = [
        (path.parent.name, single_run.load(path.parent))
        for path in out.glob("*/result.json")
    ]
    return [
        result
        for name, result in sorted(found, key=lambda pair: pair[0])
        # A copy of a folder is not another run.
        if result["recipe_sha256"] in wanted and result["folder"] == name
    ]


def _report(suite, budget, out, every, data_dir, verbose):
    # Whoever reports last has seen all that was finished.
    out.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(out / "lock"):
        results = _results(suite, budget, out)
        missing = [one for one in every if not one.is_finished]
        return report.write(suite, out, results, missing, data_dir, verbose)


def _cluster(address):
    try:
        from ganzoo.benchmark import cluster
    except ImportError as error:
        raise ValueError(
            "Runs on a cluster need Ray: pip install 'keras-ganzoo[ray]'. "
            f"Received: ray={address!r}."
        ) from error
    return cluster


def work(todo, **how):
    """Do those of some runs that nobody else does, one after the other.

    Returns:
        Titles of the runs that failed.
    """
    failed = []
    for i, one in enumerate(todo):
        words, has_failed = single_run.do(one, **how)
        click.echo(f"[{i + 1}/{len(todo)}] {one.title}: {words}")
        failed += [one.title] * has_failed
    return failed


def _check_local(own, ray):
    """Raise a ValueError for own classes where other processes would need them."""
    if ray:
        raise ValueError(
            "Classes of your own are trained on this machine: leave out `ray`. "
            f"Received: ray={ray!r}, variants={list(own)}."
        )


def _find(name):
    if name not in suites.SUITES:
        raise ValueError(
            f"There is no suite of this name, only {sorted(suites.SUITES)}."
            f"{did_you_mean(name, suites.SUITES)} Received: suite={name!r}."
        )
    return suites.SUITES[name]


def _choose(suite, variants, budget):
    """The recipes of a suite, of the variants asked for."""
    if not 0 < budget < float("inf"):
        raise ValueError(f"`budget` must be positive. Received: budget={budget}.")
    found = suite.load(budget)
    variants = variants or suite.default or [ALL]
    if [variant.lower() for variant in variants] == [ALL]:
        return list(found.values())
    for variant in variants:
        if variant.lower() not in found:
            known = [recipe.variant for recipe in found.values()]
            raise ValueError(
                f"The suite '{suite.name}' has the variants {known}, and "
                f"'{ALL}' stands for all of them. Received: variant={variant!r}."
            )
    return [found[variant.lower()] for variant in dict.fromkeys(variants)]
