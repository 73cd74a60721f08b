"""A record of a preset whose file is some bytes."""

import hashlib

CONTENT = bytes(range(256)) * 20
NAME = "toy_preset"


def facts_of(content, **more):
    sha256 = hashlib.sha256(content).hexdigest()
    return {"class": "GAN", "sha256": sha256, "size": len(content), **more}


def put(folder, content=CONTENT):
    """A file of the preset in a folder of weights."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{NAME}.keras"
    path.write_bytes(content)
    return path
