"""The recipes of the zoo: one TOML file each, read by `ganzoo.recipes`."""
