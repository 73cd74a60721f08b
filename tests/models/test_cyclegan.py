"""CycleGAN: its losses by hand, both directions, and domains without pairs."""

import functools

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo import networks
from ganzoo.evaluation import Scorer
from ganzoo.game.kinds import translating
from ganzoo.layers import InstanceNormalization
from ganzoo.networks import translator
from ganzoo.scoring import generated
from ganzoo.training import recipes
from ganzoo.visualization import grids
from ganzoo.visualization import image_to_image
from ganzoo.visualization import samples

PIXEL = (1, 1, 1)
X, Y = toys.data("CycleGAN", 10)
# One pixel of each domain, and networks that are lines: w of w pixel + b, and b.
x, y = 0.6, -0.3
G, F, D_B, D_A = (0.7, 0.2), (-1.5, 0.1), (0.8, 0.3), (-0.4, 0.5)
IDENTITY = (1.0, 0.0)


def line(weight, bias):
    """A network of a pixel, `weight * pixel + bias`."""
    pixel = layers.Input(PIXEL)
    model = keras.Model(pixel, layers.Conv2D(1, 1)(pixel))
    model.set_weights([np.full((1, 1, 1, 1), weight), np.array([bias])])
    return model


def lines(forth=G, back=F, judge_b=D_B, judge_a=D_A, **options):
    return ganzoo.CycleGAN(
        generator=line(*forth),
        discriminator=line(*judge_b),
        backward_generator=line(*back),
        backward_discriminator=line(*judge_a),
        **options,
    )


def pixels(a=x, b=y):
    return tuple(ops.full((1, *PIXEL), value) for value in (a, b))


def at(line, pixel):
    return line[0] * pixel + line[1]


def losses(gan, batch):
    return (
        toys.value(gan.discriminator_loss(batch)),
        toys.value(gan.generator_loss(batch)),
    )


def game(**options):
    keras.utils.set_random_seed(1)
    return ganzoo.CycleGAN(**{**toys.networks("CycleGAN"), "seed": 2, **options})


# === Losses ===


def test_losses_are_those_by_hand():
    # Sums over both directions: released code that takes means has half of it.
    gan = lines(cycle_weight=3.0, identity_weight=0.5)
    y_hat, x_hat = at(G, x), at(F, y)
    of_b = (at(D_B, y) - 1) ** 2 / 2 + at(D_B, y_hat) ** 2 / 2
    of_a = (at(D_A, x) - 1) ** 2 / 2 + at(D_A, x_hat) ** 2 / 2
    of_game = (at(D_B, y_hat) - 1) ** 2 + (at(D_A, x_hat) - 1) ** 2
    cycle = abs(at(F, y_hat) - x) + abs(at(G, x_hat) - y)
    identity = abs(at(G, y) - y) + abs(at(F, x) - x)
    wanted = (of_a + of_b, of_game + 3 * cycle + 0.5 * identity)
    assert losses(gan, pixels()) == pytest.approx(wanted, rel=1e-5)
    assert toys.value(gan.identity_loss(pixels())) == pytest.approx(identity, rel=1e-5)


def test_identities_have_neither_a_cycle_nor_an_identity_loss():
    # An undecided D costs ¼ a side, and G as much for each direction.
    half = (0.0, 0.5)
    gan = lines(IDENTITY, IDENTITY, half, half, identity_weight=5.0)
    assert losses(gan, pixels()) == pytest.approx((1 / 2, 1 / 2))
    assert gan.undecided_loss == 1 / 2
    nothing = (0.0, 0.0)
    gan = lines(IDENTITY, IDENTITY, nothing, nothing, identity_weight=5.0)
    assert losses(gan, pixels())[1] == pytest.approx(2)


@pytest.mark.parametrize("shift", [-0.5, 0.25, 3.0])
def test_a_constant_shift_costs_no_cycle_and_only_the_discriminators_see_it(shift):
    shifts = (1.0, shift), (1.0, -shift)
    blind = lines(*shifts, (0.0, 0.5), (0.0, 0.5))
    assert toys.value(blind.generator_loss(pixels(0.5, 0.5))) == pytest.approx(1 / 2)
    seeing = lines(*shifts, IDENTITY, IDENTITY)
    wanted = (0.5 + shift - 1) ** 2 + (0.5 - shift - 1) ** 2
    found = toys.value(seeing.generator_loss(pixels(0.5, 0.5)))
    assert found == pytest.approx(wanted, rel=1e-5)
    # And an identity loss does.
    found = toys.value(blind.identity_loss(pixels()))
    assert found == pytest.approx(2 * abs(shift), rel=1e-5)


