"""What tests find in their environment, whatever the user's caches and variables hold.

It is set before Keras is imported, and processes that tests start inherit it.
"""

import os
import pathlib
import tempfile
from importlib import metadata

from packaging import version

# Variables of the package, of frameworks, and of libraries that these compute with.
PREFIXES = (
    *(
        "GANZOO_",
        "KERAS_",
        "TOYS_",
        "TF_",
        "TFDS_",
        "JAX_",
        "XLA_",
        "TORCH",
        "PYTORCH_",
    ),
    *("RAY_", "MPL", "MATPLOTLIB", "OMP_", "MKL_", "KMP_", "ONEDNN_", "DNNL_"),
)
DEVICES = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
# Where Keras, ganzoo and tensorflow-datasets keep what they find again.
KEPT = tempfile.TemporaryDirectory(prefix="ganzoo-tests-", ignore_cleanup_errors=True)
FOLDERS = ("KERAS_HOME", "GANZOO_CACHE", "TFDS_DATA_DIR")
# Tests run beside one another, and threads that wait for each other on busy cores take
# ten times as long as one alone.
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
# XLA takes longer to compile small networks well than to run them.
FLAGS = ["--xla_backend_optimization_level=0"]
# Later versions may not know the others, and end a process that names them.
FLAGS_OF_OLD = [
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
]
NEW = {"jaxlib": "0.11", "tensorflow": "2.22"}


def isolate(backend, without_tensorflow, gpu):
    """Set all that a test's result may depend on.

    Args:
        backend: string. Keras's.
        without_tensorflow: boolean. Hide TensorFlow from whoever imports `toys`.
        gpu: boolean. Leave the GPUs to the tests that the user's variables leave.
    """
    for name in [name for name in os.environ if name.startswith(PREFIXES)]:
        del os.environ[name]
    kept = pathlib.Path(KEPT.name)
    os.environ.update({name: str(kept / name.lower()) for name in FOLDERS})
    os.environ.update(dict.fromkeys(THREADS, "1"))
    os.environ["XLA_FLAGS"] = " ".join(FLAGS + FLAGS_OF_OLD * all(map(_is_old, NEW)))
    os.environ["KERAS_BACKEND"] = backend
    if backend == "jax":
        _compile_once(kept)
    if without_tensorflow:
        os.environ["TOYS_WITHOUT_TENSORFLOW"] = "1"
    if not gpu:
        os.environ.update(dict.fromkeys(DEVICES, ""), JAX_PLATFORMS="cpu")


def _is_old(package):
    """Whether a package knows the flags of old, or is not there."""
    try:
        found = version.Version(metadata.version(package))
    except metadata.PackageNotFoundError:
        return True
    return found < version.Version(NEW[package])


def _compile_once(kept):
    """Have JAX keep what it compiles: many tests compile the same networks."""
    os.environ.update(
        JAX_COMPILATION_CACHE_DIR=str(kept / "compiled"),
        JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS="0",
        JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES="-1",
    )
