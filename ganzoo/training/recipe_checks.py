"""What a recipe must be: everything that would fail, or be ignored, is refused."""

import functools
import inspect
import types

import keras

from ganzoo import models
from ganzoo import networks
from ganzoo.data.datasets import named
from ganzoo.data.datasets.class_names import CLASS_NAMES
from ganzoo.game.adversarial_model import AdversarialModel
from ganzoo.game.averages import AveragedWeights
from ganzoo.inputs.batches import may_lack_labels
from ganzoo.inputs.parts import Attributes
from ganzoo.inputs.parts import Frames
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Label
from ganzoo.inputs.parts import SmallImages
from ganzoo.inputs.parts import Tokens
from ganzoo.system import user_modules
from ganzoo.system.suggestions import did_you_mean
from ganzoo.system.terminal.counts import format_class
from ganzoo.training import schedules

SECTIONS = {
    "model": None,
    "optimizer": None,
    "start": {"from", "freeze", "licence"},
    "averages": {"half_life", "ramp_up", "decay", "start", "batch_statistics"},
    "schedule": None,
    "data": {
        *("name", "folder", "kind", "labels", "normal", "scale", "frames"),
        *("image_size", "channels", "bit_depth", "pad"),
    },
    "training": {"batch_size", "epochs", "passes", "jit_compile"},
    "stages": None,
}
# What a recipe says of a stage.
STAGE = {"epochs", "learning_rate"}
# Arguments of a schedule that follow from the optimizer and the length of the run.
SCHEDULED = {"initial_learning_rate", "decay_steps"}
# The parts that each kind of data has: sources are drawn or made of images, or given.
KINDS = {
    "one_class": (Images,),
    "images": (Images,),
    "labels": (Images, Label),
    "attributes": (Images, Attributes),
    "captions": (Images, Tokens),
    "edges": (Images, Images),
    "pairs": (Images, Images),
    "downscaled": (SmallImages, Images),
    "sequences": (Frames,),
    "unpaired_edges": (Images, Images),
    "unpaired": (Images, Images),
}
# Those whose parts do not belong together: of images and edges of others, or given.
UNPAIRED = ("unpaired_edges", "unpaired")


def check(file, config, may_import=False):
    """Raise a ValueError for anything in a recipe that would fail, or be ignored.

    Args:
        file: str. Its name, for messages.
        config: dict.
        may_import: bool. Whether a class of the user's own may be imported.
    """
    for section, value in config.items():
        if not isinstance(value, dict):
            raise ValueError(
                f"{file}: `{section}` must be a section, `[{section}]`. "
                f"Received: {section} = {value!r}."
            )
    variant = config.get("model", {}).get("class")
    known = user_modules.is_named(variant) or variant in variants()
    classes = [find_class(variant, may_import)] if known else _variant_classes()
    players = {n for model_class in classes for n in model_class.network_names}
    _check_keys(file, "", config, {**SECTIONS, **dict.fromkeys(players)})
    for section in ("model", "generator", "discriminator", "data", "training"):
        _require(file, config, section)
    for section, keys in SECTIONS.items():
        if keys and section in config:
            _check_keys(file, f"{section}.", config[section], keys)
    _require(file, config, "model", "class")
    if not known:
        _check_choice(file, "model.class", variant, variants())
    (model_class,) = classes
    _check_keys(file, "model.", config["model"], {"class", *model_class.options()})
    _check_schedules(file, config["model"])
    _check_source(file, config)
    _check_choice(file, "data.kind", config["data"].get("kind"), KINDS)
    _check_kind(file, config)
    given = model_class.given()
    for player in model_class.network_names:
        if player in config:
            choices = _public(networks)
            _check_network(file, config, player, model_class)
            _check_call(file, config, player, "network", networks, choices, given)
    if "optimizer" in config:
        _check_call(
            file, config, "optimizer", "name", keras.optimizers, _optimizer_names()
        )
    _check_averages(file, config)
    _check_start(file, config)
    if "schedule" in config:
        _require(file, config, "optimizer", "learning_rate")
        known = schedules_by_name()
        _check_call(file, config, "schedule", "name", known, vars(known))
    _require(file, config, "training", "batch_size")
    _require(file, config, "training", "epochs")
    for key in ("batch_size", "epochs", "passes"):
        _check_count(file, f"training.{key}", config["training"].get(key, 1))
    _check_stages(file, config, model_class)


