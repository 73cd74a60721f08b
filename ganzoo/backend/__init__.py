"""The only rooms of ganzoo that know which framework computes the gradients.

Each backend is one module with three functions and a mixin. `devices()` are the names
of what it computes on. `full_precision()` is a context in which products of float32 are
computed in float32, where accelerators would round them (TensorFloat-32). `feed(data)`
is what a `keras.utils.PyDataset` is best given to `fit` and `evaluate` as. The mixin is
`AdversarialTrainer`, of four methods:

- `train_step`: what `fit()` calls for every batch; it runs `adversarial_step`.
- `test_step`: what `evaluate()` calls for every batch; it runs `evaluation_step`.
- `minimize(loss_fn, batch, variables, optimizer)`: one step down `loss_fn(batch)`,
  whose gradient is scaled and unscaled if the optimizer asks for it.
- `input_gradient(fn, x)`: the derivative of `sum(fn(x))` in `x`, differentiable.
"""

import keras

if keras.backend.backend() == "tensorflow":
    from ganzoo.backend.tensorflow import AdversarialTrainer as AdversarialTrainer
    from ganzoo.backend.tensorflow import devices as devices
    from ganzoo.backend.tensorflow import feed as feed
    from ganzoo.backend.tensorflow import full_precision as full_precision
elif keras.backend.backend() == "jax":
    from ganzoo.backend.jax import AdversarialTrainer as AdversarialTrainer
    from ganzoo.backend.jax import devices as devices
    from ganzoo.backend.jax import feed as feed
    from ganzoo.backend.jax import full_precision as full_precision
elif keras.backend.backend() == "torch":
    from ganzoo.backend.torch import AdversarialTrainer as AdversarialTrainer
    from ganzoo.backend.torch import devices as devices
    from ganzoo.backend.torch import feed as feed
    from ganzoo.backend.torch import full_precision as full_precision
else:
    raise RuntimeError(
        "ganzoo trains on the 'tensorflow', 'jax' and 'torch' backends of Keras. "
        f"Received: KERAS_BACKEND='{keras.backend.backend()}'."
    )
