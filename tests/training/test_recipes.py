"""Recipes: every one builds, and a wrong one says what is wrong."""

import keras
import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo import data
from ganzoo.training import recipes
from ganzoo.training import schedules

TEXT = """
[model]
class = "WGANGP"
penalty_weight = 5.0

[generator]
network = "dcgan_generator"
filters = 2

[discriminator]
network = "dcgan_discriminator"
filters = 3
normalization = "layer"

[optimizer]
name = "Adam"
learning_rate = 1e-3
beta_1 = 0.0

[data]
name = "fashion_mnist_10k"
kind = "images"

[training]
batch_size = 8
epochs = 2
"""


@pytest.fixture
def write(tmp_path):
    def write(old="", new=""):
        assert old in TEXT
        path = tmp_path / "mine.toml"
        path.write_text(TEXT.replace(old, new) if old else TEXT)
        return path

    return write


def arrays(recipe):
    """A few arrays of the kind that the recipe trains on."""
    side = recipe.config["data"].get("image_size", 28)
    x = np.zeros((12, side, side, 1), "uint8")
    y = {"labels": np.arange(12) % 10, "edges": x, "pairs": np.repeat(x, 3, axis=-1)}
    y |= {"unpaired_edges": x[:5], "unpaired": y["pairs"][:5]}
    names = recipe.find_names() or ()
    y["captions"] = np.array(["dark coat", "bright bag"] * 6)
    y["attributes"] = np.arange(12)[:, None] >> np.arange(len(names)) & 1
    if recipe.kind == "sequences":
        frames = recipe.config["data"]["frames"] + 1
        return (np.zeros((12, frames, side, side, 1), "uint8"),)
    if recipe.kind == "downscaled":
        x = y["pairs"] if recipe.data == "openmoji" else x
        return data.downscaled(x, recipe.config["data"]["scale"]), x
    return (x, y[recipe.kind]) if recipe.kind in y else (x,)


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_builds_the_model_that_it_names(name):
    recipe = recipes.load(name)
    few = arrays(recipe)
    model = recipe.build(few, seed=0)
    assert type(model).__name__ == recipe.variant
    few = model.sources_and_targets(few)
    pictures = few[-1] if model.translates else few[0]
    assert model.image_shape == pictures.shape[1:]
    assert model.compiled
    assert name in recipe.text, "its header shows the command"


def test_networks_take_what_their_model_is_told():
    text = recipes.load("info_gan_fashion_mnist_10k").text
    own = 'class = "InfoGAN"\ncategorical = [3, 2]\ncontinuous = 1'
    recipe = recipes.parse("own", text.replace('class = "InfoGAN"', own))
    gan = recipe.build(arrays(recipe), seed=0)
    assert gan.generator.input_shape[1] == (None, 3 + 2 + 1)
    heads = gan.discriminator.output  # a dict, which `output_shape` is not
    assert (heads["categorical"].shape, heads["continuous"].shape) == (
        (None, 5),
        (None, 1),
    )


def test_a_recipe_keeps_as_many_labels_as_it_says():
    recipe = recipes.load("semi_supervised_gan_fashion_mnist_10k")
    x, y = recipe.load_data("test")
    same, kept = recipe.hide_labels((x, y), seed=3)
    assert same is x and (kept >= 0).sum() == 100
    np.testing.assert_array_equal(kept[kept >= 0], y[kept >= 0])
    np.testing.assert_array_equal(kept, recipe.hide_labels((x, y), seed=3)[1])
    assert (kept != recipe.hide_labels((x, y), seed=4)[1]).any()
    others = recipes.load("cgan_fashion_mnist_10k")
    assert others.hide_labels((x, y)) == (x, y)


@pytest.mark.parametrize(
    "name, old, new, message",
    [
        ("cgan", 'kind = "labels"', 'kind = "labels"\nlabels = 5', "needs them all"),
        ("dcgan", 'kind = "images"', 'kind = "images"\nlabels = 5', "needs them all"),
        (
            "semi_supervised_gan",
            "labels = 100",
            "labels = 0",
            "`data.labels` must be an int",
        ),
        (
            "semi_supervised_gan",
            '"semi_supervised_generator"',
            '"dcgan_conditional_generator"',
            "must be made for what the class SemiSupervisedGAN trains on",
        ),
    ],
)
def test_labels_that_cannot_be_kept_are_refused(name, old, new, message):
    text = recipes.load(f"{name}_fashion_mnist_10k").text
    assert old in text
    with pytest.raises(ValueError, match=message):
        recipes.parse("mine", text.replace(old, new))


