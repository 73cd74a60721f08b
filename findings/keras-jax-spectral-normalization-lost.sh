#!/usr/bin/env bash
# On JAX, Keras's SpectralNormalization trains with one kernel, and keeps another.
#
# Versions:  keras 3.15.1, jax 0.10.2, torch 2.13.0
# Behaviour: In a training call the layer assigns the normalised kernel to its variable;
#            in inference it takes the variable as it is. On PyTorch (and TensorFlow) what
#            was assigned is what the optimizer goes on from, so that both are the same. In
#            `fit` on JAX the optimizer goes on from the kernel before the call, and what
#            the layer has assigned is lost: the loss is of a kernel of norm 1, and
#            `predict`, `evaluate` and saved files are of one that was never normalised.
# Output:    norm of the kernel after 20 steps of fit, and prediction over training output
#            torch: 1.0, times 1.0
#            jax: 8.0, times 8.0
# For GANs:  this is the layer of spectrally normalised discriminators. On JAX its logits
#            in `evaluate` and `predict` are other than those that were trained, the more
#            layers the more; the same file of weights is another function on the next
#            backend; and gradients pass through the norm on JAX only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2 torch==2.13.0
cd "$folder"
cat > spectral.py <<'PYTHON'
import keras
import numpy as np
from keras import layers

dense = layers.Dense(3, use_bias=False)
model = keras.Sequential([keras.Input((3,)), layers.SpectralNormalization(dense)])
dense.kernel.assign(np.diag([8.0, 4.0, 2.0]))
x = np.eye(3, dtype="float32")
model.compile(keras.optimizers.SGD(0.0), "mse")  # no step changes the kernel
model.fit(np.tile(x, (20, 1)), np.zeros((60, 3)), batch_size=3, verbose=0)
norm = np.linalg.norm(keras.ops.convert_to_numpy(dense.kernel), 2)
predicted = model.predict(x, verbose=0)
trained = keras.ops.convert_to_numpy(model(x, training=True))
ratio = np.abs(predicted).max() / np.abs(trained).max()
print(f"{keras.backend.backend()}: {norm:.1f}, times {ratio:.1f}")
PYTHON
for backend in torch jax; do
    KERAS_BACKEND=$backend venv/bin/python -W ignore spectral.py 2> /dev/null
done | tee found.txt
diff found.txt - <<'WANTED'
torch: 1.0, times 1.0
jax: 8.0, times 8.0
WANTED
