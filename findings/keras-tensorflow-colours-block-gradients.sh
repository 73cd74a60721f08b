#!/usr/bin/env bash
# On TensorFlow, no gradient passes Keras's augmentations of hue, saturation and jitter.
#
# Versions:  keras 3.15.1, tensorflow-cpu 2.21.0, jax 0.10.2
# Behaviour: RandomHue, RandomSaturation and RandomColorJitter convert to HSV and back. The
#            way back is marked as not differentiable in TensorFlow, so that the gradient is
#            None, and not an error. On JAX (and PyTorch) it is there. RandomContrast passes
#            gradients everywhere. An optimizer refuses to step where all gradients are
#            None; where another loss reaches the weights, it takes that one's.
# Output:    the gradient in the image, and whether a generator's step by a loss
#            through the augmentation, beside an L1 loss, is that by the L1 loss alone
#            tensorflow, RandomContrast: a number, False
#            tensorflow, RandomSaturation: None, True
#            tensorflow, RandomHue: None, True
#            tensorflow, RandomColorJitter: None, True
#            jax, RandomContrast: a number, False
#            jax, RandomSaturation: a number, False
#            jax, RandomHue: a number, False
#            jax, RandomColorJitter: a number, False
# For GANs:  to train with few images, what the discriminator sees is augmented, and the
#            generator learns through the augmentation. pix2pix and CycleGAN have an L1 loss
#            beside it: there the generator trains by L1 alone, as if it had no opponent,
#            on one backend of three. All losses are logged as ever.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2
cd "$folder"
cat > colours.py <<'PYTHON'
import keras
import numpy as np
from keras import layers
from keras import ops

backend = keras.backend.backend()
images = np.random.default_rng(0).random((4, 8, 8, 3)).astype("float32")
RANGE = {"value_range": (0, 1), "seed": 1}
AUGMENTATIONS = [
    layers.RandomContrast(0.5, **RANGE),
    layers.RandomSaturation(0.5, **RANGE),
    layers.RandomHue(0.3, **RANGE),
    layers.RandomColorJitter((0, 1), 0.2, 0.2, 0.2, 0.2, seed=1),
]


def gradient_norm(loss):
    """Of a loss, in its images; None if there is no gradient."""
    if backend == "jax":
        import jax

        return float(np.linalg.norm(jax.grad(loss)(jax.numpy.asarray(images))))
    import tensorflow as tf

    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(x)
    gradient = tape.gradient(value, x)
    return None if gradient is None else float(np.linalg.norm(gradient))


class Translator(keras.Model):
    """A generator that learns through a discriminator of augmented images, and by L1."""

    def __init__(self, adversarial):
        super().__init__()
        keras.utils.set_random_seed(0)
        self.generator = layers.Conv2D(3, 3, padding="same", activation="sigmoid")
        self.adversarial = adversarial

    def call(self, x):
        return self.generator(x)

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        l1 = ops.mean(ops.abs(y - y_pred))
        return l1 if self.adversarial is None else l1 + self.adversarial(y_pred)


def weights_after_a_step(adversarial):
    model = Translator(adversarial)
    model.compile(keras.optimizers.SGD(1.0))
    model.fit(images, images, verbose=0)
    return model.get_weights()


keras.utils.set_random_seed(0)
discriminator = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(1, 3)])
discriminator.trainable = False
by_l1 = weights_after_a_step(None)
for augmentation in AUGMENTATIONS:

    def adversarial(x, augmentation=augmentation):
        return -ops.mean(discriminator(augmentation(x, training=True)))

    norm = gradient_norm(adversarial)
    weights = weights_after_a_step(adversarial)
    alone = all(np.array_equal(*pair) for pair in zip(weights, by_l1))
    shown = "None" if norm is None else "a number" if norm > 0 else "0"
    print(f"{backend}, {type(augmentation).__name__}: {shown}, {alone}")
PYTHON
for backend in tensorflow jax; do
    TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=$backend venv/bin/python -W ignore colours.py 2> errors.txt ||
        cat errors.txt
done | tee found.txt
diff found.txt - <<'WANTED'
tensorflow, RandomContrast: a number, False
tensorflow, RandomSaturation: None, True
tensorflow, RandomHue: None, True
tensorflow, RandomColorJitter: None, True
jax, RandomContrast: a number, False
jax, RandomSaturation: a number, False
jax, RandomHue: a number, False
jax, RandomColorJitter: a number, False
WANTED