def test_a_recipe_without_pairs_has_images_of_one_half_and_edges_of_the_other():
    recipe = recipes.load("cogan_fashion_mnist_10k")
    images, edges = recipe.load_data()
    whole = ganzoo.data.load("fashion_mnist_10k")
    np.testing.assert_array_equal(images, whole.images[:5_000])
    np.testing.assert_array_equal(
        edges, ganzoo.data.dilated_edges(whole.images[5_000:])
    )
    assert [len(array) for array in recipe.load_data("test")] == [10_000, 10_000]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('"unpaired_edges"', '"edges"', "must be 'unpaired_edges' or 'unpaired'"),
        ('"unpaired_edges"', '"unpaired"', "`data.folder` must be a folder with a sub"),
        ('"CoGAN"', '"Pix2Pix"', "`data.kind` must be 'edges' or 'pairs' for"),
    ],
)
def test_pairs_are_not_for_a_model_without_nor_the_other_way(old, new, message):
    text = recipes.load("cogan_fashion_mnist_10k").text
    with pytest.raises(ValueError, match=message):
        recipes.parse("mine", text.replace(old, new))


def test_a_schedule_ends_with_the_epochs_of_the_larger_domain(tmp_path):
    text = recipes.load("cogan_fashion_mnist_10k").text
    schedule = '[schedule]\nname = "CosineDecay"\n\n[data]'
    recipe = recipes.parse("mine", text.replace("[data]", schedule))
    x = np.zeros((100, 28, 28, 1), "uint8")
    gan = recipe.build((x[:65], x), seed=0)
    rate = gan.generator_optimizer._learning_rate
    assert rate.decay_steps == 2 * recipe.epochs


def test_every_variant_has_a_recipe():
    variants = {recipes.load(name).variant for name in recipes.names()}
    assert variants == set(recipes.variants())
    assert len(variants) >= 8


def test_a_recipe_sets_what_it_says(write):
    recipe = recipes.load(write())
    model = recipe.build(arrays(recipe))
    assert recipe.name == "mine"
    assert model.penalty_weight == 5.0
    assert model.discriminator.layers[1].filters == 3
    for optimizer in model.optimizer.optimizers:
        config = optimizer.get_config()
        assert config["learning_rate"] == pytest.approx(1e-3)
        assert config["beta_1"] == 0.0


def test_the_same_seed_builds_the_same_weights(write):
    recipe = recipes.load(write())
    a, b, c = (recipe.build(arrays(recipe), seed=s).get_weights() for s in (1, 1, 2))
    assert all(np.array_equal(x, y) for x, y in zip(a, b))
    assert not all(np.array_equal(x, y) for x, y in zip(a, c))


def test_without_an_optimizer_the_papers_is_taken(write):
    section = TEXT[TEXT.index("[optimizer]") : TEXT.index("[data]")]
    recipe = recipes.load(write(section, ""))
    model = recipe.build(arrays(recipe))
    wanted = ganzoo.WGANGP.default_optimizer().get_config()
    assert model.generator_optimizer.get_config()["beta_2"] == wanted["beta_2"] == 0.9


def test_a_schedule_ends_with_the_last_update_of_either_player(write):
    section = """[schedule]
name = "PolynomialDecay"
end_learning_rate = 1e-5

[data]"""
    recipe = recipes.load(write("[data]", section))
    model = recipe.build(arrays(recipe))
    updates = 2 * 2  # of two batches in each of two epochs
    for optimizer, steps in (
        (model.generator_optimizer, updates),
        (model.discriminator_optimizer, updates * model.discriminator_steps),
    ):
        for fraction, rate in (0, 1e-3), (0.5, (1e-3 + 1e-5) / 2), (1, 1e-5):
            optimizer.iterations.assign(int(steps * fraction))
            assert float(optimizer.learning_rate) == pytest.approx(rate)


