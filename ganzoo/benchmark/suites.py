"""Suites: which recipes are compared, and on how many pictures."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Suite:
    """Recipes that are trained and scored alike.

    Args:
        recipes: tuple of str. Names of recipes, one for each variant.
        count: int. Pictures drawn for a score, and reference pictures it is against.
    """

    recipes: tuple
    count: int


SUITES = {
    "quick": Suite(
        recipes=tuple(
            f"{variant}_fashion_mnist_10k"
            for variant in (
                "gan",
                "dcgan",
                "lsgan",
                "wgan_gp",
                "cgan",
                "bigan",
                "pix2pix",
            )
        ),
        count=10_000,
    ),
}
