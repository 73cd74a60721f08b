"""What torch-fidelity and clean-fid say of two folders, in a Python that has them.

python benchmarks/cross_check_others.py weights.npz samples reference

The last line on its standard output is JSON: the FID by each, and the versions.
"""

import importlib.metadata
import json
import pathlib
import sys

import evaluation_torch_fidelity as weight_files

DISTRIBUTIONS = ("torch-fidelity", "clean-fid", "torch")


def main(weights, *folders):
    """Score the first folder against the second by both."""
    import torch
    from cleanfid import fid
    from torch_fidelity import metric_fid
    from torch_fidelity import utils

    cuda = weight_files.cuda()
    extractor = utils.create_feature_extractor(
        "inception-v3-compat",
        ["2048"],
        cuda=cuda,
        feature_extractor_weights_path=weight_files.converted(pathlib.Path(weights)),
        verbose=False,
    )

    def statistics(folder):
        features = utils.extract_featuresdict_from_input_id_cached(
            1, extractor, input1=folder, cuda=cuda, cache=False, verbose=False
        )
        return metric_fid.fid_featuresdict_to_statistics(features, "2048")

    def network(images):
        # clean-fid has made floats of the bytes that this network takes.
        return extractor(images.round().to(torch.uint8))[0]

    by_torch_fidelity = metric_fid.fid_statistics_to_metric(
        *map(statistics, folders), verbose=False
    )
    by_clean_fid = fid.compute_fid(
        *folders,
        mode="legacy_tensorflow",
        custom_feat_extractor=network,
        device=torch.device("cuda" if cuda else "cpu"),
        num_workers=0,
        verbose=False,
    )
    found = {
        "torch-fidelity": next(iter(by_torch_fidelity.values())),
        "clean-fid": by_clean_fid,
    }
    versions = {name: importlib.metadata.version(name) for name in DISTRIBUTIONS}
    print()
    print(
        json.dumps({"fid": {k: float(v) for k, v in found.items()}, "peers": versions})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
