"""Model cards: the record of a preset for people, whoever wrote it."""


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
        "for": _duration(facts),
        "on": facts.get("hardware"),
        "seed": facts.get("seed"),
        "command": facts.get("command"),
        "licence": facts.get("licence"),
        "size": f"{facts['size']:,} bytes",
        "sha256": facts["sha256"],
    }.items():
        lines.append(f"{key:12}{'not known' if value in (None, '') else value}")
    scores = facts.get("scores")
    for score in scores if isinstance(scores, list) else []:
        lines += ["", *_score_lines(score)]
    if isinstance(recipe.get("text"), str):
        lines += ["", *(f"    {line}" for line in recipe["text"].splitlines())]
    return "\n".join("".join(filter(str.isprintable, line)) for line in lines)


def _score_lines(score):
    score = score if isinstance(score, dict) else {}
    protocol = _part(score, "protocol")
    yield f"scores      protocol {score.get('fingerprint')}"
    for key, value in score.items():
        if isinstance(value, (int, float)):
            yield f"  {key:36}{_number(value)}"
    for side in ("samples", "reference"):
        origin = _part(protocol, side)
        seed = f", seed {origin['seed']}" if "seed" in origin else ""
        yield f"  {side:12}{_joined(origin, 'count', 'name', 'mode')}{seed}"
    yield f"  {'features':12}{_joined(protocol, 'features', 'features_sha256')}"


def _part(facts, key):
    """A dict in a record, which may be anybody's."""
    part = facts.get(key)
    return part if isinstance(part, dict) else {}


def _joined(facts, *keys):
    return ", ".join(str(facts[k]) for k in keys if facts.get(k) is not None)


def _data(data):
    return _joined(data, "name", "kind") if isinstance(data, dict) else data


def _duration(facts):
    epochs, seconds = facts.get("epochs"), facts.get("seconds")
    parts = [f"{epochs} epochs"] if epochs is not None else []
    if isinstance(seconds, (int, float)):
        parts.append(f"{_number(seconds)} seconds")
    return ", ".join(parts)


def _number(value):
    return f"{value:.6g}" if isinstance(value, float) else str(value)
