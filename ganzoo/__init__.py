"""The zoo of generative adversarial networks, each written like its paper."""

from ganzoo.system import requirements as requirements

# isort: split
from ganzoo import data as data
from ganzoo import evaluation as evaluation
from ganzoo import networks as networks
from ganzoo.game.adversarial_model import AdversarialModel as AdversarialModel
from ganzoo.models.bigan import BiGAN as BiGAN
from ganzoo.models.cgan import CGAN as CGAN
from ganzoo.models.dcgan import DCGAN as DCGAN
from ganzoo.models.gan import GAN as GAN
from ganzoo.models.lsgan import LSGAN as LSGAN
from ganzoo.models.pix2pix import Pix2Pix as Pix2Pix
from ganzoo.models.wgan_gp import WGANGP as WGANGP
from ganzoo.presets.registry import from_preset as from_preset
from ganzoo.system.version import __version__ as __version__
from ganzoo.training import callbacks as callbacks
from ganzoo.training import devices as devices
