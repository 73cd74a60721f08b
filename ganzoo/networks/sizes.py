"""How images halve and double: what convolutional networks need to know of a size."""

SCALES = (2, 4)  # how many times as long the sides of enlarged images are


def check_image_shape(image_shape):
    """Return `image_shape` as a tuple `(height, width, channels)`.

    Raises:
        ValueError: If it is not three positive ints.
    """
    shape = tuple(image_shape) if isinstance(image_shape, (tuple, list)) else ()
    if len(shape) != 3 or not all(isinstance(n, int) and n > 0 for n in shape):
        raise ValueError(
            "`image_shape` must be three positive ints, (height, width, channels). "
            f"Received: image_shape={image_shape!r}."
        )
    return shape


def count_halvings(image_shape):
    """How often an image halves before its shorter side is between 4 and 7.

    Raises:
        ValueError: If it cannot be halved at least twice, exactly.
    """
    height, width, _ = check_image_shape(image_shape)
    halvings = 0
    while min(height, width) > 7 and height % 2 == 0 and width % 2 == 0:
        height, width, halvings = height // 2, width // 2, halvings + 1
    if halvings < 2 or min(height, width) < 4 or min(height, width) > 7:
        raise ValueError(
            "`image_shape` must have sides that halve, twice or more, down to between "
            "4 and 7 pixels, like 28, 32, 64 and 128: smaller images leave nothing "
            "to convolve. Resize the images, or pass your own networks. "
            f"Received: image_shape={image_shape!r}."
        )
    return halvings


def find_scale(source_shape, image_shape):
    """How many times as long the sides of images are as those of their sources.

    Returns:
        2 or 4; None if it is something else, or the channels are others.
    """
    if None in source_shape:
        return None
    height, width, channels = source_shape
    shapes = {scale: (scale * height, scale * width, channels) for scale in SCALES}
    return next((s for s in SCALES if shapes[s] == tuple(image_shape)), None)


def shrink(image_shape, scale):
    """Shape of images whose sides are so many times shorter.

    Raises:
        ValueError: If the scale is not 2 or 4, or does not divide the sides.
    """
    height, width, channels = check_image_shape(image_shape)
    known = isinstance(scale, int) and scale in SCALES
    if not known or height % scale or width % scale:
        raise ValueError(
            "`scale` must be 2 or 4, an int, and divide the sides of the images. "
            f"Received: scale={scale!r}, image_shape={image_shape}."
        )
    return height // scale, width // scale, channels


def halved(image_shape):
    """The shapes of an image as it halves down to between 4 and 7 pixels, in order.

    The first is `image_shape` itself, and the only one if that is as small.

    Raises:
        ValueError: If it cannot be halved so, exactly.
    """
    height, width, channels = check_image_shape(image_shape)
    shapes = [(height, width, channels)]
    while min(height, width) > 7 and height % 2 == 0 and width % 2 == 0:
        height, width = height // 2, width // 2
        shapes.append((height, width, channels))
    if not 4 <= min(height, width) <= 7:
        raise ValueError(
            "`image_shape` must have sides that halve down to between 4 and 7 pixels, "
            "like the powers of two, 28 and 48: the networks double and halve them. "
            f"Resize the images. Received: image_shape={image_shape!r}."
        )
    return shapes
