"""The variants, one paper a file."""

from ganzoo.models.bigan import BiGAN as BiGAN
from ganzoo.models.cgan import CGAN as CGAN
from ganzoo.models.dcgan import DCGAN as DCGAN
from ganzoo.models.gan import GAN as GAN
from ganzoo.models.lsgan import LSGAN as LSGAN
from ganzoo.models.pix2pix import Pix2Pix as Pix2Pix
from ganzoo.models.wgan_gp import WGANGP as WGANGP
