"""Presets: saved, and loaded as what they are."""

import json
import os

import keras
import numpy as np
import pytest
import toys
from toy_presets import NAME
from toy_presets import facts_of
from toy_presets import put

import ganzoo
from ganzoo.presets import cards
from ganzoo.presets import publishing
from ganzoo.presets import registry
from ganzoo.scoring import protocols
from ganzoo.training import recipes


def test_the_index_in_the_package_is_whole():
    for name in registry.names():
        facts = registry.record(name)
        assert facts["class"] in recipes.variants()
        assert len(facts["sha256"]) == 64 and 0 < facts["size"] <= publishing.LIMIT
        assert facts["licence"] and facts["command"] and facts["scores"]
        assert facts["recipe"]["text"] and facts["paper"]["url"]
        for score in facts["scores"]:
            assert protocols.fingerprint(score["protocol"]) == score["fingerprint"]


def test_an_unknown_name_is_an_error_that_lists_the_known(shipped):
    with pytest.raises(ValueError, match="Did you mean 'toy_preset'.*Received: name="):
        ganzoo.from_preset("toy_presett")
    with pytest.raises(ValueError, match="Only a preset that comes with the zoo"):
        registry.download("elsewhere")


def test_a_preset_of_another_class_is_refused_before_it_is_fetched(shipped):
    message = "The preset is a GAN and no CGAN.*`GAN.from_preset`.*toy_preset"
    with pytest.raises(ValueError, match=message):
        ganzoo.CGAN.from_preset(NAME)


def trained(variant):
    """A toy game after a step, so that all of its state is its own."""
    gan = toys.build(variant)
    optimizers = (keras.optimizers.Adam(1e-2, beta_1=0.5) for _ in range(2))
    gan.compile(*optimizers, run_eagerly=True)
    gan.fit(*toys.data(variant, 8), batch_size=8, epochs=1, verbose=0)
    return gan


def state(gan):
    return toys.copy_of([*gan.variables, *gan.optimizer.variables])


@pytest.mark.parametrize("variant", ["WGANGP", "CGAN", "Pix2Pix", "BiGAN"])
def test_a_preset_comes_back_to_the_bit_and_trains_on(tmp_path, variant):
    gan = trained(variant)
    gan.save_preset(tmp_path / "mine", seed=2)
    again = getattr(ganzoo, variant).from_preset(tmp_path / "mine")
    assert type(again) is type(gan) and again.compiled
    assert toys.same(state(again), state(gan))
    for model in (gan, again):
        model.fit(*toys.data(variant, 8), batch_size=8, epochs=1, verbose=0)
    assert toys.same(state(again), state(gan))
    assert sorted(os.listdir(tmp_path / "mine")) == ["model.keras", "preset.json"]


def test_a_shipped_preset_is_loaded_by_its_name(shipped, preset):
    content = (preset / "model.keras").read_bytes()
    put(shipped.weights, content)
    shipped.index.write_text(
        json.dumps({NAME: facts_of(content, **{"class": "DCGAN"})})
    )
    for gan in ganzoo.from_preset(NAME), ganzoo.DCGAN.from_preset(NAME):
        assert isinstance(gan, ganzoo.DCGAN)
    # A DCGAN is a GAN.
    assert isinstance(ganzoo.GAN.from_preset(NAME), ganzoo.DCGAN)
    with pytest.raises(ValueError, match="is a DCGAN and no WGANGP"):
        ganzoo.WGANGP.from_preset(NAME)
    shipped.index.write_text(json.dumps({NAME: facts_of(content)}))
    with pytest.raises(ValueError, match="The record is of another model: of a GAN"):
        ganzoo.from_preset(NAME)


def test_a_folder_of_another_class_is_refused_with_both_names(preset):
    with pytest.raises(ValueError, match="is a DCGAN and no BiGAN.*mine"):
        ganzoo.BiGAN.from_preset(preset)


@keras.saving.register_keras_serializable("mine")
class MyGAN(ganzoo.LSGAN):
    """A variant that the zoo does not know."""


def test_a_variant_of_ones_own_is_shared_too(tmp_path):
    gan = MyGAN(**toys.networks("LSGAN"))
    gan.save_preset(tmp_path / "mine", licence="CC0-1.0")
    assert isinstance(MyGAN.from_preset(tmp_path / "mine"), MyGAN)
    with pytest.raises(ValueError, match="is a MyGAN and no CGAN"):
        ganzoo.CGAN.from_preset(tmp_path / "mine")
    assert "CC0-1.0" in cards.render("mine", registry.record(tmp_path / "mine"))


def test_a_preset_without_optimizers_comes_back_with_those_of_the_paper(tmp_path):
    gan = toys.build("WGANGP")
    gan.save_preset(tmp_path / "mine")
    again = ganzoo.from_preset(tmp_path / "mine")
    assert again.compiled
    wanted = ganzoo.WGANGP.default_optimizer().get_config()
    for optimizer in again.discriminator_optimizer, again.generator_optimizer:
        assert optimizer.get_config() == wanted | {"name": optimizer.name}
    before = toys.copy_of(gan.variables)
    assert toys.same(toys.copy_of(again.variables), before)
    again.fit(*toys.data("WGANGP", 8), batch_size=8, epochs=1, verbose=0)
    assert not toys.same(toys.copy_of(again.variables), before)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[]", "must have"),
        ('{"class": "GAN", "sha256": 1, "size": 1}', "without 'sha256' of type str"),
        ('{"class": "GAN", "sha256": "0", "size": 1}', "or is damaged"),
        ('{"class": "callbacks", "sha256": "0", "size": 1}', "or is damaged"),
    ],
)
def test_a_folder_whose_record_is_wrong_is_refused(tmp_path, preset, text, message):
    (tmp_path / "model.keras").write_bytes((preset / "model.keras").read_bytes())
    (tmp_path / "preset.json").write_text(text)
    with pytest.raises(ValueError, match=f"(?s){message}") as info:
        ganzoo.from_preset(tmp_path)
    assert "Received: path=" in str(info.value)


def test_a_folder_without_its_file_is_refused(tmp_path, preset):
    (tmp_path / "preset.json").write_bytes((preset / "preset.json").read_bytes())
    with pytest.raises(ValueError, match="There is no file of the preset to read"):
        ganzoo.from_preset(tmp_path)


def test_pictures_are_drawn_from_presets_and_run_folders(preset, shipped, tmp_path):
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    (run_dir / "model.keras").write_bytes((preset / "model.keras").read_bytes())
    pictures = [
        registry.open_model(name).generate(2, seed=0) for name in (preset, run_dir)
    ]
    assert np.array_equal(*pictures)
    best = (run_dir / "model.keras").rename(run_dir / "best_0003.keras")
    of_best = registry.open_model(str(best)).generate(2, seed=0)
    assert np.array_equal(of_best, pictures[0])
    with pytest.raises(ValueError, match="has a `model.keras`"):
        registry.open_model("nowhere")


def test_a_file_that_is_no_model_of_the_zoo_is_told(tmp_path):
    path = tmp_path / "best_0003.keras"
    path.write_bytes(b"half a file")
    with pytest.raises(ValueError, match="no model that can be read .*Received: path="):
        registry.open_model(path)
    toys.networks("GAN")["generator"].save(path)
    with pytest.raises(ValueError, match="a generative adversarial model"):
        registry.open_model(path)