def test_a_schedule_lasts_as_many_updates_as_there_are_passes(write):
    section = '[schedule]\nname = "PolynomialDecay"\n\n[training]\npasses = 3'
    recipe = recipes.load(write("[training]", section))
    model = recipe.build(arrays(recipe))
    schedule = model.generator_optimizer._learning_rate
    # Two epochs of three times twelve images, in batches of eight.
    assert schedule.get_config()["decay_steps"] == 2 * 5


def test_networks_of_a_recipe_are_made_for_its_packs(write):
    recipe = recipes.load(str(write("= 5.0", "= 5.0\npacking = 3")))
    gan = recipe.build(arrays(recipe))
    assert gan.packing == 3
    assert gan.discriminator.input_shape == (None, 28, 28, 3)
    assert gan.image_shape == (28, 28, 1)


def test_an_option_follows_the_images_of_the_whole_training(write):
    table = '{ value = 0.2, schedule = "PolynomialDecay", end_learning_rate = 0.1 }'
    recipe = recipes.load(str(write("= 5.0", f"= 5.0\ninstance_noise = {table}")))
    gan = recipe.build(arrays(recipe))
    # Twelve images, two epochs.
    for seen, sigma in (0, 0.2), (12, 0.15), (24, 0.1), (99, 0.1):
        assert float(gan.instance_noise(seen)) == pytest.approx(sigma)


@pytest.mark.parametrize(
    "table, message",
    [
        ('{ schedule = "PolynomialDecay" }', "`model.instance_noise.value` is missing"),
        ("{ value = 0.2 }", "`model.instance_noise.schedule` is missing"),
        ('{ value = 0.2, schedule = "Linear" }', "must be one of"),
        (
            '{ value = 0.2, schedule = "PolynomialDecay", end = 0.1 }',
            "no key `model.instance_noise.end`",
        ),
    ],
)
def test_a_wrong_schedule_of_an_option_is_refused(write, table, message):
    path = write("= 5.0", f"= 5.0\ninstance_noise = {table}")
    with pytest.raises(ValueError, match=message):
        recipes.load(str(path))


def test_averaging_is_of_the_generator_only(write):
    recipe = recipes.load(write("beta_1 = 0.0", "use_ema = true\nema_momentum = 0.9"))
    model = recipe.build(arrays(recipe))
    assert recipe.averages and model.averages
    assert model.generator_optimizer.ema_momentum == 0.9
    assert not model.discriminator_optimizer.use_ema
    assert not recipes.load(write()).averages


def test_averages_of_the_model_are_a_section(write):
    section = "[averages]\nhalf_life = 500.0\nbatch_statistics = 'averaged'\n\n"
    recipe = recipes.load(write("[data]", section + "[data]"))
    model = recipe.build(arrays(recipe))
    assert recipe.averages and model.averages
    assert model._averages.settings.half_life == 500.0


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("[data]", "[averages]\n[data]", "`averages`: Averages have either"),
        ("[data]", "[averages]\nhalf_life = '5'\n[data]", "`averages`: `half_life`"),
        ("[data]", "[averages]\nhalflife = 5\n[data]", "Did you mean 'half_life'"),
        (
            "beta_1 = 0.0",
            "use_ema = true\n[averages]\ndecay = 0.9",
            "either the optimizer averages weights",
        ),
        ("[model]", "averages = 3\n[model]", "`averages` must be a section"),
        ('"dcgan_generator"', '"cgan_generator"', "must be made for what the class"),
        ("[data]", "[encoder]\nnetwork = 'x'\n[data]", "there is no key `encoder`"),
    ],
)
def test_sections_that_cannot_be_meant_are_refused(write, old, new, message):
    with pytest.raises(ValueError, match=message):
        recipes.load(write(old, new))


def test_a_network_for_images_alone_is_no_network_for_labels_too():
    text = recipes.load("acgan_fashion_mnist_10k").text
    text = text.replace("acgan_discriminator", "dcgan_discriminator")
    with pytest.raises(ValueError, match="made for what the class ACGAN trains on"):
        recipes.parse("mine", text)


