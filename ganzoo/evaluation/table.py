"""Scores for people: one line each, and below them what they depend on."""

import json
import math
import textwrap

# Name, how it is written, and what is better.
ROWS = {
    "fid": ("FID", "{:.3f}", "lower"),
    "fd": ("Fréchet distance", "{:.3f}", "lower"),
    "fid_infinity": ("FID∞", "{:.3f}", "lower"),
    "fd_infinity": ("Fréchet distance∞", "{:.3f}", "lower"),
    "kid": ("KID", "{:.6f}", "lower"),
    "kd": ("kernel distance", "{:.6f}", "lower"),
    "inception_score": ("Inception Score", "{:.3f}", "higher"),
    "precision": ("precision", "{:.4f}", "higher"),
    "recall": ("recall", "{:.4f}", "higher"),
    "density": ("density", "{:.4f}", "higher"),
    "coverage": ("coverage", "{:.4f}", "higher"),
    "modes": ("modes covered", "{:d}", "higher"),
    "reverse_kl": ("reverse KL, nats", "{:.4f}", "lower"),
    "memorisation": ("memorisation rate", "{:.4f}", "lower"),
    "l1": ("L1", "{:.4f}", "lower"),
    "psnr": ("PSNR, dB", "{:.3f}", "higher"),
    "ssim": ("SSIM", "{:.4f}", "higher"),
    "eq_t": ("EQ-T, dB", "{:.2f}", "higher"),
    "nn_accuracy": ("1-NN accuracy, E(x)", "{:.4f}", "higher"),
    "nn_accuracy_untrained": ("  untrained", "{:.4f}", ""),
    "nn_accuracy_penultimate": ("1-NN accuracy, layer before", "{:.4f}", "higher"),
    "nn_accuracy_penultimate_untrained": ("  untrained", "{:.4f}", ""),
    "reconstruction_l1": ("L1 of reconstructions", "{:.4f}", "lower"),
    "random_l1": ("  of random samples", "{:.4f}", ""),
}

# How transparent images were read.
ALPHA = {
    "white": "transparent images on white",
    "drop": "colours under the transparency kept",
}


def render(record):
    """Return a record of `evaluate` as lines for a terminal."""
    protocol = record["protocol"]
    lines = [
        f"samples     {_describe(protocol['samples'])}",
        f"reference   {_describe(protocol['reference'])}",
        f"features    {protocol['features']}, {protocol['features_sha256'][:12]}",
        "",
    ]
    # A record of old has no notes.
    notes = record.get("notes", {})
    shown = _in_order(record, notes)
    for name, following in zip(shown, [*shown[1:], None]):
        lines.append(_row(name, record))
        # Said once of all that stand together.
        if name in notes and notes[name] != notes.get(following):
            lines += _note(notes[name])
    if record["left_out"]:
        names = ", ".join(record["left_out"])
        lines.append(f"{'left out':28} {names}; `--json` says why")
    lines += ["", f"protocol    {record['fingerprint']}"]
    return "\n".join(lines)


def _in_order(record, notes):
    """Names of the scores that there are; of few images those without a bias first."""
    shown = [name for name in ROWS if name in record]
    if notes.get("fid") or notes.get("fd"):
        shown.sort(key=lambda name: name not in ("kid", "kd"))
    return shown


def _row(name, record):
    title, form, better = ROWS[name]
    value = form.format(record[name])
    if f"{name}_sd" in record:
        value += f" ± {form.format(record[f'{name}_sd'])}"
    hint = f"{better} is better" if better else ""
    return f"{title:28} {value:24} {hint}".rstrip()


def _note(text):
    return textwrap.wrap(f"  ! {text}", 88, subsequent_indent="    ")


def as_json(record):
    """Return a record as one JSON object, in which what is infinite is null."""
    finite = {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in record.items()
    }
    return json.dumps(finite, allow_nan=False)


def _describe(origin):
    parts = [origin["name"]]
    if origin["count"] is not None:
        height, width, channels = origin["image_shape"]
        kind = "grey" if channels == 1 else "RGB"
        parts.append(f"{origin['count']:,} images, {width} x {height}, {kind}")
    parts += [origin[key] for key in ("mode",) if key in origin]
    if "domain" in origin:
        parts.append(f"domain {origin['domain']!r}")
    if "alpha" in origin:
        parts.append(ALPHA[origin["alpha"]])
    if "seed" in origin:
        parts.append(f"seed {origin['seed']}")
    return "; ".join(parts)
