#!/usr/bin/env bash
# On a CPU, TensorFlow's gradient of x[:, 1:31, 1:31] takes many times that of tf.slice.
#
# Versions:  tensorflow-cpu 2.21.0, keras 3.15.1
# Behaviour: A slice by brackets is a StridedSlice, whose gradient is an operation of its
#            own, even where all strides are 1. That of tf.slice is a Pad. Both have the
#            same gradient to the bit, but forward and backward take 6 to 9 times as
#            long by brackets, under tf.function too, as with keras.layers.Cropping2D.
#            keras.ops.slice is tf.slice.
# Output:    same gradients: True
#            brackets over tf.slice, forward and backward, more than 4: True
#            Cropping2D over tf.slice, forward and backward, more than 4: True
# For GANs:  images are resampled by sums of shifted images (StyleGAN), and convolved in
#            groups by patches, in both networks and again in the gradient penalty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow-cpu==2.21.0 keras==3.15.1
cd "$folder"
cat > slices.py <<'PYTHON'
import statistics
import time

import keras
import tensorflow as tf

x = tf.random.normal((64, 32, 32, 64), seed=0)
wanted = tf.random.normal((64, 30, 30, 64), seed=1)
crop = keras.layers.Cropping2D(1)
WAYS = {
    "tf.slice": lambda x: tf.slice(x, (0, 1, 1, 0), (64, 30, 30, 64)),
    "brackets": lambda x: x[:, 1:31, 1:31],
    "Cropping2D": crop,
}


def gradient_of(way):
    @tf.function
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(way(x) * wanted)
        return tape.gradient(loss, x)

    return gradient


gradients = {name: gradient_of(way) for name, way in WAYS.items()}
found = [gradient(x) for gradient in gradients.values()]
same = all(bool(tf.reduce_all(each == found[0])) for each in found)
times = {name: [] for name in WAYS}
for _ in range(9):
    for name, gradient in gradients.items():
        start = time.perf_counter()
        gradient(x).numpy()
        times[name].append(time.perf_counter() - start)
median = {name: statistics.median(found) for name, found in times.items()}
print(f"same gradients: {same}")
for name in "brackets", "Cropping2D":
    ratio = median[name] / median["tf.slice"]
    print(f"{name} over tf.slice, forward and backward: {ratio:.1f} times", flush=True)
    print(f"{name} over tf.slice, forward and backward, more than 4: {ratio > 4}")
PYTHON
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow venv/bin/python -W ignore slices.py 2> /dev/null | tee all.txt
grep -v times all.txt > found.txt
diff found.txt - <<'WANTED'
same gradients: True
brackets over tf.slice, forward and backward, more than 4: True
Cropping2D over tf.slice, forward and backward, more than 4: True
WANTED
