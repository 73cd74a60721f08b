"""Models from anybody: a `.keras` file that is loaded only if it is data.

A `.keras` file is a zip archive of a `config.json`, which names the classes to build,
and of the weights. Keras's safe mode refuses what is Python code in it; it still calls
any function of its own interface that a `Lambda` names, with arguments from the file,
and builds any class that happens to be registered. So here the names are looked at
before Keras sees the file, and only what a model of the zoo consists of may be there.
"""

import io
import json
import pathlib
import stat
import sys
import types
import zipfile

import h5py
import keras

from ganzoo.game.adversarial_model import AdversarialModel

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
MEMBERS = sorted([CONFIG, WEIGHTS, "metadata.json"])
# Where the classes are that only compute. Those that hold functions, read files or load
# other formats are elsewhere, but for `REFUSED_CLASSES`.
OWN_LAYERS = "ganzoo.layers."
ALLOWED_MODULES = (
    "ganzoo.game.averages.",
    OWN_LAYERS,
    "ganzoo.training.schedules.",
    *(
        f"keras.src.{module}."
        for module in (
            # PyTorch's are of their own; those of another backend would not do.
            f"backend.{keras.backend.backend()}.optimizers",
            "constraints",
            "dtype_policies",
            "initializers",
            "layers.activations",
            "layers.attention",
            "layers.convolutional",
            "layers.core",
            "layers.merging",
            "layers.normalization",
            "layers.pooling",
            "layers.preprocessing.rescaling",
            "layers.regularization",
            "layers.reshaping",
            "layers.rnn",
            "models.functional",
            "models.sequential",
            "ops",
            "optimizers",
            "random",
            "regularizers",
        )
    ),
)
ACTIVATIONS = "keras.src.activations.activations"
REFUSED_CLASSES = (keras.layers.Lambda,)
# What Keras writes for values that JSON does not have.
VALUES = {"__keras_tensor__", "__tensor__", "__numpy__", "__ellipsis__", "__slice__"}
NUMBERS = "fiub"


def load(path):
    """Load a model of the zoo, compiled if it was, without running code of its file.

    Args:
        path: path. A `.keras` file.

    Returns:
        `AdversarialModel`.

    Raises:
        ValueError: As of `check`, or if the parts do not make a model.
    """
    path = pathlib.Path(path).absolute()
    check(path)
    try:
        return keras.saving.load_model(path, safe_mode=True)
    # Layers raise almost anything for arguments that they were not made for.
    except Exception as error:
        raise ValueError(
            "The file holds parts that do not make a model: it was changed, or written "
            f"by another version. {type(error).__name__}: {_first_line(error)} "
            f"Received: path={str(path)!r}."
        ) from error


def check(path):
    """Raise a ValueError unless a file is a model of the zoo, and nothing else.

    Args:
        path: path. A `.keras` file.

    Raises:
        ValueError: If the file is damaged, or names what a model of the zoo does not
            consist of.
    """
    try:
        config, weights = _read(path)
        _check_weights(weights)
        _check_entries(config, CONFIG)
        _check_variant(config)
    except _Refused as error:
        raise ValueError(
            "A preset is loaded only if it is a model of the zoo, and nothing in it "
            f"could run: {error}. If you trust whoever made it, "
            f"`keras.saving.load_model` may take it. Received: path={str(path)!r}."
        ) from None
    # Archives, JSON and HDF5 fail in many ways, nested too deep for one.
    except Exception as error:
        raise ValueError(
            "The file must be a whole `.keras` file, as Keras writes it. Received: "
            f"path={str(path)!r} with {type(error).__name__}: {_first_line(error)}"
        ) from error


class _Refused(Exception):
    """What was found, and where."""


# === The archive ===