def test_data_comes_as_the_kind_says():
    recipe = recipes.load("cgan_fashion_mnist_10k")
    x, y = recipe.load_data()
    assert x.shape == (10_000, 28, 28, 1) and x.dtype == np.uint8
    assert y.shape == (10_000,)
    source, target = recipes.load("pix2pix_fashion_mnist_10k").load_data("test")
    np.testing.assert_array_equal(target, recipe.load_data("test")[0])
    assert set(np.unique(source)) == {0, 255}


def test_small_images_are_made_of_large_ones():
    recipe = recipes.load("srgan_fashion_mnist_10k")
    small, large = recipe.load_data("test")
    assert (small.shape, large.shape) == ((10_000, 7, 7, 1), (10_000, 28, 28, 1))
    np.testing.assert_array_equal(small[:5], data.downscaled(large[:5], 4))


def test_the_targets_of_a_set_of_pairs_are_made_small(monkeypatch):
    x = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), "uint8")

    def load_pairs(name, size, split, data_dir):
        assert (name, size, split) == ("openmoji", 64, "test")
        return data.Pairs(x[..., :1], x, name, split)

    monkeypatch.setattr(data, "load_pairs", load_pairs)
    recipe = recipes.load("srgan_openmoji_64")
    small, large = recipe.load_data("test")
    assert large is x
    np.testing.assert_array_equal(small, data.downscaled(x, 4))


def test_pairs_come_from_a_folder_each_side_with_its_colours(tmp_path):
    for i in range(12):
        for side, mode in ("a", "L"), ("b", "RGB"):
            noise = np.random.default_rng(i).integers(0, 256, (20, 20, 3), "uint8")
            (tmp_path / side).mkdir(exist_ok=True)
            picture = Image.fromarray(noise).convert(mode)
            picture.save(tmp_path / side / f"{i}.png")
    text = recipes.load("pix2pix_openmoji_64").text
    folder = f"folder = '{tmp_path}'"
    text = text.replace('name = "openmoji"', folder).replace("= 64", "= 32")
    recipe = recipes.parse("mine", text.replace("= 34", "= 16"))
    source, target = recipe.load_data("train")
    assert source.shape == (11, 32, 32, 1) and target.shape == (11, 32, 32, 3)
    assert len(recipe.load_data("test")[0]) == 1
    model = recipe.build((source, target), seed=0)
    assert model.source_shape == (32, 32, 1) and model.image_shape == (32, 32, 3)
    coloured = recipes.parse("mine", text.replace("kind", "channels = 3\nkind"))
    assert coloured.load_data("test")[0].shape == (1, 32, 32, 3)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('"openmoji"', '"fashion_mnist"', "`data.name` must be one of .'openmoji'"),
        ("image_size = 64", "", "`data.image_size` is missing"),
        ("image_size = 64", "image_size = 0.5", "must be an int of at least 1"),
        ('"pairs"', '"edges"', "`data.name` must be one of"),
        ('"pairs"', '"images"', "`data.name` must be one of"),
        ('name = "openmoji"', 'folder = "f"\nchannels = 0', "int of at least 1"),
    ],
)
def test_a_wrong_recipe_of_pairs_is_refused(old, new, message):
    text = recipes.load("pix2pix_openmoji_64").text
    assert old in text
    with pytest.raises(ValueError, match=message):
        recipes.parse("mine", text.replace(old, new))


