"""The only rooms of ganzoo that know which framework computes the gradients.

Each backend is one module of some functions and a mixin. `devices()` are the names of
what it computes on. `full_precision()` is a context in which products of float32 are
computed in float32, where accelerators would round them (TensorFloat-32).

A batch may be shared by several devices, in Keras's ways: those of `tf.distribute` and
of `keras.distribution`. Each has an equal part of it, and a gradient is that of the
whole. For that there are

- `on_devices(devices, workers, worker)`: a context in which they are used, by what is
  built in a `scope()`; the arguments are those of `ganzoo.devices.use`.
- `placement(model)`: the `Placement` of a model, or without one of what is built now.
- `feed(data, model)`: what `epochs.Epochs` are best given to `fit` and `evaluate` as.
- `per_example(draw, x)`: `draw(count)` at the examples of `x`, where a device sees some
  of them only. It has the part of what one device would draw for all, so that their
  number changes nothing.
- `synchronize(model)`: lets batch normalisation see the whole batch. Raises a
  ValueError for what was not built for the devices.
- `predict_on_batch(network, x)`: as Keras's, by the devices of this process. They have
  equal parts of it, or where there are none not any: what a network draws, and the
  statistics of a batch, are those of one device.

`batch_normalization(x, scale, offset, epsilon)` has the features `x` normalised by the
batch, with its mean and its variance; or it is None where Keras's way is as fast.

`conv(x, kernel, strides, padding)` is the convolution of Keras of an image `(batch,
height, width, in)`, undilated, with a stride for each axis; of as many groups as the
kernel has fewer channels. `conv_transpose(x, kernel, strides, padding)` is the
transposed one.

`lay_out(variables)` orders kernels in memory as the backend reads them fastest. It is
None where that is Keras's order.

`hash_of(variable)` is an int32 that tells floats from others: the sum, as it wraps
around, of their bits, each times its upper half and times its place. It does not depend
on the order in which a device adds up.

`independent_seed(seed)` is the seed of a `SeedGenerator` whose draws have nothing in
common with those of the generators of other seeds.

`traced(fn, model)` is `fn` of arrays and tensors, in any nest, as the backend runs it
fastest again and again: traced once for their shapes, with the weights that the model
has at each call. `fn` may take derivatives by the model; what it returns has none.

The mixin is `AdversarialTrainer`, of seven methods:

- `train_step`: what `fit()` calls for every batch; it runs `training_step`.
- `test_step`: what `evaluate()` calls for every batch; it runs `testing_step`.
- `minimize(loss_fn, batch, variables, optimizer, partial=False)`: one step down
  `loss_fn(batch)`, or its first value where it returns a tuple; the gradient is scaled
  and unscaled if the optimizer asks for it. With `partial` it is 0 in variables that
  the loss does not depend on, of which Keras warns otherwise. Returns what `loss_fn`
  has returned.
- `when(condition, fn)`: calls `fn()`, which updates variables and returns nothing, if a
  scalar is true, which may be a tensor that is not known yet. If not, nothing of it is
  computed. Not on several devices of TensorFlow, which apply no gradients so.
- `gradient_and_outputs(fn, values)`: `fn(*values)` returns a scalar and other outputs.
  Returns the derivatives of the scalar in each of the list of values, and the outputs,
  all differentiable; zero in what it does not depend on. Only what `fn` computes from
  its arguments counts. Values that depend on weights go on doing so.
- `mean_over_replicas(value)`: the mean of a tensor that each of these devices has of
  its own examples; differentiable.
- `count_replicas()`: how many devices a step is run on, each with its own examples.

A loss may read the variables of the optimizers too, and `counters`, which only a step
changes. (On JAX those of the optimizers are constants in `evaluate`.)
"""

import keras

if keras.backend.backend() == "tensorflow":
    from ganzoo.backend.convolution import conv as conv
    from ganzoo.backend.convolution import conv_transpose as conv_transpose
    from ganzoo.backend.convolution import lay_out as lay_out
    from ganzoo.backend.tensorflow import AdversarialTrainer as AdversarialTrainer
    from ganzoo.backend.tensorflow import batch_normalization as batch_normalization
    from ganzoo.backend.tensorflow import devices as devices
    from ganzoo.backend.tensorflow import feed as feed
    from ganzoo.backend.tensorflow import full_precision as full_precision
    from ganzoo.backend.tensorflow import hash_of as hash_of
    from ganzoo.backend.tensorflow import independent_seed as independent_seed
    from ganzoo.backend.tensorflow import on_devices as on_devices
    from ganzoo.backend.tensorflow import per_example as per_example
    from ganzoo.backend.tensorflow import placement as placement
    from ganzoo.backend.tensorflow import predict_on_batch as predict_on_batch
    from ganzoo.backend.tensorflow import scope as scope
    from ganzoo.backend.tensorflow import synchronize as synchronize
    from ganzoo.backend.tensorflow import traced as traced
elif keras.backend.backend() == "jax":
    from ganzoo.backend.convolution import conv as conv
    from ganzoo.backend.convolution import conv_transpose as conv_transpose
    from ganzoo.backend.convolution import lay_out as lay_out
    from ganzoo.backend.jax import AdversarialTrainer as AdversarialTrainer
    from ganzoo.backend.jax import batch_normalization as batch_normalization
    from ganzoo.backend.jax import devices as devices
    from ganzoo.backend.jax import feed as feed
    from ganzoo.backend.jax import full_precision as full_precision
    from ganzoo.backend.jax import hash_of as hash_of
    from ganzoo.backend.jax import independent_seed as independent_seed
    from ganzoo.backend.jax import on_devices as on_devices
    from ganzoo.backend.jax import per_example as per_example
    from ganzoo.backend.jax import placement as placement
    from ganzoo.backend.jax import predict_on_batch as predict_on_batch
    from ganzoo.backend.jax import scope as scope
    from ganzoo.backend.jax import synchronize as synchronize
    from ganzoo.backend.jax import traced as traced
else:
    from ganzoo.backend.torch import AdversarialTrainer as AdversarialTrainer
    from ganzoo.backend.torch import batch_normalization as batch_normalization
    from ganzoo.backend.torch import devices as devices
    from ganzoo.backend.torch import feed as feed
    from ganzoo.backend.torch import full_precision as full_precision
    from ganzoo.backend.torch import hash_of as hash_of
    from ganzoo.backend.torch import independent_seed as independent_seed
    from ganzoo.backend.torch import on_devices as on_devices
    from ganzoo.backend.torch import per_example as per_example
    from ganzoo.backend.torch import placement as placement
    from ganzoo.backend.torch import predict_on_batch as predict_on_batch
    from ganzoo.backend.torch import scope as scope
    from ganzoo.backend.torch import synchronize as synchronize
    from ganzoo.backend.torch import traced as traced
    from ganzoo.backend.torch_convolution import conv as conv
    from ganzoo.backend.torch_convolution import conv_transpose as conv_transpose
    from ganzoo.backend.torch_convolution import lay_out as lay_out
