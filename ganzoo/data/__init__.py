"""Names, folders and files in; uint8 images out."""

import typing

from ganzoo.system import lazy

if typing.TYPE_CHECKING:
    from ganzoo.data.class_selection import one_class as one_class
    from ganzoo.data.datasets.captioned import load_captions as load_captions
    from ganzoo.data.datasets.edge_domain import dilated_edges as dilated_edges
    from ganzoo.data.datasets.edge_domain import images_and_edges as images_and_edges
    from ganzoo.data.datasets.named import load as load
    from ganzoo.data.datasets.named import load_attributes as load_attributes
    from ganzoo.data.datasets.named import load_pairs as load_pairs
    from ganzoo.data.disk.folder import from_folder as from_folder
    from ganzoo.data.disk.pairs import edges_to_images as edges_to_images
    from ganzoo.data.disk.pairs import pairs_from_folder as pairs_from_folder
    from ganzoo.data.downscaling import downscaled as downscaled
    from ganzoo.data.few_labels import keep_labels as keep_labels
    from ganzoo.data.images import Pairs as Pairs
    from ganzoo.data.images import Pictures as Pictures
    from ganzoo.data.images import Sequences as Sequences
    from ganzoo.data.images import Unpaired as Unpaired
    from ganzoo.data.sequences.folders import (
        sequences_from_folder as sequences_from_folder,
    )
    from ganzoo.data.sequences.moving_digits import moving_digits as moving_digits
    from ganzoo.data.tables.folders import (
        attributes_from_folder as attributes_from_folder,
    )
    from ganzoo.data.tables.folders import captions_from_folder as captions_from_folder
    from ganzoo.data.unpairing import unpaired as unpaired
    from ganzoo.data.vocabulary import Vocabulary as Vocabulary

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "attributes_from_folder": "ganzoo.data.tables.folders",
        "captions_from_folder": "ganzoo.data.tables.folders",
        "dilated_edges": "ganzoo.data.datasets.edge_domain",
        "images_and_edges": "ganzoo.data.datasets.edge_domain",
        "load": "ganzoo.data.datasets.named",
        "load_attributes": "ganzoo.data.datasets.named",
        "load_captions": "ganzoo.data.datasets.captioned",
        "load_pairs": "ganzoo.data.datasets.named",
        "from_folder": "ganzoo.data.disk.folder",
        "downscaled": "ganzoo.data.downscaling",
        "edges_to_images": "ganzoo.data.disk.pairs",
        "pairs_from_folder": "ganzoo.data.disk.pairs",
        "keep_labels": "ganzoo.data.few_labels",
        "Pairs": "ganzoo.data.images",
        "Pictures": "ganzoo.data.images",
        "Sequences": "ganzoo.data.images",
        "Unpaired": "ganzoo.data.images",
        "moving_digits": "ganzoo.data.sequences.moving_digits",
        "sequences_from_folder": "ganzoo.data.sequences.folders",
        "one_class": "ganzoo.data.class_selection",
        "unpaired": "ganzoo.data.unpairing",
        "Vocabulary": "ganzoo.data.vocabulary",
    },
)
