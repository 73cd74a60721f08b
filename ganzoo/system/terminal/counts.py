"""Numbers with what they count or name."""

import re


def format_count(number, noun):
    """A number and its noun, which has an s but for one: "1 epoch", "1,200 epochs"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_class(number, name):
    """A class by number and name, by its name alone where that is the number."""
    return name if name == str(number) else f"{number} {name}"


def format_hardware(text):
    """The processor of a record of hardware, in a few words: "2 cores" or a GPU.

    Args:
        text: str. Like "x86_64, 2 cores; cpu; tensorflow 2.21.0".
    """
    machine, _, rest = text.partition("; ")
    device = rest.partition("; ")[0]
    cores = re.search(r"(\d+) cores?", machine)
    if device not in ("", "cpu") or not cores:
        return device or machine
    return format_count(int(cores[1]), "core")
