"""Suites: which recipes are compared, for how long, and by which eyes."""

import dataclasses
import pathlib
import tomllib

from ganzoo import models
from ganzoo.training import recipes


@dataclasses.dataclass(frozen=True)
class Suite:
    """Recipes that are trained and scored alike.

    Args:
        name: str.
        data: str. A data set, as `ganzoo.data.load` takes it.
        recipes: tuple of str. Names of recipes, one for each variant. Where there is
            one of the same name for the suite's data, it is that which is trained; the
            others are adapted to the data.
        adapts_all: bool. Whether all are adapted, whatever the data have recipes for.
        epochs: int or None. Epochs of each; None for those of the recipes.
        seeds: int. Training seeds of each variant, where nobody asks for others.
        features: tuple of str. Networks that the last and the best images are scored
            by, names of `ganzoo.features.NAMES`; the first one's score leads.
        curve: str. The network that every epoch is scored by.
        curve_count: int. Images drawn for such a score, against as many.
        count: int. Images drawn for the others, against as many.
        default: tuple of str or None. The variants that are trained where nobody asks
            for others; None for all.
        own: tuple of str. Classes of the user's own like "my_module:HingeGAN", each
            trained with a recipe of the suite.
    """

    name: str
    data: str
    recipes: tuple
    epochs: int | None
    seeds: int
    features: tuple
    curve: str
    curve_count: int
    count: int = 10_000
    default: tuple | None = None
    own: tuple = ()
    adapts_all: bool = False

    def load(self, budget=1.0):
        """Its recipes by variant in lower case, with `budget` times their epochs.

        An epoch is the least that is trained.
        """
        adapted = [self._adapted(name, budget) for name in self.recipes]
        adapted += [_with_class(adapted, name) for name in self.own]
        by_variant = {recipe.variant.lower(): recipe for recipe in adapted}
        if len(by_variant) < len(adapted):
            raise ValueError(
                "A suite has one recipe for each variant. Received: "
                f"recipes={self.recipes}."
            )
        return by_variant

    def _adapted(self, name, budget):
        recipe = recipes.load(name)
        own = name.replace(recipe.config["data"]["name"], self.data)
        if own in recipes.names() and not self.adapts_all:
            recipe = recipes.load(own)
        epochs = max(1, round((self.epochs or recipe.epochs) * budget))
        if (self.data, epochs) == (recipe.config["data"]["name"], recipe.epochs):
            return recipe
        return recipe.adapt(self.data, epochs)


def _with_class(known, name):
    """The recipe of a suite that suits a class of the user's own, changed to that.

    That of the variant it derives from, or else the first with the same parts and
    networks, the default one before others.

    Raises:
        ValueError: If there is none, and as in `recipes.find_class`.
    """
    found = recipes.find_class(name, may_import=True)
    bases = [r for r in known if issubclass(found, r.model_class)]
    default = lambda r: r.model_class.__module__.endswith(models.DEFAULT)  # noqa: E731
    alike = [r for r in sorted(known, key=default, reverse=True) if _alike(found, r)]
    if not bases and not alike:
        raise ValueError(
            "No recipe of the suite has the networks of this class, and data of its "
            f"kind. Received: variant={name!r}."
        )
    # The nearest one that it derives from.
    mro = found.__mro__
    base = min(bases, key=lambda r: mro.index(r.model_class)) if bases else alike[0]
    return base.with_class(name)


def _alike(found, recipe):
    return (found.network_names, recipes.kinds_of(found)) == (
        recipe.model_class.network_names,
        recipes.kinds_of(recipe.model_class),
    )


def _recipes_of(data):
    """The recipes of a data set: every variant has one."""
    return tuple(name for name in recipes.names() if name.endswith(f"_{data}"))


# Of DCGAN's networks, all but pix2pix, which translates.
COMPARABLE = _recipes_of("fashion_mnist")
_DEFAULTS = tomllib.loads(
    pathlib.Path(__file__).with_name("defaults.toml").read_text("utf-8")
)
_ALL = (
    Suite(
        name="quick",
        data="fashion_mnist_10k",
        recipes=_recipes_of("fashion_mnist_10k"),
        epochs=None,
        seeds=1,
        features=("fashion-classifier",),
        curve="fashion-classifier",
        curve_count=2_000,
        default=tuple(_DEFAULTS["quick"]),
    ),
    Suite(
        name="fashion_mnist",
        data="fashion_mnist",
        recipes=COMPARABLE,
        epochs=20,
        seeds=3,
        features=("inception", "fashion-classifier"),
        curve="fashion-classifier",
        curve_count=10_000,
    ),
    Suite(
        name="mnist",
        data="mnist",
        recipes=COMPARABLE,
        epochs=20,
        seeds=1,
        features=("inception", "mnist-classifier"),
        curve="mnist-classifier",
        curve_count=10_000,
    ),
    Suite(
        name="cifar10",
        data="cifar10",
        recipes=COMPARABLE,
        epochs=100,
        seeds=3,
        features=("inception",),
        curve="inception",
        curve_count=2_000,
    ),
    Suite(
        name="cifar10_small",
        data="cifar10",
        # At the width of the others, where the data's own recipes are for a GPU.
        recipes=COMPARABLE,
        adapts_all=True,
        epochs=20,
        seeds=1,
        features=("inception",),
        curve="random-convolutions",
        curve_count=2_000,
        default=tuple(_DEFAULTS["cifar10_small"]),
    ),
)
SUITES = {suite.name: suite for suite in _ALL}
