"""What the losses of `games` are computed with in Keras, for the peers that use it."""

from keras import ops


class Arithmetic:
    """All but the slope, whose derivative each framework takes in its own way."""

    mean = staticmethod(ops.mean)
    square = staticmethod(ops.square)
    log_sigmoid = staticmethod(ops.log_sigmoid)

    @staticmethod
    def norm(gradient):
        """The Euclidean norm for each example."""
        return ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3)))
