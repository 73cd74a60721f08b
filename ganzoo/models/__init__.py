"""The variants, one paper a file: the command calls each by the name of its file."""

from ganzoo.models.acgan import ACGAN as ACGAN
from ganzoo.models.ali import ALI as ALI
from ganzoo.models.began import BEGAN as BEGAN
from ganzoo.models.bigan import BiGAN as BiGAN
from ganzoo.models.bigbigan import BigBiGAN as BigBiGAN
from ganzoo.models.biggan import BigGAN as BigGAN
from ganzoo.models.cgan import CGAN as CGAN
from ganzoo.models.cogan import CoGAN as CoGAN
from ganzoo.models.conditional_r3gan import ConditionalR3GAN as ConditionalR3GAN
from ganzoo.models.conditional_stylegan2 import (
    ConditionalStyleGAN2 as ConditionalStyleGAN2,
)
from ganzoo.models.cyclegan import CycleGAN as CycleGAN
from ganzoo.models.dcgan import DCGAN as DCGAN
from ganzoo.models.dragan import DRAGAN as DRAGAN
from ganzoo.models.ebgan import EBGAN as EBGAN
from ganzoo.models.fanogan import FAnoGAN as FAnoGAN
from ganzoo.models.gan import GAN as GAN
from ganzoo.models.gan_cls import GANCLS as GANCLS
from ganzoo.models.hinge_gan import HingeGAN as HingeGAN
from ganzoo.models.icgan import IcGAN as IcGAN
from ganzoo.models.info_gan import InfoGAN as InfoGAN
from ganzoo.models.lapgan import LAPGAN as LAPGAN
from ganzoo.models.lsgan import LSGAN as LSGAN
from ganzoo.models.minimax_gan import MinimaxGAN as MinimaxGAN
from ganzoo.models.pix2pix import Pix2Pix as Pix2Pix
from ganzoo.models.predictive_gan import PredictiveGAN as PredictiveGAN
from ganzoo.models.projection_gan import ProjectionGAN as ProjectionGAN
from ganzoo.models.r3gan import R3GAN as R3GAN
from ganzoo.models.rp_gan import RpGAN as RpGAN
from ganzoo.models.semi_supervised_gan import SemiSupervisedGAN as SemiSupervisedGAN
from ganzoo.models.sngan import SNGAN as SNGAN
from ganzoo.models.srgan import SRGAN as SRGAN
from ganzoo.models.stylegan import StyleGAN as StyleGAN
from ganzoo.models.stylegan2 import StyleGAN2 as StyleGAN2
from ganzoo.models.stylegan3 import StyleGAN3 as StyleGAN3
from ganzoo.models.unrolled_gan import UnrolledGAN as UnrolledGAN
from ganzoo.models.vaegan import VAEGAN as VAEGAN
from ganzoo.models.wgan import WGAN as WGAN
from ganzoo.models.wgan_gp import WGANGP as WGANGP

# What `ganzoo train --data` trains unless it is told.
DEFAULT = "dcgan"
