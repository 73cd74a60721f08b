"""Architectures, one a file: functions that return a `keras.Model`."""

from ganzoo.networks.acgan import acgan_discriminator as acgan_discriminator
from ganzoo.networks.began import began_discriminator as began_discriminator
from ganzoo.networks.began import began_generator as began_generator
from ganzoo.networks.bigan import bigan_discriminator as bigan_discriminator
from ganzoo.networks.bigan import bigan_encoder as bigan_encoder
from ganzoo.networks.bigan import bigan_generator as bigan_generator
from ganzoo.networks.bigbigan import bigbigan_discriminator as bigbigan_discriminator
from ganzoo.networks.bigbigan import bigbigan_encoder as bigbigan_encoder
from ganzoo.networks.bigbigan import bigbigan_generator as bigbigan_generator
from ganzoo.networks.biggan import biggan_discriminator as biggan_discriminator
from ganzoo.networks.biggan import biggan_generator as biggan_generator
from ganzoo.networks.cgan import cgan_discriminator as cgan_discriminator
from ganzoo.networks.cgan import cgan_generator as cgan_generator
from ganzoo.networks.cogan import cogan_discriminator as cogan_discriminator
from ganzoo.networks.cogan import cogan_generator as cogan_generator
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
from ganzoo.networks.ebgan import ebgan_discriminator as ebgan_discriminator
from ganzoo.networks.gan_cls import gan_cls_discriminator as gan_cls_discriminator
from ganzoo.networks.gan_cls import gan_cls_generator as gan_cls_generator
from ganzoo.networks.gan_cls import gan_cls_image_encoder as gan_cls_image_encoder
from ganzoo.networks.gan_cls import gan_cls_text_encoder as gan_cls_text_encoder
from ganzoo.networks.icgan import icgan_attribute_encoder as icgan_attribute_encoder
from ganzoo.networks.icgan import icgan_discriminator as icgan_discriminator
from ganzoo.networks.icgan import icgan_encoder as icgan_encoder
from ganzoo.networks.icgan import icgan_generator as icgan_generator
from ganzoo.networks.info_gan import info_gan_discriminator as info_gan_discriminator
from ganzoo.networks.info_gan import info_gan_generator as info_gan_generator
from ganzoo.networks.lapgan import lapgan_discriminator as lapgan_discriminator
from ganzoo.networks.lapgan import lapgan_generator as lapgan_generator
from ganzoo.networks.lsgan import lsgan_generator as lsgan_generator
from ganzoo.networks.mlp import maxout_discriminator as maxout_discriminator
from ganzoo.networks.mlp import mlp_generator as mlp_generator
from ganzoo.networks.patchgan import patchgan_discriminator as patchgan_discriminator
from ganzoo.networks.patchgan import (
    patchgan_image_discriminator as patchgan_image_discriminator,
)
from ganzoo.networks.predictive import (
    predictive_discriminator as predictive_discriminator,
)
from ganzoo.networks.predictive import predictive_generator as predictive_generator
from ganzoo.networks.r3gan import r3gan_discriminator as r3gan_discriminator
from ganzoo.networks.r3gan import r3gan_generator as r3gan_generator
from ganzoo.networks.r3gan_conditional import (
    r3gan_conditional_generator as r3gan_conditional_generator,
)
from ganzoo.networks.r3gan_conditional import (
    r3gan_projection_discriminator as r3gan_projection_discriminator,
)
from ganzoo.networks.resnet import resnet_discriminator as resnet_discriminator
from ganzoo.networks.resnet import resnet_generator as resnet_generator
from ganzoo.networks.semi_supervised import (
    semi_supervised_conv_discriminator as semi_supervised_conv_discriminator,
)
from ganzoo.networks.semi_supervised import (
    semi_supervised_discriminator as semi_supervised_discriminator,
)
from ganzoo.networks.semi_supervised import (
    semi_supervised_generator as semi_supervised_generator,
)
from ganzoo.networks.sn_resnet import sn_resnet_discriminator as sn_resnet_discriminator
from ganzoo.networks.sn_resnet import sn_resnet_generator as sn_resnet_generator
from ganzoo.networks.sn_resnet_conditional import (
    sn_resnet_conditional_generator as sn_resnet_conditional_generator,
)
from ganzoo.networks.sn_resnet_conditional import (
    sn_resnet_projection_discriminator as sn_resnet_projection_discriminator,
)
from ganzoo.networks.srgan import srgan_discriminator as srgan_discriminator
from ganzoo.networks.srgan import srgan_generator as srgan_generator
from ganzoo.networks.stylegan import stylegan_generator as stylegan_generator
from ganzoo.networks.stylegan2 import stylegan2_discriminator as stylegan2_discriminator
from ganzoo.networks.stylegan2 import stylegan2_generator as stylegan2_generator
from ganzoo.networks.stylegan2_conditional import (
    stylegan2_conditional_generator as stylegan2_conditional_generator,
)
from ganzoo.networks.stylegan2_conditional import (
    stylegan2_projection_discriminator as stylegan2_projection_discriminator,
)
from ganzoo.networks.stylegan3 import stylegan3_generator as stylegan3_generator
from ganzoo.networks.translator import translator_generator as translator_generator
from ganzoo.networks.unet import unet_generator as unet_generator
from ganzoo.networks.vaegan import vaegan_discriminator as vaegan_discriminator
