"""Results of runs that were never run."""

from ganzoo.evaluation import fingerprint


def result(variant="GAN", seed=0, fid=10.0, **protocol):
    """What is looked at of a run's result."""
    reference = {"data": "fashion_mnist", "split": "test", "count": 5}
    drawn = {"count": 5, "mode": "inference mode", "seed": 0, **protocol}
    protocol = {"features": "inception", "reference": reference, "samples": drawn}
    record = {"fid": fid, "protocol": protocol, "fingerprint": fingerprint(protocol)}
    return {
        "variant": variant,
        "recipe": variant.lower(),
        "seed": seed,
        "score": "fid",
        "diverged": None,
        "collapsed": False,
        "final": [record],
        "best": [{**record, "fid": fid - 1}],
        "seconds": 2.0,
        "images_per_second": 1000.0,
    }


def lost(variant="GAN", seed=0):
    kept = ("variant", "recipe", "seed", "score", "seconds")
    whole = result(variant, seed)
    return {**{key: whole[key] for key in kept}, "diverged": "It has diverged."}
