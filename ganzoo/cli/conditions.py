"""Options of what images are to have, or have, beside their latents."""

import click


def _of_attributes(text):
    metavar = "NAME=on|off"
    return click.option(
        "--set", "attributes", multiple=True, metavar=metavar, help=text
    )


def _options(label, attributes, codes, text):
    """A decorator that adds `--label`, `--set`, `--code` and `--text`."""
    options = (
        click.option("--label", "labels", metavar="NAME_OR_NUMBER", help=label),
        _of_attributes(attributes),
        click.option(
            "--code", "codes", multiple=True, metavar="NAME=VALUE", help=codes
        ),
        click.option("--text", "texts", metavar="TEXT", help=text),
    )

    def add(command):
        for option in reversed(options):
            command = option(command)
        return command

    return add


TO_SET = "An attribute that all images are to have, or none. Repeat it for more."
to_set = _of_attributes(TO_SET)
to_draw = _options(
    "Class to draw, for a conditional model: its name in upper or lower case, or else "
    "its number. `ganzoo info PRESET` lists them.",
    TO_SET,
    "A code of a model with codes, for all images, like c1=3 or c2=-0.5; may be given "
    "several times. The others are drawn. `ganzoo traverse` shows them.",
    "What all images are to show, for a model that draws images of texts.",
)
known = _options(
    "Class of the images, for a conditional model: its name or its number.",
    "An attribute that all images have, or none has. Repeat it for more. The model "
    "itself tells the others.",
    "A code of all images, for a model with codes, like c1=3; may be given several "
    "times. The model itself tells the others.",
    "What all images show, for a model that draws images of texts.",
)


space = click.option(
    "--space",
    type=click.Choice(["z", "w"]),
    default="z",
    show_default=True,
    help="Latents (z), or the styles that a StyleGAN makes of them (w).",
)


def read(model, options):
    """What these options mean to a model, as arguments of `ganzoo.visualization`.

    Args:
        model: `AdversarialModel`.
        options: dict. All options of a command, from which these are taken.
    """
    from ganzoo.visualization import drawing

    return {
        "label": drawing.read_label(model, options.pop("labels")),
        "attributes": drawing.read_attributes(options.pop("attributes")),
        "codes": drawing.read_codes(options.pop("codes")) or None,
        "texts": options.pop("texts"),
    }
