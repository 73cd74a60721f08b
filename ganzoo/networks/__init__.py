"""Architectures, one a file: functions that return a `keras.Model`."""

from ganzoo.networks.acgan import acgan_discriminator as acgan_discriminator
from ganzoo.networks.bigan import bigan_discriminator as bigan_discriminator
from ganzoo.networks.bigan import bigan_encoder as bigan_encoder
from ganzoo.networks.bigan import bigan_generator as bigan_generator
from ganzoo.networks.cgan import cgan_discriminator as cgan_discriminator
from ganzoo.networks.cgan import cgan_generator as cgan_generator
from ganzoo.networks.dcgan import dcgan_discriminator as dcgan_discriminator
from ganzoo.networks.dcgan import dcgan_generator as dcgan_generator
from ganzoo.networks.dcgan_bidirectional import dcgan_encoder as dcgan_encoder
from ganzoo.networks.dcgan_bidirectional import (
    dcgan_joint_discriminator as dcgan_joint_discriminator,
)
from ganzoo.networks.dcgan_conditional import (
    dcgan_conditional_discriminator as dcgan_conditional_discriminator,
)
from ganzoo.networks.dcgan_conditional import (
    dcgan_conditional_generator as dcgan_conditional_generator,
)
from ganzoo.networks.lsgan import lsgan_generator as lsgan_generator
from ganzoo.networks.mlp import maxout_discriminator as maxout_discriminator
from ganzoo.networks.mlp import mlp_generator as mlp_generator
from ganzoo.networks.patchgan import patchgan_discriminator as patchgan_discriminator
from ganzoo.networks.resnet import resnet_discriminator as resnet_discriminator
from ganzoo.networks.resnet import resnet_generator as resnet_generator
from ganzoo.networks.unet import unet_generator as unet_generator
from ganzoo.networks.vaegan import vaegan_discriminator as vaegan_discriminator