def _check_schedules(file, model):
    """Check options that follow the images seen: a first value, and a schedule."""
    known = schedules_by_name()
    for name, option in model.items():
        if isinstance(option, dict):
            section = f"model.{name}"
            _require(file, {section: option}, section, "value")
            table = {key: value for key, value in option.items() if key != "value"}
            _check_call(file, {section: table}, section, "schedule", known, vars(known))


def _check_count(file, key, value):
    if type(value) is not int or value < 1:
        raise ValueError(
            f"{file}: `{key}` must be an int of at least 1. "
            f"Received: {key.rpartition('.')[2]}={value!r}."
        )


def _check_stages(file, config, model_class):
    """Check that all stages of the model's class are told, and no others."""
    _check_keys(file, "stages.", config.get("stages", {}), model_class.stages)
    for name in model_class.stages:
        epochs = _require(file, config, "stages", name, "epochs")
        _check_count(file, f"stages.{name}.epochs", epochs)
        _check_keys(file, f"stages.{name}.", config["stages"][name], STAGE)
        rate = config["stages"][name].get("learning_rate", 1.0)
        if type(rate) is not float or not 0 < rate < float("inf"):
            raise ValueError(
                f"{file}: `stages.{name}.learning_rate` must be a positive float. "
                f"Received: learning_rate={rate!r}."
            )


def _check_source(file, config):
    """Check that the data are a set with a name, or a folder and a size."""
    section = config["data"]
    known = named.OF_KINDS["unpaired"]
    is_known = "folder" in section or section.get("name") in known
    if section.get("kind") == "unpaired" and not is_known:
        raise ValueError(
            f"{file}: `data.folder` must be a folder with a sub-folder for each "
            f"domain, or `data.name` one of {sorted(known)}. Of another data set by "
            "its name choose the kind 'unpaired_edges'. "
            f"Received: kind='unpaired', name={section.get('name')!r}."
        )
    if "folder" in section:
        keys = SECTIONS["data"] - {"name"}
    else:
        name, kind = _require(file, config, "data", "name"), section.get("kind")
        known = named.OF_KINDS.get(kind, named.DATA_SETS)
        _check_choice(file, "data.name", name, known)
        # What is drawn or moves does so at a size, others come in theirs.
        is_drawn = name in named.DRAWN or kind == "sequences"
        size = "image_size" if is_drawn else "labels"
        keys = {"name", "kind", "normal", "scale", "frames", size}
    _check_keys(file, "data.", section, keys)
    if "image_size" in keys:
        _require(file, config, "data", "image_size")
    for key in ("image_size", "channels", "bit_depth", "labels", "scale", "frames"):
        value = section.get(key, 1)
        if type(value) is not int or value < 1:
            raise ValueError(
                f"{file}: `data.{key}` must be an int of at least 1. "
                f"Received: {key}={value!r}."
            )
    if not isinstance(section.get("pad", False), bool):
        raise ValueError(
            f"{file}: `data.pad` must be true or false. Received: {section['pad']!r}."
        )


def _check_kind(file, config):
    """Check that the data have the parts that the model's class declares."""
    variant, kind = config["model"]["class"], config["data"]["kind"]
    wanted = kinds_of(find_class(variant))
    if kind not in wanted:
        raise ValueError(
            f"{file}: `data.kind` must be {' or '.join(map(repr, wanted))} for the "
            f"class {variant}. Received: '{kind}'."
        )
    _check_normal(file, config["data"])
    _check_scale(file, config["data"])
    _check_frames(file, config["data"])
    if "labels" in config["data"] and not may_lack_labels(find_class(variant).parts):
        raise ValueError(
            f"{file}: leave out `data.labels`, how many labels are kept: the class "
            f"{variant} needs them all. Received: labels={config['data']['labels']}."
        )


