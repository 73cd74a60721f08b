"""Folders of images with a table beside them: attributes or captions."""
