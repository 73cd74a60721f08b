"""Datasets with a name: raw files to uint8 images."""