def test_a_constant_rate_falls_in_a_straight_line_to_the_last_update():
    recipe = recipes.load("pix2pix_openmoji_64")
    model = recipe.build(arrays(recipe))
    updates = 2 * recipe.epochs  # two batches of up to eight
    for optimizer in model.optimizer.optimizers:
        for fraction, rate in (0, 2e-4), (0.5, 2e-4), (0.75, 1e-4), (1, 0), (2, 0):
            optimizer.iterations.assign(int(updates * fraction))
            assert float(optimizer.learning_rate) == pytest.approx(rate)
    with pytest.raises(ValueError, match="share of the training.*constant=1"):
        schedules.ConstantThenLinear(1e-3, 10, constant=1)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("class =", "clas =", "`model.class` is missing"),
        ('"WGANGP"', '"WGANPG"', "Did you mean 'WGANGP'"),
        ("[training]", "[trainig]", "Did you mean 'training'"),
        ("epochs", "epoch", "Did you mean 'epochs'"),
        ("epochs = 2", "epochs = 0", "int of at least 1"),
        ("batch_size = 8", "", "`training.batch_size` is missing"),
        ("batch_size = 8", "batch_size = 8\npasses = 0", "int of at least 1"),
        ('"dcgan_generator"', '"dcgan_generater"', "Did you mean 'dcgan_generator'"),
        ('"images"', '"image"', "Did you mean 'images'"),
        (
            '"images"',
            '"labels"',
            "must be 'one_class' or 'images' for the class WGANGP",
        ),
        ('"fashion_mnist_10k"', '"fashion_mnist10k"', "Did you mean 'fashion_mnist_"),
        ("epochs = 2", "epochs = true", "int of at least 1"),
        ("epochs = 2", "epochs = ", "not valid TOML"),
    ],
)
def test_a_wrong_recipe_is_refused(write, old, new, message):
    with pytest.raises(ValueError, match=message):
        recipes.load(write(old, new))


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("filters = 2", "filtres = 2", "`generator.filtres`.*'filters'"),
        ("filters = 2", "image_shape = 2", "`generator.image_shape`"),
        (
            "penalty_weight",
            "penalty_wieght",
            "`model.penalty_wieght`.*'penalty_weight'",
        ),
        ("beta_1", "beta1", "`optimizer.beta1`.*'beta_1'"),
        ('"Adam"', '"Adamm"', "Did you mean 'Adam'"),
        ("[data]", '[schedule]\nname = "Cosine"\n[data]', "'CosineDecay'"),
        ("[data]", "[schedule]\nalpha = 0\n[data]", "`schedule.name` is missing"),
        (
            "[data]",
            '[schedule]\nname = "ExponentialDecay"\n[data]',
            "`schedule.decay_rate` is missing",
        ),
        (
            "[data]",
            '[schedule]\nname = "CosineDecay"\ndecay_steps = 9\n[data]',
            "no key `schedule.decay_steps`",
        ),
        (
            "learning_rate = 1e-3\nbeta_1 = 0.0",
            '[schedule]\nname = "CosineDecay"',
            "`optimizer.learning_rate` is missing",
        ),
    ],
)
def test_arguments_that_do_not_exist_are_refused_by_section(write, old, new, message):
    with pytest.raises(ValueError, match=message):
        recipes.load(write(old, new))


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'dcgan_fashion_mnist_10k'"):
        recipes.load("dcgan_fashion_mnst_10k")


def test_every_variant_cites_its_paper():
    authors, url = recipes.paper("DCGAN")
    assert authors == "Radford et al., 2016"
    assert url == "https://arxiv.org/abs/1511.06434"


def test_two_optimizers_are_made(write):
    recipe = recipes.load(write())
    model = recipe.build(arrays(recipe))
    assert model.generator_optimizer is not model.discriminator_optimizer
    assert isinstance(model.generator_optimizer, keras.optimizers.Adam)


def test_stages_are_adapted_by_the_same_share():
    recipe = recipes.load("icgan_avatars_64")
    before = {name: stage["epochs"] for name, stage in recipe.config["stages"].items()}
    for epochs in (recipe.epochs * 2, 1):
        stages = recipe.adapt(epochs=epochs).config["stages"]
        for name, count in before.items():
            wanted = max(1, round(count * epochs / recipe.epochs))
            assert stages[name]["epochs"] == wanted


def test_a_recipe_adapts_to_other_data_and_another_length():
    recipe = recipes.load("dcgan_fashion_mnist")
    adapted = recipe.adapt("mnist", 7)
    assert (adapted.name, adapted.epochs) == ("dcgan_mnist", 7)
    assert adapted.config["data"] == {"name": "mnist", "kind": "images"}
    kept = {k: v for k, v in adapted.config.items() if k not in ("data", "training")}
    assert kept.items() <= recipe.config.items()
    assert adapted.batch_size == recipe.batch_size
    assert adapted.text.startswith("# dcgan_fashion_mnist, on mnist for 7 epochs.\n")
    assert recipes.parse("again", adapted.text).config == adapted.config
    assert adapted.sha256 != recipe.sha256
    with pytest.raises(ValueError, match="`data.name` must be one of"):
        recipe.adapt("photographs")


ONE_CLASS = '"one_class"\nnormal = 3'


