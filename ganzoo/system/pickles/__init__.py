"""Pickles and files of PyTorch as data: nothing in them is imported or called."""
