"""Modulated convolution against its definition, a kernel for each image."""

import keras
import numpy as np
import pytest
from keras import ops

from ganzoo.layers import LearnedConstant
from ganzoo.layers import MinibatchDeviation
from ganzoo.layers import ModulatedConv2D
from ganzoo.layers import Noise
from ganzoo.layers import Truncation
from ganzoo.layers.style.equalized import convolve

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 6, 6, 4)).astype("float32")
STYLES = RNG.normal(size=(3, 8)).astype("float32")


def numpy(x):
    return ops.convert_to_numpy(x)


def modulated(*args, **options):
    keras.utils.set_random_seed(1)
    layer = ModulatedConv2D(5, 3, *args, **options)
    layer.build([X.shape, STYLES.shape])
    layer.bias.assign(RNG.normal(size=5))
    return layer


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def kernels_of(layer):
    """The kernels of a layer, `(kernels, side, side, in, out)`."""
    return np.stack(np.split(numpy(layer.kernel), layer.kernels, axis=2))


@pytest.mark.parametrize("sampling", [None, "up", "down"])
@pytest.mark.parametrize("demodulate", [True, False])
@pytest.mark.parametrize("kernels", [1, 3])
def test_it_is_a_convolution_by_a_kernel_for_each_image(sampling, demodulate, kernels):
    layer = modulated(sampling, demodulate=demodulate, kernels=kernels)
    scales = numpy(layer.to_scales(STYLES))
    shares = np.ones((3, 1))
    if kernels > 1:
        dense = layer.to_kernels
        dense.bias.assign([0.5, -1.0, 0.0])
        logits = STYLES @ numpy(dense.kernel) / np.sqrt(8) + numpy(dense.bias)
        shares = softmax(logits)
    wanted = []
    for x, s, p in zip(X, scales, shares):
        mixed = np.tensordot(p, kernels_of(layer), 1).astype("float32")
        kernel = mixed * s[:, None] / 6
        if demodulate:
            kernel = kernel / np.sqrt((kernel**2).sum((0, 1, 2)) + 1e-8)
        wanted.append(numpy(convolve(x[None], kernel, sampling))[0])
    received = numpy(layer([X, STYLES]))
    np.testing.assert_allclose(received, wanted + numpy(layer.bias), atol=1e-5)
    assert received.shape == layer.compute_output_shape([X.shape, STYLES.shape])


def test_demodulated_outputs_have_variance_1_whatever_the_style():
    x = RNG.normal(size=(3, 40, 40, 4)).astype("float32")
    layer = modulated()
    layer.bias.assign(np.zeros(5))
    y = numpy(layer([x, 3 * STYLES]))[:, 1:-1, 1:-1]
    np.testing.assert_allclose(y.var((0, 1, 2)), 1, atol=0.1)


def test_scale_of_kernel_and_style_leaves_the_outputs_as_they_are():
    layer = modulated()
    before = numpy(layer([X, STYLES]))
    layer.kernel.assign(7 * numpy(layer.kernel))
    np.testing.assert_allclose(numpy(layer([X, STYLES])), before, atol=2e-6)
    layer.to_scales.kernel.assign(7 * numpy(layer.to_scales.kernel))
    layer.to_scales.bias.assign(7 * numpy(layer.to_scales.bias))
    np.testing.assert_allclose(numpy(layer([X, STYLES])), before, atol=2e-6)


def test_one_kernel_is_computed_as_before_there_were_several():
    layer = modulated(kernels=1)
    x = ops.convert_to_tensor(X)
    scales, kernel = layer.to_scales(STYLES), layer.kernel / 6
    squares = ops.sum(ops.square(kernel), axis=(0, 1))
    d = ops.rsqrt(ops.matmul(ops.square(scales), squares) + 1e-8)
    y = convolve(x * scales[:, None, None], kernel) * d[:, None, None] + layer.bias
    np.testing.assert_array_equal(numpy(layer([X, STYLES])), numpy(y))
    config = layer.get_config()
    assert config.pop("kernels") == 1
    assert ModulatedConv2D.from_config(config).get_config() == layer.get_config()
    assert len(layer.weights) == 4


def test_a_style_that_is_sure_picks_one_kernel():
    layer, single = modulated(kernels=3), modulated()
    for i, kernel in enumerate(kernels_of(layer)):
        layer.to_kernels.bias.assign(1e4 * np.eye(3)[i])
        single.set_weights([kernel, *(numpy(w) for w in layer.weights[1:4])])
        wanted = numpy(single([X, STYLES]))
        np.testing.assert_allclose(numpy(layer([X, STYLES])), wanted, atol=1e-5)