def _read(path):
    """Return what the file's config says, and the bytes of its weights."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = sorted(member.filename for member in members)
        if names != MEMBERS:
            unlike = sorted(set(names) ^ set(MEMBERS)) or names
            raise _Refused(f"the archive must hold {MEMBERS} once each, not {unlike}")
        for member in members:
            if stat.S_ISLNK(member.external_attr >> 16):
                raise _Refused(f"{member.filename} in the archive is a link")
            # Keras compresses nothing, so that nothing unpacks to more than it is.
            if member.file_size != member.compress_size:
                raise _Refused(f"{member.filename} in the archive is compressed")
        return json.loads(archive.read(CONFIG)), archive.read(WEIGHTS)


def _check_weights(content):
    links, items = [], []
    with h5py.File(io.BytesIO(content), "r") as file:
        # Nothing may be raised inside of a visit.
        file.visititems_links(lambda name, link: links.append((name, link)))
        file.visititems(lambda name, item: items.append((name, item)))
        for name, link in links:
            if not isinstance(link, h5py.HardLink):
                raise _Refused(f"{name} in {WEIGHTS} is a link")
        for name, item in items:
            _check_item(name, item)


def _check_item(name, item):
    if not isinstance(item, h5py.Dataset):
        return
    if item.external or item.is_virtual:
        raise _Refused(f"{name} in {WEIGHTS} is in another file")
    # Keras stores bfloat16 as two bytes without a type.
    if item.dtype.kind not in NUMBERS and item.dtype != "V2":
        raise _Refused(f"{name} in {WEIGHTS} has values of type {item.dtype}")
    if item.nbytes > item.id.get_storage_size():
        raise _Refused(f"{name} in {WEIGHTS} unpacks to more than it is")


# === The config ===


def _check_variant(config):
    if "class_name" not in config or not _is_variant(_find(config)):
        raise _Refused(f"{CONFIG} is not of one of its classes")


def _check_entries(part, where):
    """Check every entry that Keras would make an object of, however deep it is."""
    if isinstance(part, list):
        for i, item in enumerate(part):
            _check_entries(item, f"{where}[{i}]")
    elif isinstance(part, dict):
        if "class_name" in part:
            _check_entry(part, where)
        for key, item in part.items():
            _check_entries(item, f"{where}.{key}")


def _check_entry(entry, where):
    name = entry["class_name"]
    if isinstance(name, str) and name in VALUES:
        return
    good = _is_activation(entry) if name == "function" else _is_part(_find(entry))
    if not good:
        module = entry.get("module")
        what = entry.get("config") if name == "function" else name
        registered = entry.get("registered_name")
        raise _Refused(
            f"{where} names {module}.{what}"
            + (f", registered as {registered}" if registered else "")
        )


def _is_activation(entry):
    name, module = entry.get("config"), entry.get("module")
    if not isinstance(name, str) or module not in ("builtins", "keras.activations"):
        return False
    registered = keras.saving.get_registered_object(name)
    if registered is not None:
        is_own = f"{_module(registered)}.".startswith(OWN_LAYERS)
        return is_own and isinstance(registered, types.FunctionType)
    return (
        entry.get("registered_name") in (None, name)
        and _module(getattr(keras.activations, name, None)) == ACTIVATIONS
    )


def _is_part(cls):
    return _is_variant(cls) or (
        isinstance(cls, type)
        and f"{_module(cls)}.".startswith(ALLOWED_MODULES)
        and not issubclass(cls, REFUSED_CLASSES)
    )


def _module(part):
    return getattr(part, "__module__", None)


def _is_variant(cls):
    return isinstance(cls, type) and issubclass(cls, AdversarialModel)


def _find(entry):
    """The class that Keras would take for an entry, or None; imports nothing."""
    module, name = entry.get("module"), entry["class_name"]
    # An entry without a module is of an older format, with rules of its own.
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    registered = keras.saving.get_registered_object(entry.get("registered_name", name))
    return registered or getattr(sys.modules.get(module), name, None)


def _first_line(error):
    # Keras puts the whole config below the first line.
    return str(error).partition("\n")[0]
