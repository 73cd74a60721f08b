"""What `evaluation.py` measures torch-fidelity by, in a process without TensorFlow.

python benchmarks/evaluation_torch_fidelity.py weights.npz folder

It says whether torch-fidelity is installed; then, for each line on its standard input,
it computes the statistics of the folder and prints the CPU seconds that they took.
"""

import json
import pathlib
import resource
import sys
import warnings

import numpy as np


def main(weights, folder):
    """Serve until the standard input ends."""
    try:
        from torch_fidelity import metric_fid
        from torch_fidelity import utils
    except ImportError:
        tell(installed=False)
        return
    extractor = utils.create_feature_extractor(
        "inception-v3-compat",
        ["2048"],
        cuda=cuda(),
        feature_extractor_weights_path=converted(pathlib.Path(weights)),
        verbose=False,
    )
    # Its defaults, but for its cache, which would answer in the place of the network.
    options = {"input1": folder, "cuda": cuda(), "cache": False, "verbose": False}
    tell(installed=True)
    for _ in sys.stdin:
        start = cpu_seconds()
        features = utils.extract_featuresdict_from_input_id_cached(
            1, extractor, **options
        )
        statistics = metric_fid.fid_featuresdict_to_statistics(features, "2048")
        tell(cpu=cpu_seconds() - start, mean=float(np.mean(statistics["mu"])))


def tell(**reply):
    """Print one line of JSON at once."""
    print(json.dumps(reply), flush=True)


def cuda():
    """Whether torch has an accelerator."""
    import torch

    return torch.cuda.is_available()


def cpu_seconds():
    """Of this process, and of its readers that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    usages = map(resource.getrusage, whose)
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def converted(path):
    """Write our arrays as the file that torch-fidelity reads; return its path."""
    import torch

    with np.load(path) as arrays:
        arrays = dict(arrays)
    tensors = {
        "fc.weight": arrays.get("fc/kernel", np.zeros((2048, 1008), "float32")).T,
        "fc.bias": np.zeros(1008, "float32"),
    }
    for name in [key[: -len("/var")] for key in arrays if key.endswith("/var")]:
        tensors |= {
            f"{name}.conv.weight": arrays[f"{name}/kernel"].transpose(3, 2, 0, 1),
            f"{name}.bn.weight": np.ones_like(arrays[f"{name}/var"]),
            f"{name}.bn.bias": arrays[f"{name}/beta"],
            f"{name}.bn.running_mean": arrays[f"{name}/mean"],
            f"{name}.bn.running_var": arrays[f"{name}/var"],
            f"{name}.bn.num_batches_tracked": np.array(0),
        }
    path = path.with_suffix(".pth")
    tensors = {k: torch.tensor(np.ascontiguousarray(x)) for k, x in tensors.items()}
    torch.save(tensors, path)
    return str(path)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
