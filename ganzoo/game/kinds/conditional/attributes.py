"""Attributes: what an image has or has not, as a generator is told."""

import numpy as np
from keras import ops

from ganzoo.game.kinds.conditional.remembering import REMEMBERED
from ganzoo.game.kinds.conditional.remembering import Remembering
from ganzoo.inputs.parts import Attributes
from ganzoo.system import suggestions


class AttributeConditional(Remembering):
    """What an `AdversarialModel` does whose generator takes attributes.

    They are one input `(batch, count)`, 1 for each that an image has and -1 for others.
    The model remembers those of the images seen last: what is not asked for is drawn
    from there, as it occurs in the data. Before it has seen any, all combinations are
    alike.

    Args:
        attributes: sequence of strings. What they are called, in the order of the
            columns.
        exclusive_groups: sequence of sequences of such names. Of each group an image
            has one attribute at most: to set one takes the others away.
        **kwargs: As of the variant.

    Raises:
        ValueError: If names are missing or twice there, or a group is not of two
            attributes or more.
    """

    condition_names = ("attributes",)

    def __init__(self, *args, attributes, exclusive_groups=(), **kwargs):
        check_names(attributes)
        check_groups(exclusive_groups, attributes)
        self.attributes = tuple(attributes)
        self.exclusive_groups = tuple(map(tuple, exclusive_groups))
        super().__init__(*args, **kwargs)
        self.remember(self._all_combinations())

    def _all_combinations(self):
        """All rows of 1 and -1 in turn, as many as a model remembers."""
        numbers = np.arange(REMEMBERED)[:, None]
        bits = numbers >> np.minimum(np.arange(self.num_attributes), 30) & 1
        return self.at_most_one(2.0 * bits - 1).astype("float32")

    # === In the game ===

    def sample_conditions(self, x):
        """Remembered attributes for each example of `x`."""
        return [self.remembered_for(x)]

    def check_values(self, name, part, is_first=True):
        """Raise a ValueError for values of a part that cannot be meant."""
        super().check_values(name, part, is_first)
        if isinstance(self.batch_parts[name], Attributes):
            self._check_exclusive(name, ops.convert_to_numpy(part))

    # === What a user asks for ===

    def conditions(self, n, attributes):
        """Attributes for each of `n` images: drawn, but for those that are asked for.

        Args:
            n: int. How many images.
            attributes: dict, array or None. By names of attributes, True for all images
                to have one, and False for none; or an array `(n, count)` of 1, and of 0
                or -1; or one row for all images.
        """
        if attributes is None or isinstance(attributes, dict):
            return [self.set_attributes(self.draw_chunks(n), attributes or {})]
        return [self.read_attributes(attributes)]

    def read_attributes(self, y):
        """An array of 1, and of 0 or -1, as the generator takes it: 1 and -1.

        Args:
            y: array `(n, count)`, or one row.

        Returns:
            float32 array of this shape.

        Raises:
            ValueError: If it is no such array, has another number of columns or other
                values, or two attributes of a group.
        """
        y = np.asarray(y)
        if y.dtype.kind not in "biuf":
            raise ValueError(
                f"Give a dict of attributes, like {{{self.attributes[0]!r}: True}}, or "
                "an array of 1, and of 0 or -1. "
                f"Received: attributes={y.tolist()!r}."
            )
        rows = y[None] if y.ndim == 1 else y
        part = Attributes().resolve(self)
        converted = part.convert("attributes", rows)
        part.check_values("attributes", rows)
        self._check_exclusive("attributes", rows)
        return ops.convert_to_numpy(converted).reshape(y.shape)

    def set_attributes(self, y, changes):
        """Attributes with some of them changed.

        Args:
            y: array `(n, count)` of 1 and -1.
            changes: dict. By names of attributes, in upper or lower case, True for all
                rows to have one, and False for none. Others of its group are taken
                away.

        Returns:
            Array of this shape.

        Raises:
            ValueError: If there is no such attribute, two of a group are asked for, or
                a value is neither True nor False, or an attribute is named twice.
        """
        if not isinstance(changes, dict):
            raise ValueError(
                f"Give a dict of attributes, like {{{self.attributes[0]!r}: True}}. "
                f"Received: {changes!r}."
            )
        asked = {self.place_of(name): is_on(name, on) for name, on in changes.items()}
        if len(asked) < len(changes):
            raise ValueError(
                f"Ask for an attribute once. Received: attributes={changes!r}."
            )
        for group in self._exclusive_columns():
            together = [place for place in group if asked.get(place)]
            if len(together) > 1:
                names = " and ".join(self.attributes[place] for place in together)
                raise ValueError(
                    f"Ask for one of {names}: an image has at most one of their group. "
                    f"Received: attributes={changes!r}."
                )
        changed = np.array(y)
        for place, on in asked.items():
            for group in self._exclusive_columns():
                if on and place in group:
                    changed[:, group] = -1
        for place, on in asked.items():
            changed[:, place] = 1 if on else -1
        return changed

    def flip_attribute(self, y, place):
        """Attributes with one of them changed in each row, to what it is not.

        Args:
            y: array `(n, count)` of 1 and -1.
            place: int. The column of the attribute.
        """
        name = self.attributes[place]
        had = y[:, place : place + 1] > 0
        without = self.set_attributes(y, {name: False})
        return np.where(had, without, self.set_attributes(y, {name: True}))

    def place_of(self, name):
        """The column of an attribute, also of its name in upper or lower case.

        Raises:
            ValueError: If there is no such attribute.
        """
        place = suggestions.find_name(str(name), self.attributes)
        if place is None:
            raise ValueError(
                f"The attributes are {', '.join(self.attributes)}."
                f"{suggestions.did_you_mean(str(name), self.attributes)} "
                f"Received: {name!r}."
            )
        return place

    def at_most_one(self, y):
        """Numbers of attributes, of which each group has one above 0 at most.

        Args:
            y: array `(n, count)`. Where there are several, the greatest is left.

        Returns:
            Array of 1 and -1 of this shape.
        """
        has = y > 0
        for group in self._exclusive_columns():
            of_group = y[:, group]
            is_greatest = np.arange(len(group)) == of_group.argmax(axis=1)[:, None]
            has[:, group] &= is_greatest
        return np.where(has, 1, -1).astype(y.dtype)

    def _exclusive_columns(self):
        """The columns of each group, as lists."""
        return [
            [self.attributes.index(name) for name in group]
            for group in self.exclusive_groups
        ]

    def _check_exclusive(self, name, y):
        for names, group in zip(self.exclusive_groups, self._exclusive_columns()):
            counts = (y[:, group] > 0).sum(axis=1)
            if counts.max(initial=0) > 1:
                raise ValueError(
                    f"`{name}` must have at most one of {', '.join(names)} for each "
                    "image, which are a group of `exclusive_groups`. "
                    f"Received: {name} with {counts.max()} in row {counts.argmax()}."
                )

    def get_config(self):
        groups = [list(group) for group in self.exclusive_groups]
        return {
            **super().get_config(),
            "attributes": list(self.attributes),
            **({"exclusive_groups": groups} if groups else {}),
        }


