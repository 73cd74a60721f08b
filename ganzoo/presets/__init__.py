"""Names to trained models, fetched once, loaded only if they are data."""

import typing

from ganzoo.system import lazy

if typing.TYPE_CHECKING:
    from ganzoo.presets.converting import convert as convert
    from ganzoo.presets.publishing import save_preset as save_preset
    from ganzoo.presets.records import names as names
    from ganzoo.presets.records import record as record
    from ganzoo.presets.registry import download as download
    from ganzoo.presets.registry import from_preset as from_preset
    from ganzoo.presets.registry import open_model as open_model

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "convert": "ganzoo.presets.converting",
        "save_preset": "ganzoo.presets.publishing",
        "download": "ganzoo.presets.registry",
        "from_preset": "ganzoo.presets.registry",
        "open_model": "ganzoo.presets.registry",
        "names": "ganzoo.presets.records",
        "record": "ganzoo.presets.records",
    },
)
