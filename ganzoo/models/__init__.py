"""The variants, one paper a file: the command calls each by the name of its file."""

from ganzoo.models.acgan import ACGAN as ACGAN
from ganzoo.models.bigan import BiGAN as BiGAN
from ganzoo.models.cgan import CGAN as CGAN
from ganzoo.models.dcgan import DCGAN as DCGAN
from ganzoo.models.gan import GAN as GAN
from ganzoo.models.lsgan import LSGAN as LSGAN
from ganzoo.models.pix2pix import Pix2Pix as Pix2Pix
from ganzoo.models.wgan_gp import WGANGP as WGANGP

# What `ganzoo train --data` trains unless it is told.
DEFAULT = "dcgan"