def test_one_class_is_trained_on_and_held_out(write):
    recipe = recipes.load(write('"images"', ONE_CLASS))
    everything = ganzoo.data.load("fashion_mnist_10k", "test")
    (x,) = recipe.load_data("test")
    np.testing.assert_array_equal(x, everything.images[everything.labels == 3])
    found = recipe.load_pictures("train")
    assert (found.labels == 3).all() and found.name == "fashion_mnist_10k"
    assert recipe.build((x,), seed=0).image_shape == (28, 28, 1)


def test_one_class_of_a_folder_is_its_sub_folder(write, tmp_path):
    for i, name in enumerate(("bad", "good")):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for j in range(20):
            image = Image.new("L", (28, 28), 100 * i + j)
            image.save(tmp_path / "mine" / name / f"{j}.png")
    path = write('"images"', '"one_class"\nnormal = 1')
    place = f"folder = {str(tmp_path / 'mine')!r}\nimage_size = 28\nchannels = 1"
    text = path.read_text().replace('name = "fashion_mnist_10k"', place)
    path.write_text(text)
    (x,) = recipes.load(path).load_data("train")
    assert len(x) == 18 and x.min() >= 100


@pytest.mark.parametrize(
    "new, message",
    [
        ('"one_class"', "is the class of the kind 'one_class'.*normal=None"),
        ('"images"\nnormal = 3', "no other kind. Received: kind='images', normal=3"),
        ('"one_class"\nnormal = "Dress"', "must be the number of a class"),
        ('"one_class"\nnormal = -1', "must be the number of a class"),
    ],
)
def test_a_class_that_cannot_be_meant_is_refused(new, message, write):
    with pytest.raises(ValueError, match=message):
        recipes.load(write('"images"', new))


def test_stages_train_at_the_rates_that_a_recipe_sets():
    recipe = recipes.load("icgan_fashion_mnist_10k")
    gan = recipe.build(arrays(recipe), seed=0)
    rates = {k: float(o.learning_rate) for k, o in gan.stage_optimizers.items()}
    assert rates == pytest.approx({"latent": 1e-3, "attributes": 1e-3})
    assert gan.stage_optimizers["latent"].beta_1 == 0.1
    text = recipe.text.replace("epochs = 2\nlearning_rate = 1e-3", "epochs = 2")
    gan = recipes.parse("own", text).build(arrays(recipe), seed=0)
    assert float(gan.stage_optimizers["attributes"].learning_rate) == pytest.approx(
        1e-4
    )
    for rate in ("0.0", '"slow"', "true"):
        bad = recipe.text.replace(
            "4\nlearning_rate = 1e-3", f"4\nlearning_rate = {rate}"
        )
        with pytest.raises(ValueError, match="`stages.latent.learning_rate` must be a"):
            recipes.parse("own", bad)


def test_attributes_of_a_recipe_have_names_before_anything_is_read():
    names = recipes.load("icgan_fashion_mnist_10k").find_names()
    assert names == ("footwear", "covers_chest", "covers_legs", "long_sleeves")
    recipe = recipes.load("icgan_avatars_64")
    assert recipe.find_names()[0] == "glasses"
    with pytest.raises(ValueError, match="is a folder avatars/ with images and"):
        recipe.load_data()


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('"avatars"', '"mnist"', "`data.name` must be one of .*'avatars'"),
        ("image_size = 64\n", "", "`data.image_size` is missing"),
        ('"attributes"', '"labels"', "`data.name` must be one of .*'cifar10'"),
        (
            '"avatars"\nimage_size = 64\nkind = "attributes"',
            '"mnist"\nkind = "labels"',
            "`data.kind` must be 'attributes' for the class IcGAN",
        ),
        (
            '"icgan_generator"',
            '"dcgan_generator"',
            "`generator.network` must be made for what the class IcGAN trains on",
        ),
        (
            '"icgan_encoder"',
            '"icgan_attribute_encoder"',
            "`encoder.network` must be made for what the class IcGAN trains on",
        ),
    ],
)
def test_recipes_of_attributes_that_do_not_fit_are_refused(old, new, message):
    text = recipes.load("icgan_avatars_64").text
    assert old in text
    with pytest.raises(ValueError, match=message):
        recipes.parse("own", text.replace(old, new))
