"""The life of a model: saved, loaded, shared and exported."""

import math

import keras
import numpy as np
from keras import ops

from ganzoo.game import averages
from ganzoo.game import network_checks
from ganzoo.networks import exporting
from ganzoo.system import files
from ganzoo.system import providers
from ganzoo.system import resources

OVERHEAD = 1_000_000  # bytes of a file that are no numbers of a model, at most


class Lifecycle:
    """What a `keras.Model` does beside training, for one of two players.

    For an `AdversarialModel`, which says what the players and their variables are.

    Attributes:
        licence: string or None. What others allow who made its weights, if it began
            with such.
    """

    licence = None

    def get_config(self):
        return {
            **super().get_config(),
            **{name: serialize(network) for name, network in self.players.items()},
            "discriminator_steps": self.discriminator_steps,
            "augmentation": list(self.augmentation) or None,
            "r1_weight": keras.saving.serialize_keras_object(self.r1_weight),
            "seed": self.seed,
            **self._further_options(),
        }

    def _further_options(self):
        """Options that are used, without which older releases load the model too."""
        options = {
            "instance_noise": self.instance_noise,
            "packing": self.packing if self.packing > 1 else None,
            "label_smoothing": self.label_smoothing or None,
            "r2_weight": self.r2_weight,
            "roth_weight": self.roth_weight,
            "licence": self.licence,
        }
        return {
            name: keras.saving.serialize_keras_object(value)
            for name, value in options.items()
            if value is not None
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        licence = config.pop("licence", None)
        with network_checks.loading():
            model = cls(**keras.saving.deserialize_keras_object(config))
        model.licence = licence
        return model

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """As in Keras; a file is replaced by a whole one, whenever a kill comes.

        Raises:
            OSError: If it cannot be written, or, before it is begun, of a full disk.
        """
        whole = overwrite and zipped is not False
        if not whole or not _is_local_file(filepath, ".keras"):
            return super().save(filepath, overwrite, zipped, **kwargs)
        resources.check_disk(filepath, self.count_bytes())
        with files.atomic(filepath) as partial:
            super().save(partial, zipped=zipped, **kwargs)

    def save_weights(self, filepath, overwrite=True, max_shard_size=None):
        """As in Keras; a file is replaced by a whole one, whenever a kill comes.

        Raises:
            OSError: As in `save`.
        """
        whole = overwrite and max_shard_size is None
        if not whole or not _is_local_file(filepath, ".weights.h5"):
            return super().save_weights(filepath, overwrite, max_shard_size)
        resources.check_disk(filepath, self.count_bytes())
        with files.atomic(filepath) as partial:
            super().save_weights(partial)

    def count_bytes(self):
        """Bytes of a file of it, about: of all variables, its optimizers' too."""
        optimizers = self.optimizer.variables if self.compiled else []
        numbers = sum(math.prod(v.shape) for v in [*self.variables, *optimizers])
        return 4 * numbers + OVERHEAD

    # Keras leaves the states of seed generators out of its files; a resumed run would
    # draw its old latents again.

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for i, state in enumerate(seed_states(self)):
            store[f"seed_state_{i}"] = ops.convert_to_numpy(state)
        for variable in self._own_state():
            store[variable.name] = ops.convert_to_numpy(variable)

    def load_own_variables(self, store):
        # Keras's store of a file has keys, but is not itself iterable.
        names = set(store.keys())
        state = self._find_saved(names)
        own = [name for name in store.keys() if name.isdecimal()]
        super().load_own_variables({key: store[key] for key in own})
        states = seed_states(self)
        saved = sum(name.startswith("seed_state_") for name in names)
        if saved != len(states):
            raise ValueError(
                f"The networks draw from {len(states)} seed generators, and the file "
                f"is of networks with {saved}: some layer, like a dropout, is missing "
                "on one side."
            )
        for variable in state:
            variable.assign(np.asarray(store[variable.name]))
        for i, state in enumerate(states):
            state.assign(np.asarray(store[f"seed_state_{i}"]))

    def _own_state(self):
        """The variables of training beside the optimizers'."""
        own = self._averages.variables if self.averages else []
        return [*own, *self.counters]

    def _find_saved(self, names):
        """Those of them that a file has; files of older releases have less."""
        own = self._averages if self.averages else None
        averages.warn_of_unused(names, own)
        saved = own.find_saved(names) if own else []
        return [*saved, *(v for v in self.counters if v.name in names)]

    # === Presets ===

    @classmethod
    def from_preset(cls, name, progress=True):
        """Load a trained model of this class, compiled: see `ganzoo.from_preset`.

        Args:
            name: string or path. A name of `ganzoo list`, or a folder of `save_preset`.
            progress: bool. Whether to show a download on the standard error.

        Raises:
            ValueError: If the preset is of another class, or cannot be loaded.
        """
        return providers.presets().from_preset(name, cls, progress)

    def save_preset(self, folder, recipe=None, scores=(), **facts):
        """Write the model and its record to share: `ganzoo.publishing.save_preset`.

        Args:
            folder: path. Made if it is missing; a preset that is in it is replaced.
            recipe: `ganzoo.recipes.Recipe` or None. What it was trained by.
            scores: iterable of dicts, as of `ganzoo.evaluation.evaluate`.
            **facts: Such as "data", "epochs", "seconds", "seed" and "licence".

        Raises:
            ValueError: If the model cannot be shared, or the folder not be written.
        """
        providers.presets().save_preset(self, folder, recipe, scores, **facts)

    # === Files for other programs ===

    def export(self, filepath, format="tf_saved_model", **kwargs):
        """Write the generator in inference mode, to run without ganzoo and Keras.

        The file takes what the generator takes, in batches of any size: float32
        latents and, where there are labels, integers. It returns float32 images in
        [-1, 1], those of the averaged weights if there are any.

        Args:
            filepath: path. A folder for "tf_saved_model", which has the endpoint
                `serve`; a file that ends with ".onnx" or ".tflite" for the others. A
                file is there whole or not at all.
            format: str. "tf_saved_model" (on TensorFlow and JAX), "onnx" (on all
                backends) or "litert" (on TensorFlow).
            **kwargs: `verbose`, `input_signature` and others of `keras.Model.export`.

        Raises:
            ImportError: If a package is missing that converts to this format.
            ValueError: If the format is unknown or none of this backend, or the
                file's name ends like that of another.
        """
        with self.averaged():
            exporting.export(self.generator, filepath, format, **kwargs)


def seed_states(network):
    """The states of all seed generators of a network, which are variables of it."""
    weights = {id(v) for v in network.weights}
    return [v for v in network.variables if id(v) not in weights]


def _is_local_file(path, ending):
    return str(path).endswith(ending) and "://" not in str(path)


def serialize(network):
    """A network's config that says nothing of the devices at hand.

    Batch normalisation that is synchronised between them is of TensorFlow only.
    """

    def alone(config):
        if isinstance(config, dict):
            config = {key: alone(part) for key, part in config.items()}
            return config | (
                {"synchronized": False} if "synchronized" in config else {}
            )
        return [alone(part) for part in config] if isinstance(config, list) else config

    return alone(keras.saving.serialize_keras_object(network))
