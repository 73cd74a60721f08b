"""A trained model as a source of images, and the scores that only its kind has."""

import functools
import pathlib

import keras
import numpy as np
from keras import ops

from ganzoo.data import pixels
from ganzoo.features.prediction import predict
from ganzoo.game.inversion import features
from ganzoo.metrics import neighbours
from ganzoo.metrics import paired
from ganzoo.presets import records
from ganzoo.presets import registry
from ganzoo.scoring import generated
from ganzoo.scoring import sources
from ganzoo.training import run_folder


class ModelSource:
    """A model that brings its data with it: of a run folder, or a preset.

    Args:
        name: string. What it goes by.
        model: `AdversarialModel`.
        recipe: `Recipe`, or None where a preset has none.
        seed: int or None. What it was trained with.
        epochs: int or None. For how long.
        averages: bool. Whether its images are of averaged weights.
        data_dir: path or None. Where the raw files of its data are.
        rounded: bool. Whether its kernels were rounded to 16 bits.
    """

    def __init__(
        self, name, model, recipe, seed, epochs, averages, data_dir=None, rounded=False
    ):
        self.name = name
        self.model = model
        self.recipe = recipe
        self.seed = seed
        self.epochs = epochs
        self.averages = averages
        self.data_dir = data_dir
        self.rounded = rounded
        self.translates = model.translates
        # Whether there is an image that a translation should be.
        self.has_targets = model.translates and model.paired

    @classmethod
    def find(cls, name, data_dir=None):
        """The model that a name means, or None.

        Raises:
            ValueError: If a run folder holds no model, or as in `from_preset`.
        """
        if not isinstance(name, (str, pathlib.Path)):
            return None
        path = pathlib.Path(name).expanduser()
        run_dir = path.parent if path.suffix == ".keras" else path
        if (run_dir / "recipe.toml").is_file():
            model, recipe = registry.open_model(path), run_folder.load_recipe(run_dir)
            seed, epochs = (
                run_folder.load_seed(run_dir),
                run_folder.epochs_of_model(path),
            )
            averages = model.averages
            return cls(str(path), model, recipe, seed, epochs, averages, data_dir)
        if name in registry.names() or (path / records.RECORD).is_file():
            facts = registry.record(name)
            recipe = registry.recipe_of(facts)
            model = registry.open_model(name)
            seed, epochs = facts.get("seed"), facts.get("epochs")
            averages = bool(facts.get("averages"))
            rounded = facts.get(records.ROUNDED) is True
            return cls(
                str(name), model, recipe, seed, epochs, averages, data_dir, rounded
            )
        return None

    @property
    def data(self):
        """The name of the data set."""
        return self._known_recipe().data

    @functools.cached_property
    def test(self):
        """The held-out arrays of the data set."""
        return self._known_recipe().load_data("test", self.data_dir)

    def _known_recipe(self):
        if self.recipe is None:
            raise ValueError(
                "This preset does not tell what it was trained on: name a reference. "
                f"Received: {self.name}."
            )
        return self.recipe

    def source(self, count, seed, domain=0):
        """Images drawn by the model, of one of its domains."""
        arrays = self.test if self.translates else ()
        source = generated.draws(
            self.model, arrays, count, seed, self.name, self.recipe, domain
        )
        source.details["ema"] = self.averages
        source.details["training_seed"] = self.seed
        source.details["training_epochs"] = self.epochs
        if self.rounded:
            source.details[records.ROUNDED] = True
        if self.recipe:
            source.details["recipe"] = self.recipe.name
            source.details["recipe_sha256"] = self.recipe.sha256
        return source

    def reference(self, count, domain=0):
        """Held-out images: where outputs have targets, as many; else all."""
        arrays = self.test
        if self.translates:
            arrays = tuple(array[:count] for array in arrays)
        details = {"data": self.data, "split": "test"}
        name = f"{self.data}:test"
        return generated.references(self.model, arrays, name, details, domain)

    def own_scores(self):
        """The scores of this kind of model, and what a protocol says of them.

        Raises:
            origins.ChangedError: If its own data are not those that it was trained on.
        """
        if "encoder" not in self.model.players or self.recipe is None:
            return {}, {}
        if self.recipe.load_pictures("test", self.data_dir).labels is None:
            return {}, {}
        arrays = self.recipe.load_data("train", self.data_dir)
        untrained = self.recipe.build(arrays, self.seed)
        train, test = (
            self.recipe.load_pictures(split, self.data_dir)
            for split in ("train", "test")
        )
        details = {
            "data": self.data,
            "sha256": sources.Array(train.images, "train").key(),
            "test_sha256": sources.Array(test.images, "test").key(),
            "untrained_seed": self.seed,
        }
        scores = encoder_scores(self.model, untrained, train, test)
        return scores, {"encoder": details}


def encoder_scores(model, untrained, train, test, seed=0):
    """What a model's encoder has learned, beside one that has learned nothing.

    The protocol of Donahue et al. (2017), Section 4.2: a test image is given the
    label of its nearest neighbour among the training images, by `E(x)` and by the
    layer before it.

    Args:
        model: `AdversarialModel` with an encoder, that reconstructs.
        untrained: one of the same networks, before its first step.
        train: `Pictures` with labels.
        test: `Pictures` with labels.
        seed: int. Seed of the images that a reconstruction is compared with.

    Returns:
        Dict of floats: accuracies "nn_accuracy", "nn_accuracy_penultimate" and both
        with "_untrained"; "reconstruction_l1" of test images, and "random_l1" of
        drawn images beside them.
    """
    scores = {}
    for suffix, one in ("", model), ("_untrained", untrained):
        for name, encode in ("", one.encode), ("_penultimate", penultimate(one)):
            accuracy = neighbours.one_nearest_neighbour_accuracy(
                encode(train.images), train.labels, encode(test.images), test.labels
            )
            scores[f"nn_accuracy{name}{suffix}"] = accuracy
    drawn = model.generate(len(test), seed=seed)
    reconstructed = model.reconstruct(test.images)
    scores["reconstruction_l1"] = _mean([paired.l1(test.images, reconstructed)])
    scores["random_l1"] = _mean([paired.l1(test.images, drawn)])
    return scores


def penultimate(model):
    """A function from images to the layer before the encoder's last, `(n, size)`.

    Before the last with weights: what only computes, like a logarithm, is part of it.
    """
    encoder = model.players["encoder"]
    network = keras.Model(encoder.input, features.into_last_layer(encoder.output))

    def encode(images):
        x = ops.convert_to_numpy(pixels.to_float(images))
        with model.averaged():
            return predict(network, x, batch_size=250).reshape(len(images), -1)

    return encode


def _mean(values):
    return float(np.mean(np.concatenate(list(values))))