def _check_normal(file, section):
    """Check that one class is named if the data are of one, and else none."""
    normal = section.get("normal", 0)
    if ("normal" in section) != (section["kind"] == "one_class"):
        raise ValueError(
            f"{file}: `data.normal` is the class of the kind 'one_class', which has "
            f"one, and no other kind. Received: kind={section['kind']!r}, "
            f"normal={section.get('normal')!r}."
        )
    if type(normal) is not int or normal < 0:
        names = enumerate(CLASS_NAMES.get(section.get("name"), ()))
        known = ", ".join(format_class(number, name) for number, name in names)
        raise ValueError(
            f"{file}: `data.normal` must be the number of a class"
            f"{f', of {known}' if known else ''}. Received: normal={normal!r}."
        )


def _check_scale(file, section):
    """Check that it is known how small images become, if they do.

    Those that move in sequences may.
    """
    kind, has_scale = section["kind"], "scale" in section
    may_have = kind == "sequences" and "name" in section
    if has_scale != (kind == "downscaled") and not may_have:
        raise ValueError(
            f"{file}: `data.scale` says how many times smaller the images of the kind "
            "'downscaled' become, or those of a data set that move in 'sequences', and "
            f"those of no other kind. Received: kind={kind!r}, "
            f"scale={section.get('scale')!r}."
        )


def _check_frames(file, section):
    """Check that it is known how long sequences are, and of nothing else."""
    if ("frames" in section) != (section["kind"] == "sequences"):
        raise ValueError(
            f"{file}: `data.frames` says of how many images the next one is to be "
            "predicted, for the kind 'sequences' and no other. Received: "
            f"kind={section['kind']!r}, frames={section.get('frames')!r}."
        )


def kinds_of(model_class):
    """The kinds of data that have the parts of a model's class, of `KINDS`."""
    declared = tuple(map(type, model_class.parts.values()))
    return tuple(
        kind
        for kind, parts in KINDS.items()
        if parts == declared and (kind not in UNPAIRED) == model_class.paired
    )


def _check_network(file, config, player, model_class):
    """Check that a network is for what the model trains on, like images and labels."""
    name = _require(file, config, player, "network")
    _check_choice(file, f"{player}.network", name, _public(networks))
    classes = [*_variant_classes(), model_class]
    of_data = {n for cls in classes for part in cls.parts.values() for n in part.given}
    taken = [n for n in _arguments(getattr(networks, name)) if n in of_data]
    if len(taken) != len(parts_of(model_class, player)):
        raise ValueError(
            f"{file}: `{player}.network` must be made for what the class "
            f"{model_class.__name__} trains on. Received: {name!r}, which takes "
            f"{sorted(taken)}."
        )


def parts_of(model_class, player):
    """Names of the parts of the data that a player's network is made for.

    All of them, but for labels where `generate` is asked for none, unless the class
    says which.
    """
    if player in model_class.network_parts:
        return list(model_class.network_parts[player])
    takes_labels = player != "generator" or model_class.condition_names
    return [
        name
        for name, part in model_class.parts.items()
        if takes_labels or not isinstance(part, Label)
    ]


def _check_averages(file, config):
    """Check the settings of averages, which `AveragedWeights` refuses itself."""
    if "averages" not in config:
        return
    if config.get("optimizer", {}).get("use_ema"):
        raise ValueError(
            f"{file}: either the optimizer averages weights, by `use_ema`, or the "
            "section `averages` says how: remove the latter, or `use_ema` and "
            "`ema_momentum`. Received: both."
        )
    try:
        AveragedWeights(**config["averages"])
    except ValueError as error:
        raise ValueError(f"{file}: `averages`: {error}") from error