def is_on(name, value):
    """Whether a value asked for is True.

    Raises:
        ValueError: If it is no truth.
    """
    if isinstance(value, (bool, np.bool_, int)) and value in (0, 1):
        return bool(value)
    raise ValueError(
        "An attribute must be True or False. "
        f"Received: attributes={{{name!r}: {value!r}}}."
    )


def check_names(attributes):
    """Raise a ValueError unless these are names, each another."""
    names = [] if isinstance(attributes, str) or attributes is None else attributes
    names = list(names)
    of_strings = all(isinstance(name, str) and name for name in names)
    if not names or not of_strings or len(set(names)) < len(names):
        raise ValueError(
            "`attributes` must be the names of the attributes, in the order of the "
            "columns: strings, each another, like ('glasses', 'beard'). "
            f"Received: attributes={attributes!r}."
        )


def check_groups(groups, attributes):
    """Raise a ValueError unless each group is of two attributes or more."""
    for group in groups:
        known = not isinstance(group, str) and set(group) <= set(attributes)
        if not known or len(set(group)) < max(2, len(group)):
            raise ValueError(
                "`exclusive_groups` must be sequences of two names of `attributes` or "
                f"more. Received: exclusive_groups={groups!r}, "
                f"attributes={tuple(attributes)!r}."
            )
