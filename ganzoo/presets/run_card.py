"""What is known of a run folder, for people."""

import json
import pathlib

from ganzoo.system import user_modules
from ganzoo.system.durations import format_duration
from ganzoo.system.resources import format_bytes
from ganzoo.training import recipes
from ganzoo.training import run_folder
from ganzoo.training.history import read_history

# Columns of a history that are no results of an epoch.
SETTINGS = (
    "epoch",
    "seconds",
    "learning_rate_discriminator",
    "learning_rate_generator",
)


def facts(run_dir):
    """What is known of the run in a folder, as a dict that JSON can hold.

    Args:
        run_dir: path. A folder of `ganzoo train`.

    Raises:
        ValueError: If it holds no run, or one that was changed.
    """
    run_dir = pathlib.Path(run_dir)
    recipe = run_folder.load_recipe(run_dir)
    authors, url = recipes.paper(recipe.variant)
    rows = read_history(run_dir / "history.csv")
    last = rows[-1] if rows else {}
    model = run_dir / "model.keras"
    return {
        "class": recipe.variant,
        "paper": {"authors": authors, "url": url},
        "recipe": {"name": recipe.name, "text": recipe.text},
        "data": recipe.data,
        "seed": run_folder.load_seed(run_dir),
        "epochs": len(rows),
        "epochs_of_recipe": recipe.epochs,
        "epochs_wanted": run_folder.load_epochs(run_dir) or recipe.epochs,
        "seconds": round(sum(float(row.get("seconds") or 0) for row in rows), 1),
        "hardware": _hardware(run_dir),
        "last": {
            key: float(value)
            for key, value in last.items()
            if key not in SETTINGS and value
        },
        "best": _best(run_dir, rows),
        "size": model.stat().st_size if model.is_file() else None,
    }


def _best(run_dir, rows):
    """The best epoch by each score that epochs have, counted from 1."""
    names = {key for row in rows for key in row if key.startswith("val_")}
    found = {}
    for name in sorted(names):
        if not name.endswith("_loss"):
            epoch, score = run_folder.best_epoch(run_dir, name)
            path = run_folder.best_path(run_dir, epoch or 0)
            kept = path.name if path.is_file() else None
            found[name] = {"epoch": epoch, "score": score, "file": kept}
    return found


def _hardware(run_dir):
    path = run_dir / "environment.json"
    if not path.is_file():
        return None
    about = json.loads(path.read_text("utf-8"))
    parts = (about.get("machine"), ", ".join(about.get("devices") or ()))
    return "; ".join(filter(None, parts)) or None


def render(run_dir, known):
    """The same as lines for a terminal.

    Args:
        run_dir: path.
        known: dict, as of `facts`.

    Returns:
        String.
    """
    seconds = f" in {format_duration(known['seconds'])}" if known["epochs"] else ""
    more = known["epochs_wanted"] - known["epochs"]
    lines = [str(run_dir), ""]
    for key, value in {
        "class": known["class"],
        "paper": ", ".join(filter(None, known["paper"].values())),
        "trained on": known["data"],
        "epochs": f"{known['epochs']} of {known['epochs_wanted']}{seconds}",
        "on": known["hardware"],
        "seed": known["seed"],
        "last epoch": _numbers(known["last"]),
        "model": known["size"] and format_bytes(known["size"]),
    }.items():
        lines.append(f"{key:12}{'not known' if value in (None, '') else value}")
    for name, best in known["best"].items():
        if best["epoch"]:
            file = f", {best['file']}" if best["file"] else ""
            name = name.removeprefix("val_")
            lines.append(
                f"{'best ' + name:12}{best['score']:.4g} at epoch {best['epoch']}{file}"
            )
    if more > 0:
        ganzoo = user_modules.command(known["class"])
        lines += ["", f"Not finished. To go on: {ganzoo} train --run-dir {run_dir}"]
    text = known["recipe"]["text"]
    return "\n".join([*lines, "", *(f"    {line}" for line in text.splitlines())])


def _numbers(last):
    return ", ".join(f"{key.replace('_', ' ')} {x:.4g}" for key, x in last.items())
