"""What the losses of `games` are computed with in Keras, for the peers that use it."""

from keras import ops

mean = ops.mean
square = ops.square
log_sigmoid = ops.log_sigmoid


def norm(gradient):
    """The Euclidean norm for each example."""
    return ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3)))
