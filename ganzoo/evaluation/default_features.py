"""The network that scores images where none is named: the best that is at hand."""

import pathlib
import warnings

from ganzoo import features as extractors
from ganzoo.features import inception_weights

CURE = "For an FID run `ganzoo fetch inception` once, 90 MB."


def find(found):
    """Return the extractor of the first rung that can be stood on.

    1. Inception, if its weights are here, or if a file of statistics is to be read.
    2. The shipped classifier of the reference's dataset, if it has one.
    3. Convolutions with random weights.

    Below the first a warning names the network, and says how to get Inception.

    Args:
        found: dict. "reference" and "samples", each a `Source` or the path of a file
            of statistics.

    Raises:
        ValueError: If the weights of Inception are needed or named, and cannot be read.
    """
    is_of_statistics = any(isinstance(one, pathlib.Path) for one in found.values())
    if is_of_statistics or inception_weights.is_at_hand():
        return extractors.find("inception")
    classifier = extractors.OF_DATA.get(found["reference"].details.get("data"))
    if classifier:
        extractor = extractors.find(classifier)
        shapes = {source.image_shape for source in found.values()}
        if shapes == {extractor.image_shape}:
            warnings.warn(
                f"Scored by `{classifier}`, the classifier of these data, since the "
                f"weights of Inception are not here. {CURE}",
                stacklevel=3,
            )
            return extractor
    warnings.warn(
        "Scored by `random-convolutions`, since the weights of Inception are not here. "
        f"{CURE} A network with random weights compares colours, coarse textures and "
        "layout, and not what images show: compare models of the same images only.",
        stacklevel=3,
    )
    return extractors.find("random-convolutions")
