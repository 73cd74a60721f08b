"""Groups of variants, by what their classes declare that they take and give."""

import dataclasses
import re

from ganzoo.inputs.parts import Frames
from ganzoo.inputs.parts import Label
from ganzoo.inputs.parts import SmallImages
from ganzoo.training import recipes

# Conditions that say how an image is drawn, and not of what it is.
MANNERS = {"truncation", "noise"}


@dataclasses.dataclass(frozen=True, order=True)
class Group:
    """Variants that do the same.

    Args:
        place: int. Groups stand on a page in the order of their places.
        title: str.
        text: str. A sentence on what they do.
    """

    place: int
    title: str
    text: str

    @property
    def slug(self):
        return slug(self.title.lower())


UNCONDITIONAL = Group(0, "Unconditional", "The generator takes noise alone.")
LABELLED = Group(
    1, "Trained with labels", "The discriminator takes labels, the generator none."
)
ENCODING = Group(3, "With an encoder", "An encoder finds the latent of a given image.")
DOMAINS = Group(4, "Several domains", "A latent gives an image in each domain.")
TRANSLATING = Group(5, "Image translation", "A given image becomes another one.")
ENLARGING = Group(6, "Super-resolution", "A small image becomes a large one.")
PREDICTING = Group(7, "Prediction", "Images of a sequence tell the next one.")


def find(model_class):
    """The group of a model's class, the most special one that it belongs to."""
    parts = model_class.parts.values()
    conditions = [n for n in model_class.condition_names if n not in MANNERS]
    if any(isinstance(part, SmallImages) for part in parts):
        return ENLARGING
    if any(isinstance(part, Frames) for part in parts):
        return PREDICTING
    if model_class.translates:
        return TRANSLATING
    if len(model_class.domains) > 1:
        return DOMAINS
    if model_class.encodes:
        return ENCODING
    if conditions:
        names = " and ".join(conditions)
        return Group(2, f"Conditional on {names}", f"The generator takes {names} too.")
    if any(isinstance(part, Label) for part in parts):
        return LABELLED
    return UNCONDITIONAL


def slug(name):
    """A name as part of an address within the page."""
    return re.sub(r"\W+", "-", name)


def sort(rows):
    """Rows by their groups.

    Args:
        rows: sequence of `summary.Row`.

    Returns:
        List of a `Group` and a list of its rows, whose order is kept.
    """
    found = {}
    for row in rows:
        group = find(recipes.find_class(row.variant))
        found.setdefault(group, []).append(row)
    return sorted(found.items())


def words(variant):
    """What a variant is found by, in lower case: its name, group and authors."""
    group = find(recipes.find_class(variant))
    return f"{variant} {group.title} {recipes.paper(variant)[0]}".lower()
