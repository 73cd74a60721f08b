"""Results of runs that were never run."""

from ganzoo.evaluation import fingerprint


def result(variant="GAN", seed=0, fid=10.0, parameters=100, **drawn):
    """The result of a run that ended; `drawn` is what its protocol says of samples."""
    reference = {"data": "fashion_mnist", "split": "test", "count": 5, "sha256": "0"}
    drawn = {"count": 5, "mode": "inference mode", "seed": 0, **drawn}
    protocol = {"features": "inception", "reference": reference, "samples": drawn}
    record = {"fid": fid, "protocol": protocol, "fingerprint": fingerprint(protocol)}
    other = {**protocol, "features": "fashion-classifier"}
    second = {"fd": fid / 10, "protocol": other, "fingerprint": fingerprint(other)}
    return {
        **_begun(variant, seed),
        "diverged": None,
        "epochs": 3,
        "pictures": 3000,
        "generator_updates": 30,
        "parameters": parameters,
        "final": [record, second],
        "best": [{**record, "fid": fid - 1}, second],
        "best_epoch": 2,
        "history": [{"seconds": 2.0, "val_fd": fid + 9 - i} for i in range(3)],
        "closer": {"memorisation": 0.01, "classes": [1] * 10},
        "images_per_second": 1000.0,
        "scored_on": {"backend": "tensorflow"},
    }


def lost(variant="GAN", seed=0):
    """The result of a run that diverged in its first epoch."""
    return {
        **_begun(variant, seed),
        "diverged": "It has diverged.",
        "epochs": 0,
        "pictures": 0,
        "generator_updates": 0,
        "best_epoch": None,
        "history": [],
    }


def _begun(variant, seed):
    return {
        "suite": "fashion_mnist",
        "variant": variant,
        "recipe": variant.lower(),
        "folder": f"{variant.lower()}-3epochs-seed{seed}",
        "command": f"made by {variant} {seed}",
        "seed": seed,
        "score": "fid",
        "monitor": "val_fd",
        "collapsed": False,
        "seconds": 2.0,
        "trained_on": {"backend": "<script>alert(1)</script>"},
    }


def seeds(variant, *fids, **more):
    """Results of several seeds with these scores."""
    return [result(variant, i, fid, **more) for i, fid in enumerate(fids)]
