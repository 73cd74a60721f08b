#!/usr/bin/env bash
# On JAX, LeakyReLU has slope 1 at 0, and the absolute value too; elsewhere 0.2 and 0.
#
# Versions:  keras 3.15.1, jax 0.10.2, torch 2.13.0
# Behaviour: At a kink a derivative is a matter of choice, and backends choose otherwise.
#            keras.ops.leaky_relu passes gradients at 0 as for positive numbers on JAX, and
#            as for negative ones on PyTorch (and TensorFlow). Convolutions without bias
#            turn a black image into zeros in all layers, so that the choices multiply. A
#            mean absolute error of 0 has a gradient on JAX, as if all pixels were too dark.
# Output:    black image, 3 layers: gradient over that by hand with slope 0.2
#            torch: 1.0; mean absolute error of equal images: 0.0
#            jax: 125.0; mean absolute error of equal images: -1.0
# For GANs:  discriminators are LeakyReLU throughout, and images of digits in [0, 1] are
#            black for the most part: gradient penalties (WGAN-GP, R1), what the generator
#            learns in the first steps, and saliency are other numbers on JAX. pix2pix,
#            CycleGAN and BEGAN minimise absolute errors, and in half precision many pixels
#            are equal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 torch==2.13.0
cd "$folder"
cat > slopes.py <<'PYTHON'
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
linear = [layers.Conv2D(4, 3, padding="same", use_bias=False) for _ in range(3)]
critic = keras.Sequential(
    [keras.Input((8, 8, 1)), *(x for c in linear for x in (c, layers.LeakyReLU(0.2)))]
)
no_kinks = keras.Sequential([keras.Input((8, 8, 1)), *linear])
black = np.zeros((1, 8, 8, 1), "float32")


def gradient(function):
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(jax.grad(function)(jax.numpy.asarray(black)))
    import torch

    x = torch.tensor(black, requires_grad=True)
    function(x).backward()
    return x.grad.numpy()


through_kinks = gradient(lambda x: ops.sum(critic(x)))
by_hand = 0.2**3 * gradient(lambda x: ops.sum(no_kinks(x)))
ratio = np.linalg.norm(through_kinks) / np.linalg.norm(by_hand)
error = gradient(lambda x: ops.sum(keras.losses.mean_absolute_error(black, x)))
sign = error.mean() + 0.0
name = keras.backend.backend()
print(f"{name}: {ratio:.1f}; mean absolute error of equal images: {sign:.1f}")
PYTHON
for backend in torch jax; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore slopes.py 2> /dev/null
done | tee found.txt
diff found.txt - <<'WANTED'
torch: 1.0; mean absolute error of equal images: 0.0
jax: 125.0; mean absolute error of equal images: -1.0
WANTED
