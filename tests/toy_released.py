"""Files as other projects write them, of arrays by their names, without PyTorch.

The standard pickler writes them, of classes that have no more than the public names.
"""

import contextlib
import io
import itertools
import pickle
import sys
import types
import unittest.mock
import zipfile

import numpy as np
import toy_biggan
import toy_stylegan2

from ganzoo.system.pickles import torch_file

KINDS = {"f": "torch.FloatStorage", "i": "torch.LongStorage"}
NAMES = (
    *KINDS.values(),
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch.storage._load_from_bytes",
    "torch_utils.persistence._reconstruct_persistent_obj",
    "torch.nn.modules.conv.Conv2d",
    "R3GAN.Networks.Generator",
    "dnnlib.tflib.network.Network",
    "dnnlib.util.EasyDict",
)


def _named(full):
    module, _, name = full.rpartition(".")
    bases = (dict,) if name == "EasyDict" else ()
    return type(name, bases, {"__module__": module})


PUBLIC = {full: _named(full) for full in NAMES}


@contextlib.contextmanager
def importable():
    """Let the pickler find the public names."""
    modules = {}
    for full, found in PUBLIC.items():
        *parents, name = full.split(".")
        for module in itertools.accumulate(parents, "{}.{}".format):
            modules.setdefault(module, types.ModuleType(module))
        setattr(modules[".".join(parents)], name, found)
    with unittest.mock.patch.dict(sys.modules, modules):
        yield


class Reduced:
    """What is pickled as the call of a function, or of one of the public names."""

    def __init__(self, function, *arguments):
        self.function = PUBLIC.get(function, function)
        self.arguments = arguments

    def __reduce__(self):
        return self.function, self.arguments


class Storage:
    def __init__(self, array):
        self.array = array

    def __reduce__(self):
        return PUBLIC["torch.storage._load_from_bytes"], (stream(self),)


def tensor(array, storage=None, **changed):
    """A tensor, with what is `changed` of what its pickle says."""
    array = np.array(array, "int64" if np.asarray(array).dtype.kind == "i" else "f4")
    said = {
        "storage": storage or Storage(array),
        "offset": 0,
        "shape": array.shape,
        "strides": tuple(n // array.itemsize for n in array.strides),
    } | changed
    return Reduced("torch._utils._rebuild_tensor_v2", *said.values(), False, {})


def instance(full, **attributes):
    """An instance of a class that has one of the public names."""
    made = PUBLIC[full]()
    made.__dict__.update(attributes)
    return made


def persistent(**attributes):
    """An instance as NVIDIA's code pickles it, with its source."""
    meta = {"type": "class", "version": 6, "module_src": "raise SystemExit"}
    meta |= {"class_name": "Network", "state": attributes}
    return Reduced("torch_utils.persistence._reconstruct_persistent_obj", meta)


def plain(**attributes):
    return instance("R3GAN.Networks.Generator", **attributes)


def modules(state, make=persistent):
    """The modules of a `State`, each made by a function of its attributes."""

    def empty():
        return {"_parameters": {}, "_buffers": {}, "_modules": {}, "training": False}

    root = empty()

    def find(path):
        found = root
        for name in path:
            found = found["_modules"].setdefault(name, empty())
        return found

    for full, array in state.arrays.items():
        *path, name = full.split(".")
        value = tensor(array)
        if name in ("weight", "bias"):
            value = Reduced("torch._utils._rebuild_parameter", value, True, {})
            find(path)["_parameters"][name] = value
        else:
            find(path)["_buffers"][name] = value
    for full, fact in state.facts.items():
        *path, name = full.split(".")
        find(path)[name] = fact

    def made(attributes):
        children = attributes["_modules"].items()
        return make(**attributes | {"_modules": {k: made(v) for k, v in children}})

    return made(root)


def tensors(state):
    """The state_dict of a `State`."""
    return {name: tensor(array) for name, array in state.arrays.items()}


# === Files ===


def pickled(value, protocol=4):
    with importable():
        return pickle.dumps(value, protocol)


class _Pickler(pickle.Pickler):
    """Keeps storages, and writes their keys."""

    def __init__(self, file, *ending):
        super().__init__(file, 2)
        self.ending = ending
        self.storages = {}

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        key = next((k for k, v in self.storages.items() if v is value.array), None)
        key = key or str(len(self.storages))
        self.storages[key] = value.array
        kind = PUBLIC[KINDS[value.array.dtype.kind]]
        return "storage", kind, key, "cpu", value.array.size, *self.ending


def _dump(value, *ending):
    file = io.BytesIO()
    pickler = _Pickler(file, *ending)
    with importable():
        pickler.dump(value)
    return file.getvalue(), pickler.storages


def stream(value):
    """What `torch.save` writes in its older format."""
    header = (torch_file.MAGIC, torch_file.PROTOCOL, {"little_endian": True})
    content, storages = _dump(value, None)
    parts = [*(pickle.dumps(part, 2) for part in header), content]
    parts.append(pickle.dumps(list(storages), 2))
    for array in storages.values():
        parts += [array.size.to_bytes(8, "little"), array.tobytes()]
    return b"".join(parts)


def archive(value):
    """What `torch.save` writes in its newer format."""
    content, storages = _dump(value)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("toy/data.pkl", content)
        for key, array in storages.items():
            packed.writestr(f"toy/data/{key}", array.tobytes())
    return file.getvalue()


def write(folder):
    """Write a pickle of StyleGAN2 and BigGAN's files into a folder."""
    of_styles = {role: modules(toy_stylegan2.state(role)) for role in "GD"}
    (folder / "stylegan2.pkl").write_bytes(pickled(of_styles))
    for role, name in {"G": "G_ema", "D": "D"}.items():
        state = toy_biggan.state("cifar", role, trained=True)
        (folder / f"{name}.pth").write_bytes(archive(tensors(state)))
