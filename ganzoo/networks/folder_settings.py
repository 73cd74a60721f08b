"""Sections of recipes that suit images of one's own, by their size."""

# From here on residual networks, which Mescheder et al. (2018) made for it.
LARGE = 128
ADAM = {"name": "Adam", "learning_rate": 2e-4, "beta_1": 0.5}
AVERAGED = {"use_ema": True, "ema_momentum": 0.999}
WIDTH = {"filters": 64}


def of_latents(image_size, r1_weight=10.0):
    """Those of a generator of latents and a discriminator of images.

    Args:
        image_size: int. Height and width of the images.
        r1_weight: float or None. Weight of R1 in residual networks, whose authors have
            another optimizer with it.
    """
    if image_size < LARGE:
        return of_networks("dcgan_generator", "dcgan_discriminator")
    sections = {
        **of_networks("resnet_generator", "resnet_discriminator", filters=32),
    }
    if r1_weight:
        sections["model"] = {"r1_weight": r1_weight}
        adam = {"name": "Adam", "learning_rate": 1e-4, "beta_1": 0.0, "beta_2": 0.99}
        sections["optimizer"] = {**adam, **AVERAGED}
    return sections


def of_networks(generator, discriminator, averaged=True, **options):
    """Those of two networks, and of the optimizer that most of the zoo has.

    Args:
        generator: str. Name of a function of `ganzoo.networks`, like what follows.
        discriminator: str.
        averaged: bool. Whether the generator's weights are averaged.
        **options: Arguments of both instead of their usual width.
    """
    return {
        "generator": {"network": generator, **(options or WIDTH)},
        "discriminator": {"network": discriminator, **(options or WIDTH)},
        "optimizer": {**ADAM, **(AVERAGED if averaged else {})},
    }


def with_adam(sections, **adam):
    """The same sections with some of Adam's arguments changed."""
    return {**sections, "optimizer": {**sections["optimizer"], **adam}}


def with_encoder(encoder, discriminator, **options):
    """Those of DCGAN's generator, an encoder, and a discriminator that goes with it.

    Args:
        encoder: str. Name of a function of `ganzoo.networks`, like what follows.
        discriminator: str.
        **options: Arguments of the encoder, beside the usual width.
    """
    sections = of_networks("dcgan_generator", discriminator)
    return {**sections, "encoder": {"network": encoder, **options, **WIDTH}}
