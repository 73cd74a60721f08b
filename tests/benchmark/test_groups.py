"""Groups of variants by what their classes declare."""

from toy_results import lost

import ganzoo
from ganzoo.benchmark import summary
from ganzoo.benchmark.page import groups
from ganzoo.inputs.parts import Images
from ganzoo.inputs.parts import Vector
from ganzoo.training import recipes


def test_a_class_is_in_the_most_special_group_that_it_declares():
    found = {
        "GAN": "Unconditional",
        "StyleGAN2": "Unconditional",
        "SemiSupervisedGAN": "Trained with labels",
        "CGAN": "Conditional on labels",
        "BigGAN": "Conditional on labels",
        "InfoGAN": "Conditional on codes",
        "GANCLS": "Conditional on texts",
        "BiGAN": "With an encoder",
        "IcGAN": "With an encoder",
        "CoGAN": "Several domains",
        "Pix2Pix": "Image translation",
        "SRGAN": "Super-resolution",
    }
    for name, title in found.items():
        assert groups.find(getattr(ganzoo, name)).title == title, name


def test_a_condition_that_ganzoo_does_not_know_is_a_group_too():
    class OfPoses(ganzoo.AdversarialModel):
        parts = {"x": Images("image_shape"), "y": Vector((3,))}
        condition_names = ("poses", "truncation")

    assert groups.find(OfPoses).title == "Conditional on poses"


def test_groups_have_an_order_and_keep_that_of_their_rows():
    names = ["Pix2Pix", "LSGAN", "BiGAN", "GAN"]
    rows = [row for one in summary.tables(map(lost, names)) for row in one.rows]
    found = [(g.slug, [row.variant for row in of]) for g, of in groups.sort(rows)]
    assert found == [
        ("unconditional", ["LSGAN", "GAN"]),
        ("with-an-encoder", ["BiGAN"]),
        ("image-translation", ["Pix2Pix"]),
    ]


def test_every_variant_is_found_by_name_group_and_author():
    for name in recipes.variants():
        words = groups.words(name)
        assert name.lower() in words
        assert groups.find(getattr(ganzoo, name)).title.lower() in words
    assert "goodfellow" in groups.words("GAN")
