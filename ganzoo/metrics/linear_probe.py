"""Linear probe: how well a linear classifier tells classes from features."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from ganzoo.metrics.checks import check_features
from ganzoo.metrics.checks import check_labels

PENALTY = 1e-4
STEPS = 1_000


def linear_probe_accuracy(train, train_labels, test, test_labels):
    """Return the share of `test` that a linear classifier of `train` labels right.

    It is multinomial logistic regression of features with mean 0 and standard deviation
    1 in `train`: the weights that minimise the mean cross-entropy plus `PENALTY / 2`
    times their squared norm, found by L-BFGS. Nothing in it is drawn.

    Args:
        train: real array of shape `(train_count, dimension)`.
        train_labels: integer array of shape `(train_count,)`.
        test: real array of shape `(test_count, dimension)`.
        test_labels: integer array of shape `(test_count,)`.

    Returns:
        A float between 0 and 1.

    Raises:
        ValueError: If labels and features differ in number, the training labels are of
            one class, or the features are not finite or of two dimensions.
    """
    train, test = check_features(train=train, test=test)
    train_labels = check_labels("train", train, train_labels)
    test_labels = check_labels("test", test, test_labels)
    classes, targets = np.unique(train_labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            "`train_labels` must be of two classes or more. "
            f"Received: labels of {len(classes)}."
        )
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    weights = _fit(_with_ones((train - mean) / scale), targets, len(classes))
    found = classes[np.argmax(_with_ones((test - mean) / scale) @ weights, axis=1)]
    return float(np.mean(found == test_labels))


def _fit(x, targets, classes):
    """Weights `(dimension + 1, classes)`, of which the last row is not penalised."""
    one_hot = np.eye(classes)[targets]
    penalised = np.full((x.shape[1], 1), PENALTY)
    penalised[-1] = 0

    def loss_and_gradient(flat):
        weights = flat.reshape(-1, classes)
        log_p = log_softmax(x @ weights, axis=1)
        loss = -np.mean(log_p[np.arange(len(x)), targets])
        gradient = x.T @ (np.exp(log_p) - one_hot) / len(x)
        loss += (penalised * weights**2).sum() / 2
        return loss, (gradient + penalised * weights).ravel()

    start = np.zeros(x.shape[1] * classes)
    options = {"maxiter": STEPS, "maxfun": 2 * STEPS, "gtol": 1e-6, "ftol": 0.0}
    found = minimize(
        loss_and_gradient, start, jac=True, method="L-BFGS-B", options=options
    )
    return found.x.reshape(-1, classes)


def _with_ones(x):
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)
