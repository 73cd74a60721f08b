"""Projection of images onto what a generator can draw, and editing there.

Reference:
    [Zhu et al., 2016](https://arxiv.org/abs/1609.03552)
"""

import functools

import numpy as np
from keras import ops

from ganzoo.backend import seeds
from ganzoo.game import checks
from ganzoo.game.inversion import arguments
from ganzoo.game.inversion import features
from ganzoo.game.inversion import search
from ganzoo.game.inversion.distances import OfNetwork
from ganzoo.game.inversion.distances import Squared
from ganzoo.game.inversion.spaces import LatentSpace
from ganzoo.inputs.parts import Images


class Projection:
    """What an `AdversarialModel` does whose images have latents that can be found."""

    # The spaces that `project` can search and `decode` takes points of, by name.
    spaces = {"z": LatentSpace}

    def project(
        self,
        images,
        *,
        space="z",
        start="random",
        starts=4,
        steps=800,
        learning_rate=0.03,
        prior_weight=0.01,
        feature_weight=0.0,
        mask=None,
        identity=None,
        seed=0,
        return_errors=False,
        verbose=1,
        **conditions,
    ):
        """Find latents whose images are nearest to given ones, by Adam on the latents.

        Minimises `mean (x − G(z))² + α mean (f(x) − f(G(z)))² + λ mean z²` for each
        image by itself, and takes the best of several starts. `f` are features of `D`.
        A prior of a range, like U[−1, 1], keeps `z` there instead of the last term.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            space: str. Where to search. StyleGAN2 has "w" too, its styles, where the
                last term is the distance to their mean.
            start: "random", for draws from the prior; "encoder", for those of `encode`;
                or an array `(n, latent_dim)`, of another space `(n, its size)`.
            starts: int. How many random starts, the same for each image.
            steps: int. With 0 the best start is returned.
            learning_rate: float.
            prior_weight: float. `λ`.
            feature_weight: float. `α`.
            mask: array or None. Which pixels count, from 0 to 1: `(height, width)` for
                all images, or `(n, height, width)`.
            identity: `keras.Model` or None. A network `F` from images in [-1, 1] to
                features. The distance is then `mean (F(x) − F(G(z)))²` instead
                ([Antipov et al., 2017](https://arxiv.org/abs/1702.01983)).
            seed: int or None. Of the random starts, and of conditions that are drawn,
                like `noise="random"`; None draws new ones.
            return_errors: bool. Whether to return the errors too: what is minimised,
                without the last term.
            verbose: 0 or 1. 1 shows progress on the standard error.
            **conditions: As in `generate`, like `labels`, which must be given to a
                model that has them.

        Returns:
            float32 array `(n, latent_dim)`, of another space `(n, its size)`; with
            `return_errors` also `(n,)`.

        Raises:
            ValueError: If the model has no latents, no such space, or several domains,
                images are not as in `fit`, conditions are missing, a mask is of another
                size or empty, a network takes other images, or an argument is out of
                its range.
        """
        arguments.check_inverts(self)
        checks.check_bool("return_errors", return_errors)
        where = self.find_space(space)
        images = self._checked_images(images)
        arguments.check_numbers(
            starts=(starts, 1),
            steps=(steps, 0),
            learning_rate=(learning_rate, None),
            prior_weight=(prior_weight, 0.0),
            feature_weight=(feature_weight, 0.0),
        )
        known = self._known(images, mask, conditions, seed)
        of_latents = isinstance(start, str)
        if of_latents:
            start = self._find_starts(start, images, starts, seed)
        else:
            as_points = functools.partial(arguments.as_latents, what=where.points)
            start = as_points("start", start, len(images), where.size)[:, None]
        if identity is None:
            found = self.search(Squared(float(feature_weight)), space)
        else:
            arguments.check_identity(identity, feature_weight, self)
            # Its weights may be others the next time: it is traced anew.
            found = search.Search(self, OfNetwork(identity), where)
        z, errors = found(
            known,
            start,
            steps=steps,
            rate=learning_rate,
            weight=prior_weight,
            of_latents=of_latents,
            verbose=verbose,
        )
        return (z, errors) if return_errors else z

    def edit_latents(
        self,
        z,
        strokes,
        mask,
        *,
        starts=16,
        steps=200,
        learning_rate=0.03,
        prior_weight=1.0,
        seed=0,
        verbose=1,
        **conditions,
    ):
        """Change latents so that their images come near to strokes on them.

        Minimises `mean m (G(z) − v)² / mean m + λ mean (z − z₀)²` for strokes `v` and
        their mask `m`. Everything outside the mask is free to follow. The best of
        several starts counts: `z₀` itself, where a pixel may be so black that its
        gradient is 0, and others around it.

        Args:
            z: array `(n, latent_dim)`. `z₀`.
            strokes: images as in `project`, one for each latent or one for all.
            mask: array. Where there are strokes, as in `project`. It may be empty, and
                then the latents stay as they are.
            starts: int. How many starts: `z₀`, and others that are `z₀` and half a draw
                from U[−1, 1].
            steps: int. With 0 the best start is returned.
            learning_rate: float.
            prior_weight: float. `λ`: more keeps more of the image.
            seed: int or None. Of the starts.
            verbose: 0 or 1. 1 shows progress on the standard error.
            **conditions: As in `project`.

        Returns:
            float32 array `(n, latent_dim)`.

        Raises:
            ValueError: As in `project`.
        """
        arguments.check_inverts(self)
        z = arguments.as_latents("z", z, None, self.latent_dim)
        strokes = self._checked_images(strokes, "strokes")
        if len(strokes) not in (1, len(z)):
            raise ValueError(
                f"`strokes` must be one image for each of the {len(z)} latents, or one "
                f"for all. Received: strokes of shape {strokes.shape}."
            )
        strokes = np.broadcast_to(strokes, (len(z), *strokes.shape[1:]))
        arguments.check_numbers(
            starts=(starts, 1),
            steps=(steps, 0),
            learning_rate=(learning_rate, None),
            prior_weight=(prior_weight, 0.0),
        )
        known = self._known(strokes, mask, conditions, seed, may_be_empty=True)
        edited, _ = self.search(Squared())(
            known,
            search.starts_around(z, starts, seed),
            steps=steps,
            rate=learning_rate,
            weight=prior_weight,
            centres=z,
            verbose=verbose,
        )
        return edited

    def reconstruct(self, images, **options):
        """`G(z)` of the latents that `project` finds.

        Args:
            images: uint8 array, or floats in [-1, 1], `(n, height, width, channels)`.
            **options: Other arguments of `project`, like `labels`.

        Returns:
            uint8 array `(n, height, width, channels)`.

        Raises:
            ValueError: If errors are to be returned, or as in `project`.
        """
        if options.pop("return_errors", False):
            raise ValueError(
                "`reconstruct` returns images alone: `project` returns errors. "
                "Received: return_errors=True."
            )
        seed = seeds.known(options.pop("seed", 0))
        z = self.project(images, seed=seed, **options)
        given = {k: v for k, v in options.items() if k in self.condition_names}
        found = self.find_conditions(len(z), seed=seed, **given)
        return self.decode(z, found, space=options.get("space", "z"))

    # === Features of the discriminator ===

    def features(self, inputs):
        """What `D` has before its last layer, in inference mode, `(batch, size)`.

        Args:
            inputs: tensor of images, or a list of what `D` takes.

        Raises:
            ValueError: If there is no such layer.
        """
        features = self._searches.features(inputs, training=False)
        flat = ops.reshape(features, (-1, int(np.prod(features.shape[1:]))))
        return ops.cast(flat, self.variable_dtype)

    def check_features(self):
        """Raise a ValueError unless the discriminator has features."""
        _ = self._searches.features

    def discriminator_inputs(self, x, z, conditions):
        """What `D` takes of an image, its latent and its conditions."""
        inputs = [x, *conditions][: len(self.discriminator.inputs)]
        return inputs if len(inputs) > 1 else x

    # === The search ===

    def find_space(self, name):
        """One of the model's `spaces`, a `LatentSpace`.

        Raises:
            ValueError: If there is none of this name.
        """
        if not isinstance(name, str) or name not in self.spaces:
            names = " or ".join(map(repr, self.spaces))
            raise ValueError(
                f"`space` must be {names} for {type(self).__name__}. "
                f"Received: space={name!r}."
            )
        return self._searches.find_space(name)

    def search(self, distance, space="z"):
        """The `Search` of a distance in a space, traced once for a model."""
        if getattr(distance, "feature_weight", 0):
            # Said here as it is, and not out of a traced step.
            self.check_features()
        return self._searches.find(distance, space)

    @functools.cached_property
    def _searches(self):
        return _Searches(self)

    def _checked_images(self, images, name="images"):
        """Images as an array, after a look at them."""
        images = np.asarray(ops.convert_to_numpy(images))
        part = Images(self.image_shape)
        part.check(name, images)
        part.check_values(name, images)
        if not len(images):
            raise ValueError(
                f"`{name}` must hold one image or more. Received: {name} of shape "
                f"{images.shape}."
            )
        return images

    def _known(self, images, mask, conditions, seed, may_be_empty=False):
        """What a search is told of images, by their indexes."""
        found = arguments.find_conditions(self, len(images), conditions, seed)
        mask = arguments.as_mask(mask, images.shape[:3], may_be_empty)
        part = Images(self.image_shape)

        def of(rows):
            converted = part.convert("images", images[rows])
            return {
                "images": np.asarray(ops.convert_to_numpy(converted), "float32"),
                "mask": mask[rows],
                "conditions": [condition[rows] for condition in found],
            }

        return of

    def _find_starts(self, start, images, count, seed):
        """Starts for each image, `(n, count, latent_dim)`."""
        if start == "random":
            drawn = search.draw_starts(self, count, seed)
            return np.broadcast_to(drawn, (len(images), *drawn.shape))
        if start == "encoder" and self.encodes:
            return self.encoded_latents(images)[:, None]
        encoded = " or 'encoder'" if self.encodes else ""
        raise ValueError(
            f"`start` must be 'random'{encoded} or latents of {type(self).__name__}, "
            f"`(n, {self.latent_dim})`. Received: start={start!r}."
        )


class _Searches:
    """The searches of a model, apart from what Keras saves of it."""

    def __init__(self, model):
        self.model = model
        self.found, self.spaces = {}, {}

    def find_space(self, name):
        if name not in self.spaces:
            self.spaces[name] = self.model.spaces[name](self.model)
        return self.spaces[name]

    def find(self, distance, space):
        if (distance, space) not in self.found:
            of_space = self.model.find_space(space)
            self.found[distance, space] = search.Search(self.model, distance, of_space)
        return self.found[distance, space]

    @functools.cached_property
    def features(self):
        if self.model.packing > 1:
            raise ValueError(
                "Pass `feature_weight=0`: this discriminator sees images in packs, and "
                "has no features of one. "
                f"Received: a model of packing={self.model.packing}."
            )
        return features.cut(self.model.discriminator)
