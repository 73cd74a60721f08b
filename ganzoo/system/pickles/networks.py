"""Networks in files of others: arrays by the names that their authors' code has.

A file is a pickle of networks, or one of PyTorch with their state_dicts.
"""

import dataclasses
import functools
import io
import pathlib

from ganzoo.system.pickles import machine
from ganzoo.system.pickles import torch_file

# What files call their networks, averaged weights first.
ROLES = ("G_ema", "G", "D")
PARTS = ("_parameters", "_buffers", "_modules")
# What such pickles call beside what makes tensors; no weight is made of it.
INERT = (
    "builtins.set",
    "__builtin__.set",
    "numpy.dtype",
    *(
        f"numpy.{core}.{name}"
        for core in ("core", "_core")
        for name in (
            "multiarray._reconstruct",
            "multiarray.scalar",
            "numeric._frombuffer",
        )
    ),
)
MAX_NAME = 200  # characters, with those of the modules around
SHOWN = 8  # keys in a message


@dataclasses.dataclass(frozen=True)
class State:
    """What a file says of one network.

    Attributes:
        role: string. What the file calls it, one of `ROLES`; "" if it is the only one.
        arrays: dict of read-only arrays by their names, with dots between modules.
        facts: dict of numbers, texts and bools in the same way. Only a pickle has any.
    """

    role: str
    arrays: dict
    facts: dict


def read(path):
    """Return the networks of a file, averaged ones first.

    Nothing that the file names is imported or called.

    Args:
        path: path. A pickle of modules of PyTorch, or of a dict of them; or a file that
            `torch.save` wrote of a state_dict, or of a dict with some. Numbers are kept
            as they are, of types that NumPy has.

    Returns:
        List of `State`, not empty.

    Raises:
        ValueError: If the file cannot be opened, is damaged or no such file, calls
            something that making weights does not need, says more than it holds, or
            has no network.
    """
    try:
        content = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise ValueError(
            f"The file cannot be opened ({error.strerror}). "
            f"Received: path={str(path)!r}."
        ) from error
    try:
        networks = _find(_load(content))
        states = [_flatten(role, network) for role, network in networks.items()]
        for state in states:
            _check_size(state, content)
    # A damaged file can fail anywhere, and it means the same.
    except Exception as error:
        kind = "" if type(error) is ValueError else f"{type(error).__name__}: "
        reason = machine.printable(f"{kind}{error}", 500)
        raise ValueError(
            "The file cannot be read as networks of PyTorch: it is damaged, another "
            f"kind of file, or does more than hold weights. No code in it was run. "
            f"Received: path={str(path)!r} ({reason})."
        ) from error
    return states


# === What it holds ===


def _load(content):
    budget = machine.Budget()
    calls = {
        **{name: _inert(name) for name in INERT},
        **torch_file.CALLS,
        "_codecs.encode": _encode,
        "torch._utils._rebuild_parameter": lambda tensor, *_: tensor,
        "torch.storage._load_from_bytes": functools.partial(_storage, budget),
        "torch_utils.persistence._reconstruct_persistent_obj": _persistent,
    }
    if content.startswith(b"PK"):
        return torch_file.load(content, calls, budget=budget)
    stream = io.BytesIO(content)
    found = machine.Machine(calls, budget=budget).read(stream)
    if type(found) is int and found == torch_file.MAGIC:
        return torch_file.load(content, calls, budget=budget)
    if stream.tell() < len(content):
        raise ValueError(f"{len(content) - stream.tell():,} bytes after its end")
    return found


def _inert(name):
    return lambda *arguments: machine.Object(machine.Name(*name.rsplit(".", 1)))


def _encode(text, encoding):
    """The bytes that a pickle of Python 2's protocol has as text."""
    if encoding != "latin1":
        raise ValueError("bytes in another encoding")
    return machine.check_text(text).encode("latin1")


def _storage(budget, content):
    """The storage of a tensor, which a pickle has as a file of its own."""
    storage = torch_file.load(content, budget=budget)
    if not isinstance(storage, torch_file.Storage):
        raise ValueError("something else where a storage belongs")
    return storage


def _persistent(meta):
    """What NVIDIA's code pickles with its source, which is not looked at."""
    name = machine.check_text(meta["class_name"])
    return machine.Object(machine.Name("", name), meta["state"])


# === Which of it are networks ===


def _find(tree):
    """The networks of a file by their roles, in their order."""
    if isinstance(tree, dict) and isinstance(tree.get("state_dict"), dict):
        tree = tree["state_dict"]
    if _is_network(tree):
        return {"": tree}
    named = tree if isinstance(tree, dict) else {}
    found = {role: named[role] for role in ROLES if _is_network(named.get(role))}
    if not found:
        raise ValueError(f"no networks, but {_describe(tree)}")
    return found


def _is_network(value):
    if isinstance(value, machine.Object):
        return any(isinstance(value.get(part), dict) for part in PARTS)
    is_dict = isinstance(value, dict) and len(value) > 0
    return is_dict and all(isinstance(v, torch_file.Tensor) for v in value.values())


def _describe(tree):
    """What something in a file is, in a few words."""
    if isinstance(tree, dict):
        shown = [machine.printable(str(key)) for key in list(tree)[:SHOWN]]
        return f"a dict of {', '.join(shown) or 'nothing'}"
    if isinstance(tree, (list, tuple)):
        first = f", the first {_kind(tree[0])}" if tree else ""
        return f"a {type(tree).__name__} of {len(tree)}{first}"
    return _kind(tree)


def _kind(value):
    is_object = isinstance(value, machine.Object)
    return f"of class {value.name if is_object else type(value).__name__}"


# === Their arrays ===


def _flatten(role, network):
    if isinstance(network, dict):
        arrays = {_name("", key): value.array() for key, value in network.items()}
        return State(role, arrays, {})
    arrays, facts, seen = {}, {}, set()
    waiting = [("", network)]
    while waiting:
        prefix, module = waiting.pop()
        # A module that is in many places is told in one, as copies have no end.
        if id(module) in seen or not isinstance(module, machine.Object):
            continue
        seen.add(id(module))
        parameters, buffers, modules = (module.get(part) or {} for part in PARTS)
        for key, value in [*parameters.items(), *buffers.items()]:
            if isinstance(value, torch_file.Tensor):
                arrays[_name(prefix, key)] = value.array()
        for key, value in module.state.items():
            if type(value) in (int, float, bool, str):
                facts[_name(prefix, key)] = value
        for key, value in modules.items():
            waiting.append((f"{_name(prefix, key)}.", value))
    return State(role, arrays, facts)


def _name(prefix, key):
    """The name of a part of a network, if it can be one."""
    if not isinstance(key, str) or len(prefix) + len(key) > MAX_NAME:
        raise ValueError("something else where the name of a weight belongs")
    return prefix + key


def _check_size(state, content):
    """Refuse tensors that share their numbers, of which a network would be larger."""
    told = sum(array.nbytes for array in state.arrays.values())
    if told > len(content):
        raise ValueError(
            f"weights of {told:,} bytes in a file of {len(content):,} bytes"
        )
