"""Times as people write and read them."""

import re


def format_duration(seconds):
    """A time as people tell it: "2 h 5 min", "5 min", "20 s"."""
    if seconds < 60:
        return f"{max(0, seconds):.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def parse(text):
    """Seconds of a text like "20m", "2h", "1h30m" or "45s".

    Raises:
        ValueError: If it is no such text, or no time at all.
    """
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text.strip().lower())
    hours, minutes, seconds = map(int, match.groups("0")) if match else (0, 0, 0)
    total = 3600 * hours + 60 * minutes + seconds
    if not total:
        raise ValueError(
            "A time is hours, minutes or seconds, like 2h, 20m or 1h30m. "
            f"Received: {text!r}."
        )
    return float(total)