def test_the_generators_gradient_is_that_by_hand():
    gan = lines(cycle_weight=3.0)
    moved = np.ravel(
        [np.ravel(g) for g in toys.gradient_of(gan, "generator", pixels())]
    )
    y_hat, x_hat = at(G, x), at(F, y)
    of_y_hat = 2 * (at(D_B, y_hat) - 1) * D_B[0]
    of_x_hat = 2 * (at(D_A, x_hat) - 1) * D_A[0]
    forth, back = np.sign(at(F, y_hat) - x), np.sign(at(G, x_hat) - y)
    # Each is in both terms of the cycle loss: once first, once second.
    of_g = [of_y_hat * x + 3 * (forth * F[0] * x + back * x_hat)]
    of_g += [of_y_hat + 3 * (forth * F[0] + back)]
    of_f = [of_x_hat * y + 3 * (forth * y_hat + back * G[0] * y)]
    of_f += [of_x_hat + 3 * (forth + back * G[0])]
    # In the order of the domains that they make: F, then G.
    np.testing.assert_allclose(moved, [*of_f, *of_g], rtol=1e-4)


def test_each_discriminator_learns_from_its_own_domain_alone():
    def moved(**judges):
        found = toys.gradient_of(lines(**judges), "discriminator", pixels())
        return np.ravel([np.ravel(g) for g in found])

    def by_hand(judge, real, fake):
        of_real, of_fake = at(judge, real) - 1, at(judge, fake)
        # With the half: that of the loss is of its gradient too.
        return [of_real * real + of_fake * fake, of_real + of_fake]

    of_b, of_a = by_hand(D_B, y, at(G, x)), by_hand(D_A, x, at(F, y))
    np.testing.assert_allclose(moved(), [*of_b, *of_a], rtol=1e-4)
    other = by_hand((9.0, 9.0), x, at(F, y))
    found = moved(judge_a=(9.0, 9.0))
    np.testing.assert_allclose(found, [*of_b, *other], rtol=1e-4)


def calls_of_the_generator(gan):
    """What it is given in the generators' loss, one pixel after the other."""
    seen, play = [], gan.play

    def look(network, images):
        if network is gan.generator:
            seen.append(ops.convert_to_numpy(images).item())
        return play(network, images)

    gan.play = look
    gan.generator_loss(pixels())
    return seen


def test_without_an_identity_loss_no_image_is_translated_to_its_own_domain():
    assert calls_of_the_generator(lines()) == pytest.approx([x, at(F, y)])
    found = calls_of_the_generator(lines(identity_weight=1.0))
    assert found == pytest.approx([x, at(F, y), y])


def test_penalties_on_slopes_are_the_sums_over_both_discriminators():
    gan = lines()
    for penalty in (gan.r1_penalty, gan.r2_penalty):
        wanted = (D_A[0] ** 2 + D_B[0] ** 2) / 2
        assert toys.value(penalty(pixels())) == pytest.approx(wanted, rel=1e-5)


def test_the_history_has_the_cycle_and_each_discriminators_loss():
    gan = toys.untraced("CycleGAN")
    history = gan.fit(X, Y[:7], batch_size=5, verbose=0).history
    of_each = [history[f"discriminator_loss_{name}"][0] for name in gan.domains]
    assert sum(of_each) == pytest.approx(history["discriminator_loss"][0], rel=1e-5)
    assert history["cycle_loss"][0] > 0


def test_defaults_are_the_papers():
    gan = game()
    assert (gan.cycle_weight, gan.identity_weight) == (10.0, 0.0)
    optimizer = gan.default_optimizer()
    assert float(optimizer.learning_rate) == pytest.approx(2e-4)
    assert optimizer.beta_1 == 0.5


# === Both directions ===


