"""The layers of StyleGANs: equalised, told a style, and resampled by filters."""

from ganzoo.layers.style.adaptive_normalization import (
    AdaptiveInstanceNormalization as AdaptiveInstanceNormalization,
)
from ganzoo.layers.style.attention import DistanceAttention as DistanceAttention
from ganzoo.layers.style.constant import LearnedConstant as LearnedConstant
from ganzoo.layers.style.equalized import EqualizedConv2D as EqualizedConv2D
from ganzoo.layers.style.equalized import EqualizedDense as EqualizedDense
from ganzoo.layers.style.equalized import scaled_leaky_relu as scaled_leaky_relu
from ganzoo.layers.style.filtered import FilteredLeakyReLU as FilteredLeakyReLU
from ganzoo.layers.style.fourier import FourierFeatures as FourierFeatures
from ganzoo.layers.style.magnitude import (
    MagnitudeNormalization as MagnitudeNormalization,
)
from ganzoo.layers.style.minibatch_deviation import (
    MinibatchDeviation as MinibatchDeviation,
)
from ganzoo.layers.style.modulated import ModulatedConv2D as ModulatedConv2D
from ganzoo.layers.style.noise import Noise as Noise
from ganzoo.layers.style.resampling import Resampling2D as Resampling2D
from ganzoo.layers.style.resampling import upfirdn2d as upfirdn2d
from ganzoo.layers.style.truncation import Truncation as Truncation
