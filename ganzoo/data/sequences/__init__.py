"""Sequences of images: read from files, or made of images that move."""