def test_images_are_translated_both_ways():
    gan, before = game(), None
    floats = X / np.float32(127.5) - 1
    for to, network in ("b", gan.generator), ("a", gan.backward_generator):
        wanted = ops.convert_to_numpy(network(floats, training=False))
        wanted = np.round(np.clip((wanted + 1) * 127.5, 0, 255))
        found = gan.translate(X, to=to)
        assert found.dtype == np.uint8
        np.testing.assert_allclose(found, wanted, atol=1)
        np.testing.assert_array_equal(
            found, gan.translate(floats, gan.domains.index(to))
        )
        assert before is None or (found != before).any()
        before = found
    # As `predict` does, which is in the one direction.
    wanted = np.round((gan.predict(X, verbose=0) + 1) * 127.5)
    np.testing.assert_allclose(gan.translate(X, to="b"), wanted, atol=1)


@functools.cache
def coloured_players():
    """Networks of grey images "a" and coloured ones "b", 8 pixels, never trained."""
    a, b, size = (8, 8, 1), (8, 8, 3), {"filters": 1, "residual_blocks": 1}
    keras.utils.set_random_seed(0)
    return {
        "generator": networks.translator_generator(a, b, **size),
        "discriminator": networks.patchgan_image_discriminator(b, 1, filters=1),
        "backward_generator": networks.translator_generator(b, a, **size),
        "backward_discriminator": networks.patchgan_image_discriminator(
            a, 1, filters=1
        ),
    }


def coloured(**options):
    return ganzoo.CycleGAN(**{**coloured_players(), "seed": 0, **options})


def of_both(count=3):
    rng = np.random.default_rng(0)
    return tuple(rng.integers(0, 256, (count, 8, 8, c), "uint8") for c in (1, 3))


def test_domains_may_have_other_channels_and_images_do_not_depend_on_others():
    gan, (a, b) = coloured(), of_both()
    assert (gan.image_shape, gan.second_shape) == ((8, 8, 1), (8, 8, 3))
    assert gan.image_shapes == [gan.source_shape, (8, 8, 3)]
    for images, to, channels in (a, "b", 3), (b, "a", 1):
        found = gan.translate(images, to)
        assert found.shape == (3, 8, 8, channels)
        alone = np.concatenate([gan.translate(image[None], to) for image in images])
        assert abs(found.astype(int) - alone).max() <= 1


@pytest.mark.parametrize("to", [None, "c", 2, -1, True, "", 0.5])
def test_a_missing_or_unknown_direction_is_refused(to):
    gan = game()
    with pytest.raises(ValueError, match="Say by `to`.*which domain.*Received: to="):
        gan.translate(X, to=to)


@pytest.mark.parametrize(
    "images, message",
    [
        (X[:0], "one image or more"),
        (X[:, :3], "must have the shape"),
        (X.astype("float32"), r"floats in \[-1, 1\]"),
    ],
)
def test_images_that_cannot_be_translated_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        game().translate(images, to="b")


def test_either_generator_is_exported(monkeypatch):
    gan, seen = game(), []
    monkeypatch.setattr(
        translating.exporting, "export", lambda network, *_: seen.append(network)
    )
    for options in ({}, {"to": "b"}, {"to": "a"}):
        gan.export("there", **options)
    assert seen == [gan.generator, gan.generator, gan.backward_generator]
    with pytest.raises(ValueError, match="Received: to='c'"):
        gan.export("there", to="c")


def test_nothing_is_drawn_from_latents():
    with pytest.raises(ValueError, match="CycleGAN draws nothing from latents"):
        game().generate(3)


# === What cannot be meant ===


