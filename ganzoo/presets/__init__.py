"""Names to trained models, fetched once, loaded only if they are data."""

from ganzoo.presets.publishing import save_preset as save_preset
from ganzoo.presets.registry import download as download
from ganzoo.presets.registry import from_preset as from_preset
from ganzoo.presets.registry import names as names
from ganzoo.presets.registry import open_model as open_model
from ganzoo.presets.registry import record as record
