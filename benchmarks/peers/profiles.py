"""Where TensorFlow's time goes in a contender's steps, by kinds of operations."""

import collections
import pathlib
import re
import tempfile

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

# "name of the node:kind of the operation"; what has two colons is no operation.
OPERATION = re.compile(r".*[^:]:(\w+)")


def profile(run, steps):
    """Run steps under TensorFlow's profiler.

    Args:
        run: function of a number of steps.
        steps: int.

    Returns:
        Dict of milliseconds of a step by kind of operation, summed over threads, the
        longest first.
    """
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            run(steps)
        (path,) = pathlib.Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    picoseconds = collections.Counter()
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                if kind := OPERATION.fullmatch(name):
                    picoseconds[kind[1]] += event.duration_ps
    return {kind: time / 1e9 / steps for kind, time in picoseconds.most_common()}
