"""The version of ganzoo, alone, so that it can be read without importing Keras."""

__version__ = "0.1.0"