@pytest.mark.parametrize(
    "options, message",
    [
        ({"identity_weight": 1.0}, "Leave out `identity_weight`.*identity_weight=1.0"),
        ({"identity_weight": -1.0}, "`identity_weight` must be a positive number"),
        ({"cycle_weight": 0.0}, "`cycle_weight` must be a positive number"),
        ({"second_shape": (8, 8, 1)}, "`second_shape` must be that of the networks"),
        ({"packing": 2}, "CycleGAN has no `packing`"),
        ({"label_smoothing": 0.1}, "CycleGAN has no `label_smoothing`"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        coloured(**options)


@pytest.mark.parametrize("name", ["discriminator", "backward_discriminator"])
def test_each_discriminator_is_that_of_its_domain(name):
    one, two = (coloured_players()[key] for key in ganzoo.CycleGAN.discriminator_names)
    other = two if name == "discriminator" else one
    with pytest.raises(ValueError, match=f"`{name}` must take images of '"):
        coloured(**{name: other})


def test_generators_that_do_not_lead_back_are_refused():
    back = toys.network([(8, 8, 3)], (8, 8, 3))
    with pytest.raises(ValueError, match="`generator` must take images of 'a'"):
        coloured(backward_generator=back)
    with pytest.raises(ValueError, match="your own `backward_generator`"):
        coloured(backward_generator=None)


def test_a_slope_penalty_is_for_discriminators_that_judge_images_apart():
    names = ganzoo.CycleGAN.discriminator_names
    for name in names:
        judges = {
            n: toys.discriminator("CycleGAN", normalized=n == name) for n in names
        }
        with pytest.raises(ValueError, match=f"`{name}` must not use batch norm"):
            game(r1_weight=1.0, **judges)


@pytest.mark.parametrize(
    "arrays, message",
    [
        ((X,), "Pass `x` and `y` as arrays"),
        ((X[:0], Y), r"Received: x of shape \(0, "),
        ((X, Y[:0]), r"Received: y of shape \(0, "),
        ((X, np.repeat(Y, 3, -1)), "Each example of `y` must have the shape"),
    ],
)
def test_data_that_cannot_be_meant_are_refused(arrays, message):
    with pytest.raises(ValueError, match=message):
        toys.untraced("CycleGAN").fit(*arrays, verbose=0)


# === Its networks ===


def convolutions(model):
    """Kinds, kernels and channels of the convolutions, in order."""
    kinds = layers.Conv2D, layers.Conv2DTranspose
    found = [layer for layer in model.layers if isinstance(layer, kinds)]
    return [
        (
            isinstance(n, layers.Conv2DTranspose),
            n.kernel_size[0],
            n.strides[0],
            n.filters,
        )
        for n in found
    ]


def normalized(model):
    """Channels of each instance normalisation."""
    found = [n for n in model.layers if isinstance(n, InstanceNormalization)]
    return [n.gamma.shape[0] for n in found]


@pytest.mark.parametrize("size, blocks", [(128, 6), (256, 9)])
def test_the_generator_is_the_papers(size, blocks):
    # c7s1-64, d128, d256, R256 six or nine times, u128, u64, c7s1-3.
    first = [(False, 7, 1, 64), (False, 3, 2, 128), (False, 3, 2, 256)]
    last = [(True, 3, 2, 128), (True, 3, 2, 64), (False, 7, 1, 3)]
    wanted = first + 2 * blocks * [(False, 3, 1, 256)] + last
    model = networks.translator_generator((size, size, 3))
    assert convolutions(model) == wanted
    # Of each channel, but of the images.
    assert normalized(model) == [filters for *_, filters in wanted[:-1]]


def test_the_discriminator_is_the_papers():
    model = networks.patchgan_image_discriminator((128, 128, 3))
    wanted = [(False, 4, 2, 64), (False, 4, 2, 128), (False, 4, 2, 256)]
    wanted += [(False, 4, 1, 512), (False, 4, 1, 1)]
    assert convolutions(model) == wanted and model.output_shape == (None, 14, 14, 1)
    assert normalized(model) == [128, 256, 512]


@pytest.mark.parametrize("size", [(8, 8), (28, 28), (30, 33), (64, 45)])
def test_translators_are_for_any_size(size):
    model = networks.translator_generator(
        (*size, 1), (*size, 3), filters=1, residual_blocks=0
    )
    assert model.output_shape == (None, *size, 3)


def test_images_are_reflected_at_their_border():
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 1)).astype("float32")
    found = translator._reflected(ops.convert_to_tensor(images), [(3, 3)] * 2)
    wanted = np.pad(images, ((0, 0), (3, 3), (3, 3), (0, 0)), "reflect")
    np.testing.assert_array_equal(ops.convert_to_numpy(found), wanted)


@pytest.mark.parametrize("shapes", [((7, 8, 1),), ((16, 16, 1), (16, 20, 1))])
def test_shapes_that_cannot_be_translated_are_refused(shapes):
    with pytest.raises(ValueError, match="A translator makes images of 8 pixels or"):
        networks.translator_generator(*shapes)


def test_patches_are_no_larger_than_the_images():
    with pytest.raises(ValueError, match="receptive_field=34, images of 28×30 pixels"):
        networks.patchgan_image_discriminator((30, 28, 1), receptive_field=34)


# === What is shown of it, and how it is scored ===


def test_a_sheet_shows_the_way_there_and_back_in_both_directions():
    gan, (a, b) = coloured(), of_both(5)
    sheet = samples.sheet(None, gan, (a, b), rows=2)
    rows = []
    for images, to, back in (b[:3], "a", "b"), (a[:3], "b", "a"):
        there = gan.translate(images, to)
        triplets = [images, there, gan.translate(there, back)]
        rows.append(np.stack([np.broadcast_to(i, (3, 8, 8, 3)) for i in triplets], 1))
    pictures = np.concatenate(rows).reshape(-1, 8, 8, 3)
    np.testing.assert_array_equal(sheet, grids.grid(pictures, columns=9))


def test_each_direction_is_scored_by_images_of_its_domain():
    gan, (a, b) = coloured(), of_both(20)
    for domain, given, real in ("b", a, b), (0, b, a):
        drawn = generated.draws(gan, (a, b), None, 0, "drawn", domain=domain)
        found = np.concatenate(list(drawn.batches()))
        np.testing.assert_array_equal(found, gan.translate(given, domain))
        references = generated.references(gan, (a, b), "real", domain=domain)
        np.testing.assert_array_equal(np.concatenate(list(references.batches())), real)
    scorer = Scorer(toys.Features(), ["fid"], domain="b")
    # The sources of a domain may be more than its images.
    assert np.isfinite(scorer.score(gan, a, b[:15])["fd"])
    with pytest.raises(ValueError, match="needs a source of its own.*count=16, 15"):
        Scorer(toys.Features(), ["fid"], 16, domain="a").prepare(gan, a, b[:15])


def write(images, folder):
    folder.mkdir()
    for i, image in enumerate(images):
        grids.to_pillow(image).save(folder / f"{i}.png")


def test_a_folder_is_translated_in_the_direction_that_is_asked_for(tmp_path):
    gan, (a, b) = coloured(), of_both()
    for images, to, source in (a, "b", "grey"), (b, 0, "colours"):
        write(images, tmp_path / source)
        out = tmp_path / f"to_{to}"
        image_to_image.translate(gan, tmp_path / source, out, to=to, verbose=0)
        found = ganzoo.data.from_folder(out, 8, channels=3 if to == "b" else 1).images
        np.testing.assert_array_equal(found, gan.translate(images, to))
        assert image_to_image.comparison_path(out).is_file()


def test_a_folder_and_a_model_that_do_not_go_together_are_told(tmp_path):
    write(X[:2], tmp_path / "in")

    def translate(model, **options):
        image_to_image.translate(model, tmp_path / "in", tmp_path / "out", **options)

    with pytest.raises(ValueError, match="Say by `to`.*Received: to=None"):
        translate(game())
    with pytest.raises(ValueError, match="this one has one direction.*to='b'"):
        translate(toys.build("Pix2Pix"), to="b")
    with pytest.raises(ValueError, match="takes images of both domains"):
        translate(game(), to="b", edges=True)
    assert not (tmp_path / "out").exists()


# === Recipes ===


def test_a_recipe_makes_each_network_for_its_domain():
    text = recipes.load("cyclegan_openmoji_64").text
    text = text.replace("filters = 16", "filters = 1")
    recipe = recipes.parse("mine", text.replace("blocks = 6", "blocks = 1"))
    arrays = tuple(np.zeros((2, 64, 64, c), "uint8") for c in (1, 3))
    gan = recipe.build(arrays, seed=0)
    assert gan.image_shapes == [(64, 64, 1), (64, 64, 3)]
    assert recipe.kind == "unpaired"


def test_emoji_are_taken_apart(monkeypatch):
    rng = np.random.default_rng(0)
    pairs = ganzoo.data.Pairs(
        *(rng.integers(0, 256, (20, 8, 8, c), "uint8") for c in (1, 3)), split="train"
    )
    monkeypatch.setattr(ganzoo.data, "load_pairs", lambda *_: pairs)
    wanted = ganzoo.data.unpaired(pairs)
    found = recipes.load("cyclegan_openmoji_64").load_data()
    assert toys.same(found, (wanted.first, wanted.second))


def test_a_data_set_without_pairs_is_refused_by_its_name():
    text = recipes.load("cyclegan_openmoji_64").text
    with pytest.raises(ValueError, match="`data.name` one of .'openmoji'."):
        recipes.parse("mine", text.replace('"openmoji"', '"mnist"'))
