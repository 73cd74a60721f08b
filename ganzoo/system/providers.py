"""What a package below offers of one above, set by `ganzoo/__init__.py`.

A model has `from_preset` and `save_preset`, and `ganzoo.presets` imports the models.
"""

# A function that returns the package `ganzoo.presets`.
presets = None
