"""What a user knows of images whose latents are to be found."""


def given(label=None, attributes=None, codes=None, texts=None):
    """What of these is given, as arguments of `AdversarialModel.project`."""
    known = {"labels": label, "attributes": attributes, "codes": codes, "texts": texts}
    return {name: value for name, value in known.items() if value is not None}


def of_images(model, images, label=None, attributes=None, codes=None, texts=None):
    """Conditions of images: those that a user gives, and what the model tells itself.

    Args:
        model: `AdversarialModel`.
        images: uint8 array `(n, height, width, channels)`.
        label: int, string or None. Class of all of them.
        attributes: dict or None. By names of attributes, True if all of them have one,
            and False if none has.
        codes: dict or None. By names of codes, numbers.
        texts: string or None. What all of them show.

    Returns:
        dict, of arguments of `AdversarialModel.project`.

    Raises:
        ValueError: As in `AdversarialModel.conditions_of`.
    """
    return model.conditions_of(images, **given(label, attributes, codes, texts))