def test_kernels_that_cancel_each_other_leave_numbers():
    layer = modulated(kernels=2)
    kernel = numpy(layer.kernel)[:, :, :4]
    layer.kernel.assign(np.concatenate([kernel, -kernel], axis=2))
    # Shares of ½ each.
    layer.to_kernels.kernel.assign(np.zeros((8, 2)))
    received = numpy(layer([X, STYLES]))
    np.testing.assert_allclose(received - numpy(layer.bias), 0, atol=0.01)


def test_less_than_one_kernel_is_refused():
    with pytest.raises(ValueError, match="`kernels` must be an int of at least 1"):
        ModulatedConv2D(5, 3, kernels=0)


def test_without_a_style_nothing_is_scaled():
    layer = modulated(demodulate=False)
    wanted = numpy(convolve(X, numpy(layer.kernel) / 6)) + numpy(layer.bias)
    # The scales start at 1.
    received = numpy(layer([X, 0 * STYLES]))
    np.testing.assert_allclose(received, wanted, atol=1e-5)


def test_noise_is_the_same_for_all_channels_and_starts_at_0():
    layer = Noise(2)
    noise = RNG.normal(size=(3, 40)).astype("float32")
    np.testing.assert_array_equal(numpy(layer([X, noise])), X)
    layer.strength.assign(0.5)
    wanted = X + 0.5 * noise[:, 2:38].reshape(3, 6, 6, 1)
    np.testing.assert_allclose(numpy(layer([X, noise])), wanted, rtol=1e-6)


def test_a_constant_is_the_same_for_all_examples():
    layer = LearnedConstant((2, 3, 4))
    y = numpy(layer(STYLES))
    assert y.shape == (3, 2, 3, 4)
    np.testing.assert_array_equal(y, np.stack(3 * [numpy(layer.constant)]))


# === Minibatch standard deviation ===


def test_minibatch_deviation_is_that_by_hand():
    x = np.float32([[1, 5], [3, 5]]).reshape(2, 1, 1, 2)
    y = numpy(MinibatchDeviation(2)(x))
    # 1 and 0, each with 1e-8 under the root.
    wanted = (np.sqrt(1 + 1e-8) + 1e-4) / 2
    np.testing.assert_allclose(y[..., 2].ravel(), 2 * [wanted], rtol=1e-5)
    np.testing.assert_array_equal(y[..., :2], x)


def test_members_of_a_group_are_as_far_apart_as_there_are_groups():
    x = np.float32([1, 10, 3, 50]).reshape(4, 1, 1, 1)
    y = numpy(MinibatchDeviation(2)(x))[..., 1].ravel()
    np.testing.assert_allclose(y, [1, 20, 1, 20], rtol=1e-5)
    # A batch that is smaller than a group is one.
    y = numpy(MinibatchDeviation(8)(x))[..., 1].ravel()
    np.testing.assert_allclose(y, 4 * [x.std()], rtol=1e-5)


def test_groups_that_do_not_divide_the_batch_are_refused():
    with pytest.raises(ValueError, match="multiple of `group_size`.* a batch of 3"):
        MinibatchDeviation(2)(X)
    with pytest.raises(ValueError, match="`group_size` must be an int"):
        MinibatchDeviation(0)


# === Truncation ===


def test_the_mean_style_follows_in_training_alone():
    """c (1 − 0.995^t) after t steps of a style c."""
    layer, w = Truncation(), np.full((3, 4), 2.0, "float32")
    psi = np.ones((3, 2), "float32")
    for _ in range(5):
        layer([w, psi], training=True)
        layer([w, psi])
    wanted = 2 * (1 - 0.995**5)
    np.testing.assert_allclose(numpy(layer.mean), 4 * [wanted], rtol=1e-5)


def test_truncation_is_of_each_layer_and_1_leaves_the_styles_as_they_are():
    layer = Truncation()
    layer.build([(None, 8), (None, 3)])
    mean = RNG.normal(size=8).astype("float32")
    layer.mean.assign(mean)
    y = numpy(layer([STYLES, np.tile(np.float32([1, 0.5, 0]), (3, 1))]))
    np.testing.assert_array_equal(y[:, 0], STYLES)
    np.testing.assert_allclose(y[:, 1], (STYLES + mean) / 2, atol=1e-6)
    np.testing.assert_allclose(y[:, 2], np.stack(3 * [mean]), atol=1e-6)
