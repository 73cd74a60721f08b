"""How processes of tests are started."""

import importlib.util

# Keras loads in half the time on JAX, for what neither trains nor draws.
QUICK = {"KERAS_BACKEND": "jax"} if importlib.util.find_spec("jax") else {}
