"""Model cards: the record of a preset for people, whoever wrote it."""

from ganzoo.presets import records
from ganzoo.system.terminal.counts import format_class


def render(name, facts):
    """Return what is known of a preset as lines for a terminal.

    Args:
        name: string or path, as in `ganzoo.from_preset`.
        facts: dict, as of `ganzoo.presets.record`. But for its class, sha256 and size,
            anything may be missing or of another type.

    Returns:
        String, of printable characters and line breaks only.
    """
    recipe = _part(facts, "recipe")
    lines = [str(name), ""]
    for key, value in {
        "class": facts["class"],
        "paper": _joined(_part(facts, "paper"), "authors", "url"),
        "recipe": recipe.get("name"),
        "trained on": _data(facts.get("data")),
        **_classes(records.class_names(facts)),
        "for": _duration(facts),
        "on": _place(facts),
        "weights": "averaged" if facts.get("averages") is True else "the last",
        "seed": facts.get("seed"),
        "command": facts.get("command"),
        "licence": facts.get("licence"),
        "size": f"{facts['size']:,} bytes{_precision(facts)}",
        "sha256": facts["sha256"],
    }.items():
        lines.append(f"{key:12}{_text(value) or 'not known'}")
    scores = facts.get("scores")
    for score in scores if isinstance(scores, list) else []:
        lines += ["", *_score_lines(score)]
    if isinstance(recipe.get("text"), str):
        lines += ["", *(f"    {line}" for line in recipe["text"].splitlines())]
    return "\n".join("".join(filter(str.isprintable, line)) for line in lines)


def render_recipe(name, facts):
    """Return a recipe as lines for a terminal: how to train it, and its text.

    Args:
        name: string.
        facts: dict with "class", "paper", "data", "epochs" and "recipe", as in records
            of presets.

    Returns:
        String.
    """
    lines = [f"{name}: a recipe, to be trained first. No preset of it exists.", ""]
    for key, value in {
        "class": facts["class"],
        "paper": _joined(facts["paper"], "authors", "url"),
        "trains on": _data(facts["data"]),
        "for": _duration(facts),
        "command": f"ganzoo train {name} --run-dir runs/{name}",
    }.items():
        lines.append(f"{key:12}{value}")
    text = facts["recipe"]["text"]
    return "\n".join([*lines, "", *(f"    {line}" for line in text.splitlines())])


def _score_lines(score):
    score = score if isinstance(score, dict) else {}
    protocol = _part(score, "protocol")
    yield f"scores      protocol {_text(score.get('fingerprint')) or 'not known'}"
    for key, value in score.items():
        # A deviation stands beside what it is of.
        is_beside = key.endswith("_sd") and key.removesuffix("_sd") in score
        if _is_number(value) and not is_beside:
            deviation = score.get(f"{key}_sd")
            more = f" ± {_text(deviation)}" if _is_number(deviation) else ""
            yield f"  {key:36}{_text(value)}{more}"
    for side in ("samples", "reference"):
        origin = _part(protocol, side)
        seed = f", seed {_text(origin['seed'])}" if "seed" in origin else ""
        yield f"  {side:12}{_joined(origin, 'count', 'name', 'mode')}{seed}"
    yield f"  {'features':12}{_joined(protocol, 'features', 'features_sha256')}"


def _part(facts, key):
    """A dict in a record, which may be anybody's."""
    part = facts.get(key)
    return part if isinstance(part, dict) else {}


def _joined(facts, *keys):
    return ", ".join(filter(None, (_text(facts.get(key)) for key in keys)))


def _data(data):
    return _joined(data, "name", "folder", "kind") if isinstance(data, dict) else data


def _classes(names):
    """A line with the classes of a conditional model; none for others."""
    told = ", ".join(format_class(*each) for each in enumerate(names or ()))
    return {"classes": told} if told else {}


def _precision(facts):
    return ", kernels rounded to 16 bits" if facts.get(records.ROUNDED) is True else ""


def _duration(facts):
    known = {unit: facts.get(f"{unit}s") for unit in ("epoch", "second")}
    return ", ".join(
        f"{_text(value)} {unit}{'' if value == 1 else 's'}"
        for unit, value in known.items()
        if _text(value)
    )


def _place(facts):
    commit = _text(facts.get("commit"))
    parts = [_text(facts.get("hardware")), f"ganzoo {commit}" if commit else ""]
    return "; ".join(filter(None, parts))


def _is_number(value):
    return isinstance(value, (int, float))


def _text(value):
    """What a line can show of a value; nothing of lists and dicts, however deep."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value) if isinstance(value, (str, int)) else ""
