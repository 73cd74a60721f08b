"""Recipes: a TOML file of `zoo_configs`, checked, to networks, model and data."""

import dataclasses
import hashlib
import inspect
import re
import sys
import tomllib

import keras
import numpy as np
import tomlkit

from ganzoo import backend
from ganzoo import data
from ganzoo import networks
from ganzoo.backend import seeds
from ganzoo.data import lazy_arrays
from ganzoo.data.datasets import class_attributes
from ganzoo.data.datasets.class_names import find as class_names
from ganzoo.data.disk import image_files
from ganzoo.data.disk import image_info
from ganzoo.data.disk import shards
from ganzoo.data.disk import shards_or_folder
from ganzoo.game.view.chain import packed_shape
from ganzoo.networks import fine_tuning
from ganzoo.system import shipped
from ganzoo.training import dataset_identity
from ganzoo.training import recipe_checks
from ganzoo.training.recipe_checks import KINDS as KINDS
from ganzoo.training.recipe_checks import find_class as find_class
from ganzoo.training.recipe_checks import kinds_of as kinds_of
from ganzoo.training.recipe_checks import variants as variants

# What an optimizer averages weights by: those of the generator, which draws images.
AVERAGING = ("use_ema", "ema_momentum", "ema_overwrite_frequency")


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What it takes to train one model: the sections of its TOML file.

    Args:
        name: str. Name of the file, without its ending.
        text: str. The file as it is.
        config: dict. The same, read and checked.
        origin: `Origin`. The images that a run of it began with, if there is one.
    """

    name: str
    text: str
    config: dict
    origin: dataset_identity.Origin = dataset_identity.Origin()

    @property
    def sha256(self):
        """Hash of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def variant(self):
        """Name of the model's class in `ganzoo`, or like "my_module:HingeGAN"."""
        return self.config["model"]["class"]

    @property
    def model_class(self):
        """The model's class."""
        return find_class(self.variant)

    @property
    def kind(self):
        """What the model trains on, one of `KINDS`: "labels" are images with them."""
        return self.config["data"]["kind"]

    @property
    def batch_size(self):
        return self.config["training"]["batch_size"]

    @property
    def epochs(self):
        return self.config["training"]["epochs"]

    @property
    def passes(self):
        """How often an epoch shows each image."""
        return self.config["training"].get("passes", 1)

    @property
    def stages(self):
        """Epochs of each stage beside the game, a dict by their names."""
        sections = self.config.get("stages", {})
        return {name: sections[name]["epochs"] for name in self.model_class.stages}

    @property
    def averages(self):
        """Whether the generator's weights are averaged."""
        by_optimizer = self.config.get("optimizer", {}).get("use_ema", False)
        return bool(by_optimizer) or "averages" in self.config

    @property
    def start(self):
        """Preset, run folder or file of the model that a run begins with, or None."""
        return self.config.get("start", {}).get("from")

    @property
    def frozen(self):
        """How many lower layers of the discriminator are not trained."""
        return self.config.get("start", {}).get("freeze", 0)

    @property
    def licence(self):
        """What others allow who made the weights that a run begins with, or None."""
        return self.config.get("start", {}).get("licence")

    @property
    def data(self):
        """Name of the data set, or path of the folder of images."""
        section = self.config["data"]
        return section.get("name") or section["folder"]

    @property
    def place(self):
        """Path of the folder of images or shards, or None for a named data set."""
        return self.config["data"].get("folder")

    @property
    def learning_rate(self):
        """What the generator begins with."""
        return self.learning_rate_of("generator")

    def learning_rate_of(self, player):
        """What a player begins with, "discriminator" or "generator"."""
        optimizer = self._optimizer(1) or self.model_class.new_optimizer(player)
        return float(keras.ops.convert_to_numpy(optimizer.learning_rate))

    def load_data(self, split="train", data_dir=None):
        """The arrays that `fit` takes, `(x,)` or `(x, y)`: images are uint8.

        Captions are strings.

        Raises:
            ValueError: As in `load_pictures`.
        """
        return self._arrays(self._load(split, data_dir))

    def hide_labels(self, arrays, seed=0):
        """The arrays that `fit` takes, with as many labels as the recipe keeps.

        Args:
            arrays: tuple of arrays, as of `load_data`.
            seed: int. Which labels are kept, equally many of each class.

        Raises:
            ValueError: As in `ganzoo.data.keep_labels`.
        """
        count = self.config["data"].get("labels")
        if count is None:
            return arrays
        *others, labels = arrays
        return (*others, data.keep_labels(labels, count, seed))

    def in_an_epoch(self, arrays):
        """What an epoch shows of the arrays that `fit` takes, as often as it does."""
        if self.passes == 1:
            return arrays
        return tuple(lazy_arrays.repeated(array, self.passes) for array in arrays)

    def load_pictures(self, split="train", data_dir=None):
        """The `Pictures` of the data set, or of the folder: on disk, of one size.

        Raises:
            ValueError: If they are not found, too few, or not those that a run of this
                recipe began with.
        """
        return self._load(split, data_dir)

    def _load(self, split, data_dir):
        """`Pictures`, or `Pairs` or `Unpaired` where the recipe is for them."""
        found = self._load_all(split, data_dir)
        if self.kind != "one_class":
            return found
        if found.labels is None:
            raise ValueError(
                "The kind 'one_class' needs a class for each image: put those of each "
                f"class into a sub-folder of their own. Received: path={self.data!r}."
            )
        normal = self.config["data"]["normal"]
        images = data.one_class(found.images, found.labels, normal, found.class_names)
        labels = np.full(len(images), normal, "int32")
        return dataclasses.replace(found, images=images, labels=labels)

    def _load_all(self, split, data_dir):
        """The same, of all classes."""
        if self.place:
            return self._open().split(split)
        section = self.config["data"]
        with self.origin.explain_missing("--data-dir"):
            size = section.get("image_size")
            if self.kind == "sequences":
                return data.load(section["name"], split, data_dir=data_dir)
            if self.kind in ("attributes", "captions"):
                of_kind = getattr(data, f"load_{self.kind}")
                return of_kind(section["name"], split, size, data_dir)
            if size is not None:
                pairs = data.load_pairs(section["name"], size, split, data_dir)
                if self.kind == "unpaired":
                    return data.unpaired(pairs)
                if self.kind == "pairs":
                    return pairs
                return data.Pictures(pairs.target, name=pairs.name, split=split)
            return data.load(section["name"], split, data_dir=data_dir)

    def _open(self):
        """The folder, or the shards, as a run of this recipe began with them."""
        section = self.config["data"]
        length = {"frames": section["frames"] + 1} if "frames" in section else {}
        with self.origin.explain_missing("--data"):
            found = shards_or_folder.open_data(
                self.kind,
                self.place,
                section["image_size"],
                section.get("channels"),
                layout=self.origin.layout,
                bit_depth=section.get("bit_depth", image_info.BITS),
                pad=section.get("pad", False),
                **length,
            )
        content = found.survey.content
        self.origin.check(self.place, lambda: self._count_and_hash(found), content)
        return found

    def _count_and_hash(self, found):
        train = found.split("train")
        if not self.model_class.paired:
            return dataset_identity.count_and_hash(self._arrays(train))
        if self.kind == "pairs":
            few = slice(dataset_identity.NUM_HASHED)
            first = data.Pairs(train.source[few], train.target[few])
        else:
            first = train.first(dataset_identity.NUM_HASHED)
        return dataset_identity.count_and_hash(self._arrays(first), len(train))

    def _arrays(self, found):
        if self.kind == "pairs":
            return (found.source, found.target)
        if self.kind == "unpaired_edges":
            found = data.images_and_edges(found)
        if not self.model_class.paired:
            return (found.first, found.second)
        if self.kind in ("images", "one_class"):
            return (found.images,)
        if self.kind == "downscaled":
            scale = self.config["data"]["scale"]
            return (data.downscaled(found.images, scale), found.images)
        if self.kind == "sequences":
            return (found.images if self.place else self._moving(found.images),)
        if self.kind in ("attributes", "captions"):
            return (found.images, getattr(found, self.kind))
        if self.kind == "labels":
            image_files.check_classes(found.name, found.class_names)
            return (found.images, np.asarray(found.labels))
        pairs = data.edges_to_images(found.images)
        return (pairs.source, pairs.target)

    def _moving(self, images):
        """Sequences of the images of a data set, which move."""
        section = self.config["data"]
        if "scale" in section:
            images = data.downscaled(images, section["scale"])
        return data.moving_digits(images, section["frames"] + 1, section["image_size"])

    def find_content(self):
        """Hash of all images of the folder; None for shards and for a data set."""
        if self.place is None or shards.is_shard_directory(self.place):
            return None
        return self._open().survey.content

    def find_names(self):
        """Names of classes, in the order of their labels, or of attributes; or None."""
        if self.kind not in ("labels", "attributes"):
            return None
        if self.place:
            found = self._open().split("train")
            of_labels = self.kind == "labels"
            return found.class_names if of_labels else found.attribute_names
        if self.kind == "attributes":
            return class_attributes.NAMES[self.data]
        return class_names(self.config["data"])

    def without_checks(self):
        """The same recipe, which takes any images for those that a run began with."""
        origin = dataclasses.replace(self.origin, examples=None, content=None)
        return dataclasses.replace(self, origin=origin)

    def move(self, place):
        """The same recipe, for its folder or shards at another place.

        Args:
            place: path. Where they are now.
        """
        there = shards.resolved(place)
        document = tomlkit.parse(self.text)
        document["data"]["folder"] = there
        # As `own_pictures.recipe` begins it.
        header = f" of {self.place},\n", f" of {there},\n"
        moved = parse(self.name, tomlkit.dumps(document).replace(*header))
        return dataclasses.replace(moved, origin=self.origin)

    def adapt(self, data=None, epochs=None):
        """The same networks and game on another data set, or for longer or shorter.

        Args:
            data: str or None. A name of `ganzoo.data.load`; the recipe's own name is
                changed with it.
            epochs: int or None. Stages become longer or shorter by the same share.

        Returns:
            `Recipe`, of a text of its own.

        Raises:
            ValueError: As in `parse`.
        """
        data = data or self.data
        epochs = epochs or self.epochs
        name = self.name.replace(self.data, data)
        document = tomlkit.parse(self._sections())
        if data != self.data:
            document["data"]["name"] = data
        document["training"]["epochs"] = epochs
        for stage in document.get("stages", {}).values():
            share = stage["epochs"].unwrap() * epochs / self.epochs
            stage["epochs"] = max(1, round(share))
        header = f"# {self.name}, on {data} for {epochs} epochs.\n\n"
        return parse(name, header + tomlkit.dumps(document))

    def begin_with(self, source, freeze=0, licence=None):
        """The same recipe, for a training that begins with a trained model.

        Args:
            source: str. Preset, run folder or file of the model.
            freeze: int. Lower layers of the discriminator that are not trained.
            licence: str or None. That of the model.
        """
        document, others = tomlkit.parse(self.text), {}
        if freeze:
            others["freeze"] = freeze
        if licence:
            others["licence"] = licence
        document["start"] = {"from": source, **others}
        return parse(self.name, tomlkit.dumps(document))

    def with_class(self, name):
        """The same recipe for a class of the user's own, named after it.

        Args:
            name: str. Like "my_module:HingeGAN", which has been imported. Options that
                it does not take are left out.
        """
        found = find_class(name)
        document = tomlkit.parse(self._sections())
        for key in set(document["model"]) - found.options() - {"class"}:
            del document["model"][key]
        document["model"]["class"] = name
        own = f"{found.__name__.lower()}_{self.data}"
        header = f"# {self.name} for {name}.\n\n"
        return parse(own, header + tomlkit.dumps(document))

    def _sections(self):
        """The text without what comes before its sections."""
        return self.text[re.search(r"^\[", self.text, re.MULTILINE).start() :]

    def build(self, arrays, seed=None):
        """A new compiled model for arrays like these.

        Args:
            arrays: tuple of NumPy arrays, as of `load_data`.
            seed: int or None. Seed of the initial weights and of the game.

        Returns:
            `AdversarialModel`.
        """
        seeds.check(seed)
        if seed is not None:
            keras.utils.set_random_seed(seed)
        with backend.scope():
            return self._build(arrays, seed)

    def _build(self, arrays, seed):
        shown = max(map(len, arrays)) * self.passes
        kwargs = {
            name: _option(value, shown * self.epochs)
            for name, value in self.config["model"].items()
            if name != "class"
        }
        names = self.find_names()
        sizes = {}
        for (name, part), array in zip(self.model_class.parts.items(), arrays):
            kwargs |= part.arguments(array, names)
            sizes[name] = part.size(array)
        for name in self.model_class.network_names:
            if name in self.config:
                of_packs = kwargs.get("packing", 1) if name == "discriminator" else 1
                made_for = recipe_checks.parts_of(self.model_class, name)
                of_data = [sizes[part] for part in made_for]
                kwargs[name] = _build_network(
                    self.config[name], of_data, of_packs, self.config["model"]
                )
        fine_tuning.freeze(kwargs["discriminator"], self.frozen)
        model = self.model_class(seed=seed, **kwargs)
        model.licence = self.licence
        steps = -(-shown // self.batch_size)
        updates = steps * self.epochs
        model.compile(
            self._optimizer(updates * model.discriminator_steps, without=AVERAGING),
            self._optimizer(updates),
            averages=self.config.get("averages"),
            stage_optimizers=self._stage_optimizers(steps),
            jit_compile=self._jit_compile(),
        )
        return model

    def _jit_compile(self):
        # Keras has no compiled strategy of TensorFlow.
        if backend.placement().devices > 1:
            return "auto"
        # On PyTorch it is another compiler, which takes minutes for each shape.
        if keras.backend.backend() == "torch":
            return "auto"
        return self.config["training"].get("jit_compile", "auto")

    def _stage_optimizers(self, steps):
        """Optimizers of the stages whose learning rate the recipe says.

        Args:
            steps: int. Updates in an epoch.
        """
        found = {}
        for name, section in self.config.get("stages", {}).items():
            if "learning_rate" in section:
                rate = self._rate(section["learning_rate"], steps * section["epochs"])
                found[name] = self.model_class.stages[name].optimizer()
                found[name].learning_rate = rate
        return found

    def _optimizer(self, updates, without=()):
        """A player's optimizer; its schedule ends with the last of its updates."""
        if "optimizer" not in self.config:
            return None
        section = self.config["optimizer"].items()
        config = {key: value for key, value in section if key not in without}
        name = config.pop("name")
        if "learning_rate" in config:
            config["learning_rate"] = self._rate(config["learning_rate"], updates)
        return getattr(keras.optimizers, name)(**config)

    def _rate(self, first, updates):
        """A learning rate, or the schedule that begins with it, if there is one."""
        if "schedule" not in self.config:
            return first
        schedule = dict(self.config["schedule"])
        name = schedule.pop("name")
        return getattr(recipe_checks.schedules_by_name(), name)(
            first, updates, **schedule
        )


def names():
    """Names of all recipes in the package, sorted."""
    return shipped.recipe_names()


def name_classes(model, names):
    """Give a conditional model without names of its classes these, if they fit."""
    if names and model.class_names is None and len(names) == model.num_classes:
        model.class_names = tuple(names)


def paper(variant):
    """Authors and address of a variant's paper, as its module cites it.

    Of a user's own class that cites none, two empty strings.
    """
    module = sys.modules[find_class(variant).__module__]
    cited = shipped.PAPER.search(module.__doc__ or "")
    return cited.groups() if cited else ("", "")


def load(name, may_import=False):
    """Read and check a recipe.

    Args:
        name: str. A name of `names()`, or the path of a TOML file.
        may_import: bool. As in `parse`.

    Returns:
        `Recipe`.

    Raises:
        ValueError: If there is none of that name, or its content is wrong.
    """
    return parse(*shipped.read_recipe(name), may_import)


def parse(name, text, may_import=False):
    """Read and check the text of a recipe.

    Args:
        name: str. What to call it.
        text: str. TOML.
        may_import: bool. Whether its class may be imported from a module of the user's
            own, as in a recipe that the user has named. Else that must have been done.

    Returns:
        `Recipe`.

    Raises:
        ValueError: If its content is wrong.
    """
    file = f"{name}.toml"
    try:
        config = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file} is not valid TOML: {error}.") from error
    recipe_checks.check(file, config, may_import)
    return Recipe(name, text, config)


def _option(value, images):
    """An option of a model; of a table a schedule over all images of a training."""
    if not isinstance(value, dict):
        return value
    table = dict(value)
    first, name = table.pop("value"), table.pop("schedule")
    return getattr(recipe_checks.schedules_by_name(), name)(first, images, **table)


def _build_network(config, sizes, packing, options):
    """A network, which takes the options of its model that are its own too."""
    config = dict(config)
    network = getattr(networks, config.pop("network"))
    taken = inspect.signature(network).parameters
    shared = {key: value for key, value in options.items() if key in taken}
    if packing != 1:
        image_shape, *others = sizes
        sizes = [packed_shape(image_shape, packing), *others]
    return network(*sizes, **{**shared, **config})
