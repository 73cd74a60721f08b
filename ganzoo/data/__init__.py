"""Names, folders and files in; uint8 pictures out."""

from ganzoo.data.folder import from_folder as from_folder
from ganzoo.data.named import load as load
from ganzoo.data.named import load_pairs as load_pairs
from ganzoo.data.pairs import edges_to_images as edges_to_images
from ganzoo.data.pairs import pairs_from_folder as pairs_from_folder
from ganzoo.data.pictures import Pairs as Pairs
from ganzoo.data.pictures import Pictures as Pictures
