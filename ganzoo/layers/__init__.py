"""Layers, one a file, each a registered Keras layer."""

from ganzoo.layers.batch_normalization import BatchNormalization as BatchNormalization
from ganzoo.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization as ConditionalBatchNormalization,
)
from ganzoo.layers.convolution import Conv2D as Conv2D
from ganzoo.layers.convolution import Conv2DTranspose as Conv2DTranspose
from ganzoo.layers.convolution import GroupedConv2D as GroupedConv2D
from ganzoo.layers.depth_to_space import DepthToSpace as DepthToSpace
from ganzoo.layers.depth_to_space import EqualSubkernels as EqualSubkernels
from ganzoo.layers.layer_normalization import (
    InstanceNormalization as InstanceNormalization,
)
from ganzoo.layers.layer_normalization import LayerNormalization as LayerNormalization
from ganzoo.layers.minibatch_discrimination import (
    MinibatchDiscrimination as MinibatchDiscrimination,
)
from ganzoo.layers.orthogonality import OffDiagonalRegularizer as OffDiagonalRegularizer
from ganzoo.layers.random_draws import Dropout as Dropout
from ganzoo.layers.random_draws import GaussianNoise as GaussianNoise
from ganzoo.layers.self_attention import SelfAttention as SelfAttention
from ganzoo.layers.spectral_normalization import SpectralConv2D as SpectralConv2D
from ganzoo.layers.spectral_normalization import SpectralDense as SpectralDense
from ganzoo.layers.spectral_normalization import SpectralEmbedding as SpectralEmbedding
from ganzoo.layers.style import (
    AdaptiveInstanceNormalization as AdaptiveInstanceNormalization,
)
from ganzoo.layers.style import DistanceAttention as DistanceAttention
from ganzoo.layers.style import EqualizedConv2D as EqualizedConv2D
from ganzoo.layers.style import EqualizedDense as EqualizedDense
from ganzoo.layers.style import FilteredLeakyReLU as FilteredLeakyReLU
from ganzoo.layers.style import FourierFeatures as FourierFeatures
from ganzoo.layers.style import LearnedConstant as LearnedConstant
from ganzoo.layers.style import MagnitudeNormalization as MagnitudeNormalization
from ganzoo.layers.style import MinibatchDeviation as MinibatchDeviation
from ganzoo.layers.style import ModulatedConv2D as ModulatedConv2D
from ganzoo.layers.style import Noise as Noise
from ganzoo.layers.style import Resampling2D as Resampling2D
from ganzoo.layers.style import Truncation as Truncation
from ganzoo.layers.subpixel import SubpixelConv2D as SubpixelConv2D
from ganzoo.layers.subpixel import SubpixelConv2DTranspose as SubpixelConv2DTranspose
from ganzoo.layers.virtual_batch_normalization import ReferenceBatch as ReferenceBatch
from ganzoo.layers.virtual_batch_normalization import (
    VirtualBatchNormalization as VirtualBatchNormalization,
)
from ganzoo.layers.virtual_batch_normalization import (
    WithoutReference as WithoutReference,
)
from ganzoo.layers.weight_normalization import (
    WeightNormalizedDense as WeightNormalizedDense,
)
