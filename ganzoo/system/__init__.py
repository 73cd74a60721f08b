"""Files that are whole or absent, downloads, cache, resources and requirements."""
