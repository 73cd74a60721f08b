"""The two-player game that every model in the zoo plays."""

import abc
import inspect

import keras
from keras import ops

from ganzoo import backend
from ganzoo.backend import AdversarialTrainer
from ganzoo.backend import seeds
from ganzoo.game import checks
from ganzoo.game import network_checks
from ganzoo.game.compiling import Compiling
from ganzoo.game.derivatives import Derivatives
from ganzoo.game.fitting import Fitting
from ganzoo.game.inversion.anomalies import Anomalies
from ganzoo.game.inversion.projection import Projection
from ganzoo.game.lifecycle import Lifecycle
from ganzoo.game.regularization import Regularization
from ganzoo.game.sampling import Sampling
from ganzoo.game.stages import Stages
from ganzoo.game.step import NoteMean
from ganzoo.game.step import Step
from ganzoo.game.view.augmentation import CHANGES
from ganzoo.game.view.chain import View
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import of_shapes


class AdversarialModel(
    Fitting,
    Stages,
    Step,
    Regularization,
    Derivatives,
    View,
    Sampling,
    Projection,
    Anomalies,
    AdversarialTrainer,
    Compiling,
    Lifecycle,
    keras.Model,
    abc.ABC,
):
    """A generator `G` and a discriminator `D`, trained against each other.

    A variant says what each player minimises, in `discriminator_loss` and
    `generator_loss`. The rest of the game is Algorithm 1 of
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661) for all of them, and
    is here. `fit` takes images as uint8 in 0..255 or as floats in [-1, 1]; the
    networks see float32 in [-1, 1].

    `D` returns logits. Where a paper writes `log D(x)` and `log(1 − D(x))`, a variant
    writes `log_sigmoid(D(x))` and `log_sigmoid(−D(x))`, which are the same and stable.

    Args:
        generator: `keras.Model`. `G`, from latents `(batch, latent_dim)` to images
            `(batch, height, width, channels)` in [-1, 1].
        discriminator: `keras.Model`. `D`, from images to logits `(batch, 1)`, or to a
            dict of outputs with these as its "logit".
        image_shape: tuple or None. What a variant was given beside the networks, which
            they must not contradict.
        discriminator_steps: int or None. Updates of `D` for each update of `G`, `k` in
            the paper; None for as many as the variant's paper has. `fit` splits each
            batch into as many shares, so that every update sees fresh data: with 5
            steps on 64 images each, `batch_size=320`.
        augmentation: sequence of str or None. "color", "translation" and "cutout", or
            some of them: `D` sees all images changed so at random, in
            training ([Zhao et al., 2020](https://arxiv.org/abs/2006.10738)).
        instance_noise: float, `keras.optimizers.schedules.LearningRateSchedule` or
            None. Standard deviation of Gaussian noise that `D` sees on all images, data
            and samples, in training
            ([Sønderby et al., 2017](https://arxiv.org/abs/1610.04490)). A schedule is
            one of the images seen, here and below.
        packing: int. How many images `D` judges together, stacked as channels: all data
            or all samples ([Lin et al., 2018](https://arxiv.org/abs/1712.04086)). A
            batch must be a multiple of `packing * discriminator_steps` images.
        label_smoothing: float. `α` in [0, ½): the label of data is `1 − α` for `D`, and
            that of samples stays 0
            ([Salimans et al., 2016](https://arxiv.org/abs/1606.03498), Section 3.4).
            For losses that are cross-entropies.
        r1_weight: float, `keras.optimizers.schedules.LearningRateSchedule` or None. `γ`
            of the penalty `γ/2 E[‖∇D(x)‖²]` on data, which `D` minimises too
            ([Mescheder et al., 2018](https://arxiv.org/abs/1801.04406)).
        r2_weight: The same for `γ/2 E[‖∇D(G(z))‖²]` on samples.
        roth_weight: The same for `γ/2 (E[(1 − σ(D(x)))² ‖∇D(x)‖²] + E[σ(D(G(z)))²
            ‖∇D(G(z))‖²])` ([Roth et al., 2017](https://arxiv.org/abs/1705.09367)).
        seed: int or None. Seed of the latents and other draws of the game. The
            networks' initial weights follow `keras.utils.set_random_seed`.

    Raises:
        ValueError: If an argument is unknown, the networks do not fit together, return
            no logits or no images in [-1, 1], are frozen or not those of `image_shape`,
            or an option is none, or none for such networks.
    """

    # === What a variant defines ===

    @abc.abstractmethod
    def discriminator_loss(self, batch):
        """Scalar that the discriminator minimises."""

    @abc.abstractmethod
    def generator_loss(self, batch):
        """Scalar that the generator minimises."""

    @staticmethod
    @abc.abstractmethod
    def default_optimizer():
        """A new optimizer as the paper sets it, for either player.

        Where a paper has two, it takes which: "discriminator" or "generator".
        """

    # === What a variant declares, where it differs from this ===

    # How many logits `D` returns for an example.
    logit_count = 1
    # What `fit` takes: a `Part` for each of its arguments.
    parts = {"x": Images("image_shape")}
    # Whether an example of one part belongs to one of the other.
    paired = True
    # Names of the domains of its images. With several, `D` takes a list of images and
    # returns one of logits, and a latent gives an image of each, by a list that `G`
    # returns; or it translates images of each domain into images of the other.
    domains = ("images",)
    # Updates of the discriminator for each of the generator.
    default_discriminator_steps = 1
    # Its networks, by the names of their arguments.
    network_names = ("generator", "discriminator")
    # Those of them that judge images.
    discriminator_names = ("discriminator",)
    # Names of the parts that one of them is made for, by its name, if not of all that
    # both players are told.
    network_parts = {}
    # What `generate` may be asked for beside a number and a seed.
    condition_names = ()
    # Those of them that change nothing where they are not given, and so need not be.
    optional_conditions = ()
    # Names of the codes whose values `traverse` goes through.
    code_names = ()
    # Whether its generator has no tanh at its end, as in the paper.
    ends_linear = False
    # Whether its images are made from images, by `translate`, and not from latents.
    translates = False
    # Whether it translates in training mode: with dropout, by statistics of a batch.
    translates_in_training = False
    # Whether they are larger than those, and made by `super_resolve`.
    enlarges = False
    # How many times as long their sides are.
    scale = 1
    # Least and greatest number of a latent by its prior, between which a search for one
    # stays. None if there is no such limit, as for N(0, I).
    latent_range = None
    # The method that makes its images, and the command for a run in the folder {}.
    image_method, image_command = "generate", "generate {}"
    # How many images it predicts the next one of. None if it does not.
    frames = None
    # Whether the same images can be drawn moved by some pixels, inside `moved`.
    moves_images = False
    # Whether it tells latents of images by a network, `encode`.
    encodes = False
    # Whether it changes attributes of images, by `edit`.
    edits = False
    # Whether it tells images again by a network, and not by a search.
    reconstructs = False
    # Parts of the losses that it reports, by `note`.
    note_names = ()
    # The discriminator's loss where it cannot tell data from samples. None if its loss
    # has no least value, so that it says nothing of who is winning.
    undecided_loss = None
    # Options of every game that it does not have, and why not, by their names.
    lacks = {}
    # Examples that an update of a player needs at least.
    min_examples = 1
    # In which steps `D` minimises R1: every one, or one of so many, for itself.
    r1_interval = 1
    # Whether its `D` may compare the examples of a batch though its slope is penalised.
    compares_examples = False
    # Whether its loss of data is `log_real`, whose labels can be smoothed.
    smooths_labels = False
    # How many classes it knows, and their names, if it does.
    num_classes = None
    class_names = None
    # Names of the attributes that its images have or have not, if it knows any.
    attributes = ()
    # The `ganzoo.data.Vocabulary` of its texts, if it takes texts.
    vocabulary = None

    def __init__(
        self,
        generator,
        discriminator,
        *,
        image_shape=None,
        discriminator_steps=None,
        augmentation=None,
        instance_noise=None,
        packing=1,
        label_smoothing=0.0,
        r1_weight=None,
        r2_weight=None,
        roth_weight=None,
        seed=None,
        **kwargs,
    ):
        weights = {
            "r1_weight": r1_weight,
            "r2_weight": r2_weight,
            "roth_weight": roth_weight,
        }
        options = {
            "augmentation": augmentation,
            "instance_noise": instance_noise,
            "packing": packing,
            **weights,
        }
        checks.check_lacking(type(self), options)
        networks = {"generator": generator, "discriminator": discriminator}
        for name in self.network_names:
            if name not in networks:
                networks[name] = kwargs.pop(name, None)
        checks.check_arguments(type(self), kwargs)
        super().__init__(**kwargs)
        if discriminator_steps is None:
            discriminator_steps = self.default_discriminator_steps
        checks.check_count("discriminator_steps", discriminator_steps)
        for name, network in networks.items():
            network_checks.check_network(name, network)
            setattr(self, name, network)
        self.check_generator()
        self.check_discriminator()
        checks.check_augmentation("augmentation", augmentation, CHANGES)
        checks.check_note_names(self.note_names)
        for name, weight in weights.items():
            if weight is not None:
                checks.check_weight(name, weight)
        checks.check_noise(instance_noise)
        checks.check_smoothing(label_smoothing, type(self))
        self.discriminator_steps = discriminator_steps
        self.augmentation = tuple(augmentation or ())
        self.instance_noise = instance_noise or None
        self.packing = packing
        self.label_smoothing = label_smoothing
        self.r1_weight = r1_weight
        self.r2_weight = r2_weight
        self.roth_weight = roth_weight
        self.seed = seed
        network_checks.check_image_shape("image_shape", image_shape, self.image_shape)
        checks.check_packing(packing)
        if packing > 1:
            network_checks.check_packs(self.discriminator)
        self.check_players()
        if r2_weight is not None or roth_weight is not None:
            self._check_sample_inputs()
        for name, network in networks.items():
            network_checks.check_penalties(name, network)
        network_checks.check_apart(networks)
        for name, network in networks.items():
            network_checks.check_trains(name, network)
        if self.penalizes_slope and not self.compares_examples:
            for name, network in self.judges.items():
                network_checks.check_examples_apart(name, network)
        self.seed_generator = seeds.generator(seed)
        # Drawn from outside training, which it must not disturb.
        self.evaluation_seed_generator = seeds.generator(seed)
        self.discriminator_loss_tracker = keras.metrics.Mean(name="discriminator_loss")
        self.generator_loss_tracker = keras.metrics.Mean(name="generator_loss")
        self.note_trackers = [NoteMean(name=name) for name in self.note_names]
        self.stage_trackers = {
            name: keras.metrics.Mean(name=f"{name}_loss") for name in self.stages
        }
        self._is_training = True
        # Here, so that a loaded model rounds as the one that was saved.
        if backend.lay_out:
            backend.lay_out(self.variables)
        self.built = True

    @classmethod
    def given(cls):
        """Names of arguments that follow from the data, or are networks, as a set."""
        of_parts = {name for part in cls.parts.values() for name in part.given}
        return {"image_shape", *of_parts, *cls.network_names}

    @classmethod
    def options(cls):
        """Names of the other arguments, which a recipe may set, as a set."""
        names = set()
        for base in inspect.getmro(cls)[: inspect.getmro(cls).index(keras.Model)]:
            names |= set(inspect.signature(base).parameters)
        return names - cls.given() - {"args", "kwargs", "seed"}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        # Of releases in which labels were all that there was to be asked for.
        if cls.conditions is not Sampling.conditions and not cls.condition_names:
            cls.condition_names = ("labels",)

    # === What a variant may define, where its paper says otherwise ===

    @property
    def penalizes_slope(self):
        """Whether the discriminator's loss has its gradient in the images."""
        weights = self.r1_weight, self.r2_weight, self.roth_weight
        return any(weight is not None for weight in weights)

    def prior(self, shape, seed):
        """Latents `z ~ N(0, I)` of the given shape."""
        return keras.random.normal(shape, seed=seed)

    @staticmethod
    def sources_and_targets(arrays, domain=0):
        """What its images are made from and are to be like, if it `translates`.

        Args:
            arrays: tuple of arrays, as `fit` takes them.
            domain: int. Of several domains that of the images.
        """
        return arrays

    def data_inputs(self, batch):
        """What `D` sees of data, a tuple whose first is the images.

        As many parts of the batch as it has inputs.
        """
        inputs = len(network_checks.input_shapes(self.discriminator))
        return batch[:inputs] if isinstance(batch, tuple) else (batch,)

    def sample_inputs(self, batch):
        """What `D` sees of samples, a tuple whose first is the images.

        As `data_inputs` of data. A variant whose `D` sees more than images says what.
        """
        x = batch[0] if isinstance(batch, tuple) else batch
        z, given = self.sample_z(x), self.sample_conditions(x)
        images = self.G([z, *given] if given else z)
        return tuple(images) if len(self.domains) > 1 else (images,)

    def check_generator(self):
        """Raise a ValueError unless the generator returns images."""
        domains = len(self.domains)
        if domains == 1:
            network_checks.check_one_output("generator", self.generator)
        else:
            what = "images of each domain"
            network_checks.check_outputs("generator", self.generator, domains, what)
            network_checks.check_own_ends("generator", self.generator)
        network_checks.check_range("generator", self.generator)

    def check_discriminator(self):
        """Raise a ValueError unless the discriminator returns logits."""
        network_checks.check_logits(
            "discriminator", self.discriminator, len(self.domains), self.logit_count
        )

    def check_players(self):
        """Raise a ValueError unless the networks fit together."""
        network_checks.check_latents(self.generator)
        network_checks.check_inputs(
            "discriminator", self.discriminator, self._wanted_images()
        )

    def _wanted_images(self):
        """What the discriminator sees of images, and their shapes, by name."""
        if len(self.domains) == 1:
            return {"the images": self.seen_shape}
        shapes = zip(self.domains, self.image_shapes)
        return {f"images of the domain {name!r}": shape for name, shape in shapes}

    def _check_sample_inputs(self):
        own = type(self).sample_inputs is not AdversarialModel.sample_inputs
        inputs = len(network_checks.input_shapes(self.discriminator))
        if not own and inputs > len(self.domains):
            raise ValueError(
                f"Define `sample_inputs` in {type(self).__name__}, which says what its "
                "discriminator sees of samples, for a penalty on them. Received: "
                f"r2_weight={self.r2_weight!r}, roth_weight={self.roth_weight!r}."
            )

    @property
    def players(self):
        """The networks that are trained, by the names of their arguments."""
        return {name: getattr(self, name) for name in self.network_names}

    @property
    def judges(self):
        """Those of them that judge images."""
        return {name: getattr(self, name) for name in self.discriminator_names}

    @property
    def discriminator_variables(self):
        networks = self.judges.values()
        return [v for network in networks for v in network.trainable_variables]

    @property
    def generator_variables(self):
        return self.generator.trainable_variables

    @property
    def batch_shapes(self):
        """Shapes of the parts of a batch, `()` for an integer label."""
        return {name: part.shape for name, part in self.batch_parts.items()}

    @property
    def batch_parts(self):
        """The parts of a batch, as this model's networks take them."""
        # Of releases in which shapes were all that a variant declared.
        if type(self).batch_shapes is not AdversarialModel.batch_shapes:
            return of_shapes(self.batch_shapes)
        return {name: part.resolve(self) for name, part in self.parts.items()}

    @classmethod
    def settings_for_folder(cls, image_size):
        """Sections of a recipe for images of one's own: networks and optimizer.

        Args:
            image_size: int. Height and width of the images.

        Returns:
            Dict of dicts, as in a recipe: a section for each network, "optimizer", and
            "model" if the model has options of its own. None if the variant is not for
            folders of images.
        """
        return None

    # === What its formulas are made of ===

    def G(self, inputs):
        """Images from the generator, in the mode of the step at hand.

        Of several domains a list of them.
        """
        return self.play(self.generator, inputs)

    def D(self, inputs):
        """Logits from the discriminator, in the mode of the step at hand.

        Of what it sees of images, `see`: wherever a paper writes `D(x)`, Zhao et al.
        (2020), Equations 2 and 3, have `D(T(x))`. Of several domains a list of them.

        Args:
            inputs: tensor of images, or a list or tuple of them and of what else `D`
                takes, like `data_inputs` and `sample_inputs`.
        """
        return self.judge(self._seen(inputs))

    def heads(self, inputs):
        """All outputs of the discriminator, by name: a dict with its "logit"."""
        return self.judge_heads(self._seen(inputs))

    def _seen(self, inputs):
        if not isinstance(inputs, (list, tuple)):
            return self.see(inputs)
        images, others = self._split_images(inputs)
        seen = [*map(self.see, images), *others]
        return seen if len(seen) > 1 else seen[0]

    def _split_images(self, inputs):
        """The images among what `D` takes, one for each domain, and the rest."""
        count = len(self.domains)
        return inputs[:count], inputs[count:]

    def judge(self, inputs):
        """Logits of what the discriminator sees, as it is."""
        return self.judge_heads(inputs)["logit"]

    def judge_heads(self, inputs):
        """All outputs of the discriminator for what it sees, as it is."""
        outputs = self.play(self.discriminator, inputs)
        return outputs if isinstance(outputs, dict) else {"logit": outputs}

    def play(self, network, inputs, training=True):
        """Run a player's network: in training mode inside `fit` that trains it.

        Args:
            network: `keras.Model`.
            inputs: tensor, or list of tensors.
            training: bool. Whether it may be in training mode.
        """
        training = training and self._is_training and self.is_trained(network)
        outputs = network(inputs, training=training)
        # A network in half precision still has its loss computed in full.
        return keras.tree.map_structure(
            lambda output: ops.cast(output, self.variable_dtype), outputs
        )

    def sample_z(self, x):
        """One latent for each example of `x`."""
        return backend.per_example(
            lambda count: self.prior((count, self.latent_dim), self.noise), x
        )

    @property
    def noise(self):
        """The seed generator of the step at hand."""
        if self._is_training:
            return self.seed_generator
        return self.evaluation_seed_generator

    @property
    def image_shape(self):
        """Shape of a generated image, `(height, width, channels)`.

        Of several domains that of the first.
        """
        return self.image_shapes[0]

    @property
    def image_shapes(self):
        """Shapes of generated images, one for each domain."""
        return network_checks.output_shapes(self.generator)

    @property
    def num_attributes(self):
        """How many attributes it knows."""
        return len(self.attributes)

    @property
    def num_words(self):
        """How many tokens texts have: the words that it knows, and one for no word."""
        return len(self.vocabulary)

    @property
    def latent_dim(self):
        """Size of one latent."""
        return network_checks.input_shapes(self.generator)[0][-1]

    def check_trains(self):
        """Raise a ValueError for networks that a step could not train, or not right."""
        for name, network in self.players.items():
            network_checks.check_trains(name, network)
        if self.penalizes_slope:
            for name, network in self.judges.items():
                network_checks.check_second_derivative(name, network)
        checks.check_lazy(self)
        if not self.ends_linear:
            network_checks.warn_of_linear_end("generator", self.generator)

    def call(self, inputs, training=False):
        return self.generator(inputs, training=training)
