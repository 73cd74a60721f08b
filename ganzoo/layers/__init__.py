"""Layers, one a file, each a registered Keras layer."""

from ganzoo.layers.batch_normalization import BatchNormalization as BatchNormalization
from ganzoo.layers.dropout import Dropout as Dropout
from ganzoo.layers.layer_normalization import LayerNormalization as LayerNormalization
from ganzoo.layers.subpixel import SubpixelConv2D as SubpixelConv2D
from ganzoo.layers.subpixel import SubpixelConv2DTranspose as SubpixelConv2DTranspose
