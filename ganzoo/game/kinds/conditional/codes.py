"""Codes: what a generator is told that can be told from its images again."""

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.game.conditions import SHOWN
from ganzoo.game.conditions import for_each


class CodeConditional:
    """What an `AdversarialModel` does whose generator takes codes, which it draws.

    A categorical code is one of `K` values, each as often as the others, and comes to
    the generator as one-hot. A continuous one is from U[-1, 1]. All of them are one
    input `(batch, code_size)`, the categorical ones first. They are called `c1`, `c2`
    and so on in this order.

    Args:
        categorical: sequence of ints. How many values each categorical code has.
        continuous: int. How many continuous codes there are.
        **kwargs: As of the variant.

    Raises:
        ValueError: If there is no code, or a categorical one has fewer than two values.
    """

    condition_names = ("codes",)

    def __init__(self, *args, categorical, continuous, **kwargs):
        check_codes(categorical, continuous)
        self.categorical = tuple(categorical)
        self.continuous = continuous
        super().__init__(*args, **kwargs)

    @property
    def code_size(self):
        """How many numbers the generator takes as codes."""
        return sum(self.categorical) + self.continuous

    @property
    def code_names(self):
        """The names of the codes, as `traverse` takes them."""
        count = len(self.categorical) + self.continuous
        return tuple(f"c{i + 1}" for i in range(count))

    def categories(self, x):
        """The columns of each categorical code, a list of `(batch, K)`.

        Args:
            x: tensor `(batch, n)`. Codes, or what else begins with these columns.
        """
        ends = np.cumsum(self.categorical).tolist()
        return [x[:, end - k : end] for k, end in zip(self.categorical, ends)]

    def draw_codes(self, count, seed):
        """Codes of their distributions, a tensor `(count, code_size)`."""
        drawn = [
            ops.one_hot(keras.random.randint((count,), 0, k, seed=seed), k)
            for k in self.categorical
        ]
        if self.continuous:
            shape = count, self.continuous
            drawn.append(keras.random.uniform(shape, -1.0, 1.0, seed=seed))
        return ops.concatenate(drawn, axis=-1)

    def sample_conditions(self, x):
        """Codes for each example of `x`."""
        return [backend.per_example(lambda n: self.draw_codes(n, self.noise), x)]

    def conditions(self, n, codes):
        """Codes for each of `n` images: drawn, but for those that are asked for.

        Args:
            n: int. How many images.
            codes: dict or None. By the name of a code, like "c1", or by "categorical"
                or "continuous" for all of a kind: integers of categorical codes,
                numbers in [-1, 1] of continuous ones, `(n, codes)`, or one row for all
                images.
        """
        chunks = self.in_chunks(n, lambda count: self.draw_codes(count, self.noise))
        drawn = np.concatenate([chunk for _, chunk in chunks])
        for columns, values in self.asked_for(n, {} if codes is None else codes):
            drawn[:, columns] = values
        return [drawn]

    def asked_for(self, n, codes):
        """Where each of the codes that are asked for goes, and what comes there.

        Args:
            n: int. How many images.
            codes: dict. As in `conditions`.

        Yields:
            Columns of the generator's codes, a slice, and their values.
        """
        count = len(self.categorical)
        kinds = {
            "categorical": range(count),
            "continuous": range(count, count + self.continuous),
        }
        kinds = {kind: places for kind, places in kinds.items() if places}
        names = {name: range(i, i + 1) for i, name in enumerate(self.code_names)}
        _check_keys(codes, kinds, names)
        for key, given in codes.items():
            places, name = (kinds | names)[key], f"codes[{key!r}]"
            rows = for_each(n, name, given, (len(places),)).reshape(n, -1)
            sizes = self.categorical[places.start : places.stop]
            values = _one_hot(name, rows, sizes) if sizes else _within_one(name, rows)
            yield self._columns(places), values

    def traverse(self, code, steps=10, rows=8, *, codes=None, seed=None):
        """Images over the values of one code, with all else held in each row.

        Args:
            code: str. One of `code_names`.
            steps: int. How many values of a continuous code, from -1 to 1; a
                categorical one has all of its own.
            rows: int. How many latents.
            codes: dict or None. As `generate` takes them for `rows` images; the others
                are drawn, for each row.
            seed: int or None. Seed of the latents and of what is drawn.

        Returns:
            uint8 array `(rows, values, height, width, channels)`.

        Raises:
            ValueError: If there is no code of this name, there are fewer than two steps
                or no row, or as in `generate`.
        """
        for name, value, least in (("steps", steps, 2), ("rows", rows, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(
                    f"`{name}` must be an int of at least {least}. "
                    f"Received: {name}={value!r}."
                )
        if codes and code in codes:
            raise ValueError(
                f"`codes` are held, and {code!r} goes through all of its values. Leave "
                f"it out. Received: code={code!r}, codes={codes!r}."
            )
        columns = self._columns_of(code)
        values = self.code_values(code, steps)
        if columns.stop <= sum(self.categorical):
            values = np.eye(len(values))
        (held,) = self.find_conditions(rows, codes=codes, seed=seed)
        given = np.repeat(held, len(values), axis=0)
        given[:, columns] = np.tile(values.reshape(len(values), -1), (rows, 1))
        z = np.repeat(self.latents(rows, seed=seed), len(values), axis=0)
        return self.decode(z, [given]).reshape(rows, len(values), *self.image_shape)

    def code_values(self, code, steps=10):
        """The values of a code that `traverse` goes through, an array.

        Args:
            code: str. As in `traverse`, like what follows.
            steps: int.
        """
        columns = self._columns_of(code)
        if columns.stop <= sum(self.categorical):
            return np.arange(columns.stop - columns.start)
        return np.linspace(-1, 1, steps)

    def _columns_of(self, code):
        """Where a code is in the generator's input, a slice."""
        if code not in self.code_names:
            raise ValueError(
                f"`code` must be one of {', '.join(self.code_names)}: this model has "
                f"categorical codes of {self.categorical} values, and then "
                f"{self.continuous} continuous ones. Received: code={code!r}."
            )
        place = self.code_names.index(code)
        return self._columns(range(place, place + 1))

    def _columns(self, places):
        """Where some codes are in the generator's input, by a range of their places."""
        ends = np.cumsum([0, *self.categorical, *[1] * self.continuous])
        return slice(ends[places.start], ends[places.stop])

    def get_config(self):
        return {
            **super().get_config(),
            "categorical": list(self.categorical),
            "continuous": self.continuous,
        }


def check_codes(categorical, continuous):
    """Raise a ValueError unless there are codes, of two values or more."""
    of_values = isinstance(categorical, (tuple, list)) and all(
        isinstance(k, int) and k > 1 for k in categorical
    )
    if not of_values:
        raise ValueError(
            "`categorical` must be ints of at least 2, how many values each of the "
            "categorical codes has, such as (10,), or () for none. "
            f"Received: categorical={categorical!r}."
        )
    is_count = isinstance(continuous, int) and not isinstance(continuous, bool)
    if not is_count or continuous < 0:
        raise ValueError(
            "`continuous` must be an int of at least 0, the number of continuous "
            f"codes. Received: continuous={continuous!r}."
        )
    if not categorical and not continuous:
        raise ValueError(
            "There must be a code, or there is nothing to be informed of. Received: "
            f"categorical={categorical!r}, continuous={continuous}."
        )


def _check_keys(codes, kinds, names):
    """Raise a ValueError unless all codes that are asked for are known, and once."""
    places = kinds | names
    if not isinstance(codes, dict):
        raise ValueError(
            "`codes` must be a dict of values by the names of codes, like "
            f"{{{next(iter(names))!r}: 0}}. Received: codes={codes!r}."
        )
    unknown = [key for key in codes if key not in places]
    if unknown:
        raise ValueError(
            f"There is no code {unknown[0]!r}. This model has {', '.join(names)}, and "
            f"{' and '.join(map(repr, kinds))} for all of a kind. "
            f"Received: codes={codes!r}."
        )
    asked = [place for key in codes for place in places[key]]
    if len(set(asked)) < len(asked):
        raise ValueError(
            f"`codes` must ask for each code once. Received: codes={codes!r}."
        )


def _one_hot(name, rows, sizes):
    integers = np.issubdtype(rows.dtype, np.integer)
    if not integers or (rows < 0).any() or (rows >= sizes).any():
        raise ValueError(
            f"`{name}` must be integers from 0, below {' and '.join(map(str, sizes))}. "
            f"Received: {name}={_shown(rows)}."
        )
    columns = zip(sizes, rows.T)
    return np.concatenate([np.eye(k)[values] for k, values in columns], axis=1)


def _within_one(name, rows):
    if rows.dtype.kind not in "iuf" or not (abs(rows) <= 1).all():
        raise ValueError(
            f"`{name}` must be numbers in [-1, 1], as the generator was trained on. "
            f"Received: {name}={_shown(rows)}."
        )
    return rows


def _shown(rows):
    """Rows for a message: one for all images is told once."""
    return np.unique(rows, axis=0).tolist()[:SHOWN]