def _check_start(file, config):
    """Check what a training begins with, which need not be there any more."""
    if "start" not in config:
        return
    name, count = _require(file, config, "start", "from"), config["start"].get("freeze")
    if not isinstance(name, str) or not name:
        raise ValueError(
            f"{file}: `start.from` must be the name of a preset, or the path of a run "
            f"folder or of a model's file. Received: from={name!r}."
        )
    if count is not None and (type(count) is not int or count < 0):
        raise ValueError(
            f"{file}: `start.freeze` must be an int of at least 0. "
            f"Received: freeze={count!r}."
        )
    licence = config["start"].get("licence")
    if licence is not None and not isinstance(licence, str):
        raise ValueError(
            f"{file}: `start.licence` must be a text. Received: licence={licence!r}."
        )


def _check_call(file, config, section, key, module, choices, given=frozenset()):
    """Check what a section calls, and that it takes the section's other keys."""
    name = _require(file, config, section, key)
    _check_choice(file, f"{section}.{key}", name, choices)
    function = getattr(module, name)
    known = {key, *_arguments(function)} - given - SCHEDULED
    _check_keys(file, f"{section}.", config[section], known)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is parameter.empty and parameter.name in known:
            _require(file, config, section, parameter.name)


def _arguments(callable_):
    """Names of the arguments of a function, or of an optimizer and its bases."""
    if not inspect.isclass(callable_):
        return set(inspect.signature(callable_).parameters)
    names = set()
    for base in inspect.getmro(callable_):
        if base is keras.optimizers.Optimizer:
            break
        names |= set(inspect.signature(base).parameters)
    return names - {"kwargs"}


def _require(file, config, *keys):
    value = config
    for key in keys:
        if key not in value:
            raise ValueError(f"{file}: `{'.'.join(keys)}` is missing.")
        value = value[key]
    return value


def _check_keys(file, prefix, received, known):
    for key in received:
        if key not in known:
            raise ValueError(
                f"{file}: there is no key `{prefix}{key}`.{did_you_mean(key, known)} "
                f"Received: {sorted(received)}."
            )


def _check_choice(file, key, value, choices):
    if value not in choices:
        raise ValueError(
            f"{file}: `{key}` must be one of {sorted(choices)}."
            f"{did_you_mean(str(value), choices)} Received: {value!r}."
        )


def variants():
    """Names of the models in `ganzoo`, sorted."""
    return sorted(_public(models))


def _variant_classes():
    return [getattr(models, name) for name in variants()]


def find_class(name, may_import=False):
    """The class of a model by its name in `ganzoo`, or in a module of the user's own.

    Args:
        name: str. One of `variants()`, or like "my_module:HingeGAN".
        may_import: bool. Whether the module may be imported: only where the user has
            named it, or the recipe that does.

    Raises:
        ValueError: If the module is not there or not imported, or the class is no
            `AdversarialModel` that Keras can load.
    """
    if not user_modules.is_named(name):
        return getattr(models, name)
    found = user_modules.load(name) if may_import else user_modules.find(name)
    if not (inspect.isclass(found) and issubclass(found, AdversarialModel)):
        raise ValueError(
            "A recipe's class derives from `ganzoo.AdversarialModel`. "
            f"Received: class={name!r}, which is {found!r}."
        )
    registered = keras.saving.get_registered_name(found)
    if keras.saving.get_registered_object(registered) is not found:
        raise ValueError(
            f"Decorate {found.__name__} with "
            '`@keras.saving.register_keras_serializable("my_gans")`, so that Keras can '
            f"load its runs. Received: class={name!r}."
        )
    return found


def _optimizer_names():
    return [
        name
        for name in _public(keras.optimizers)
        if inspect.isclass(getattr(keras.optimizers, name))
        and name not in ("Optimizer", "LossScaleOptimizer", "MultiOptimizer")
    ]


@functools.cache
def schedules_by_name():
    """The schedules, of Keras and of ganzoo, that decay over a number of steps."""
    known = {**vars(keras.optimizers.schedules), **vars(schedules)}
    return types.SimpleNamespace(
        **{
            name: value
            for name, value in known.items()
            if inspect.isclass(value) and SCHEDULED <= _arguments(value)
        }
    )


def _public(module):
    return [
        name
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_")
    ]
