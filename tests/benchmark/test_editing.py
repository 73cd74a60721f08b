"""The benchmark of editing: what edits are worth, beside what needs no model."""

import json

import numpy as np
import pytest
import toy_folders
import toys
from PIL import Image

from benchmarks import avatars
from benchmarks import editing
from ganzoo.training import runs

COUNT = 2
HAD = np.array([[True, False], [False, False], [False, True]])


def images_of(has):
    """Images whose first two pixels are white where an image has the attribute."""
    images = np.zeros((len(has), 4, 4, 1), "uint8")
    images[:, 0, :2, 0] = np.where(has, 255, 0)
    return images


def true_edits(had):
    changed = [had ^ (np.arange(COUNT) == place) for place in range(COUNT)]
    return np.stack([images_of(has) for has in changed])


def classify(images):
    """Reads the first two pixels."""
    return images[:, 0, :2, 0] > 127


def test_true_drawings_are_perfect_and_unedited_images_are_not_what_is_asked_for():
    true = true_edits(HAD)
    found = editing.scores(true, true, HAD, classify)
    perfect = {"asked_for": 1, "kept": 1, "all_kept": 1, "psnr": np.inf}
    assert {key: found[key] for key in perfect} == perfect
    unedited = np.stack([images_of(HAD)] * COUNT)
    found = editing.scores(unedited, true, HAD, classify)
    assert (found["asked_for"], found["kept"]) == (0, 1)
    # One pixel of 16 is wrong.
    assert found["psnr"] == pytest.approx(10 * np.log10(16))


def test_attributes_that_were_not_asked_for_are_to_be_kept():
    true = true_edits(HAD)
    both = np.stack([images_of(~HAD)] * COUNT)
    found = editing.scores(both, true, HAD, classify)
    assert (found["asked_for"], found["kept"], found["all_kept"]) == (1, 0, 0)
    half = true.copy()
    half[1] = both[1]
    found = editing.scores(half, true, HAD, classify)
    assert (found["asked_for"], found["kept"], found["all_kept"]) == (1, 0.5, 0.5)
    assert [one["kept"] for one in found["each"]] == [1, 0]


def test_each_attribute_is_changed_to_what_the_image_has_not():
    gan = toys.build("IcGAN")
    z, y = gan.latents(3, seed=0), np.ones((3, COUNT), "float32")
    edits = editing.edits_of(gan, z, y, HAD)
    wanted = np.where(HAD[:, :1], [[-1, 1]], [[1, 1]]).astype("float32")
    np.testing.assert_array_equal(edits[0], gan.decode(z, [wanted]))
    wanted = np.where(HAD[:, 1:], [[1, -1]], [[1, 1]]).astype("float32")
    np.testing.assert_array_equal(edits[1], gan.decode(z, [wanted]))


def test_the_classifier_learns_what_it_is_shown():
    rng = np.random.default_rng(0)
    has = rng.random((400, COUNT)) < 0.5
    images = np.zeros((400, 16, 16, 3), "uint8")
    images[:, :8] = 200 * has[:, :1, None, None]
    images[:, 8:] = 200 * has[:, 1:, None, None]
    read = editing.Classifier(images[:300], has[:300], epochs=5)(images[300:])
    assert (read == has[300:]).mean() > 0.98


def test_the_sheet_has_three_rows_for_each_image():
    rows = [np.full((3, 2, 4, 4, 1), 10 * (i + 1), "uint8") for i in range(3)]
    for row in rows:
        row[:, 1] += 100
    sheet = editing.sheet(rows)
    tops = [sheet[top, 0, 0] for top in range(0, sheet.shape[0], 6)]
    assert tops == [10, 20, 30, 110, 120, 130]
    assert sheet.shape == (6 * 6 - 2, 3 * 6 - 2, 1)


@pytest.fixture
def data_dir(tmp_path):
    """Avatars of noise, with their edited ones."""
    lines = ["file,split,glasses,beard"]
    for i in range(16):
        split = "test" if i > 11 else "train"
        lines.append(f"{i:03d}.png,{split},{i % 2},{i // 2 % 2}")
        toy_folders.save(tmp_path / "avatars" / f"{i:03d}.png", i, (4, 4))
        for name in toys.ATTRIBUTES if i > 11 else ():
            place = tmp_path / "avatars_edited" / name / f"{i:03d}.png"
            toy_folders.save(place, 100 + i, (4, 4))
    (tmp_path / "avatars" / "attributes.csv").write_text("\n".join(lines))
    return tmp_path


def test_a_run_is_scored_and_reported(data_dir, tmp_path, monkeypatch, capsys):
    class Recipe:
        name, sha256, data, text = "toy", "0", "avatars", "none"
        stages = {"latent": 1, "attributes": 1}

    x = toys.X[:2] + (3,)
    players = {
        "generator": toys.network([toys.Z, toys.A], x, activation="tanh"),
        "discriminator": toys.network([x, toys.A], (1,)),
        "encoder": toys.network([x], toys.Z),
        "attribute_encoder": toys.network([x], toys.A),
    }
    run = tmp_path / "run"
    run.mkdir()
    (run / "environment.json").write_text("{}")
    for name in ("history", "history_latent", "history_attributes"):
        (run / f"{name}.csv").write_text("epoch,seconds\n1,10.4\n2,20.0\n")
    monkeypatch.setattr(runs, "load_recipe", lambda run_dir: Recipe)
    monkeypatch.setattr(runs, "load_seed", lambda run_dir: 3)
    gan = toys.build("IcGAN", **players)
    monkeypatch.setattr(runs, "load_model", lambda run_dir: gan)
    out = tmp_path / "out"
    words = run, "--data-dir", data_dir, "--images", 3, "--steps", 2, "--out", out
    editing.main([str(word) for word in words])
    found = json.loads((out / "toy" / "results.json").read_text())
    assert (found["images"], found["training_seed"]) == (3, 3)
    assert found["seconds"] == {"game": 30, "latent": 30, "attributes": 30}
    assert found["scores"]["image as it is"]["kept"] <= 1
    assert found["scores"]["true drawing"]["psnr"] is None
    assert set(found["scores"]["optimised"]) > {"rebuilt", "encoder_accuracy"}
    text = (out / "toy" / "report.md").read_text()
    assert "| encoder | " in text and "| beard | " in text
    assert "30 s for the game, 30 s for the stage latent" in text
    with Image.open(out / "toy" / "edits.png") as image:
        assert image.size == (3 * 6 - 2, 3 * 3 * 6 - 2)


def test_drawings_must_be_there(data_dir):
    place = data_dir / "avatars"
    train, test, true = editing.read(place, toys.ATTRIBUTES, (4, 4))
    assert (len(train), len(test), true.shape) == (12, 4, (2, 4, 4, 4, 3))
    (data_dir / "avatars_edited" / "beard" / "013.png").unlink()
    with pytest.raises(
        ValueError, match="a true edited drawing of each held-out image"
    ):
        editing.read(place, toys.ATTRIBUTES, (4, 4))


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">'
    '<rect width="1" height="2" fill="#{}"/></svg>'
)


def test_svg_files_are_drawn_with_their_table(tmp_path):
    pytest.importorskip("resvg_py")
    source, out = tmp_path / "svg", tmp_path / "avatars"
    for place, colour in (
        ("images/00000", "ff0000"),
        ("images/00001", "00ff00"),
        ("edited/glasses/00001", "0000ff"),
    ):
        path = source / f"{place}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SVG.format(colour))
    (source / "attributes.csv").write_text("file,glasses\n00000.png,1\n00001.png,0\n")
    avatars.main([str(source), str(out), "--size", "8"])
    for path, colour in (
        (out / "00000.png", (255, 0, 0)),
        (out / "00001.png", (0, 255, 0)),
        (tmp_path / "avatars_edited" / "glasses" / "00001.png", (0, 0, 255)),
    ):
        with Image.open(path) as image:
            assert image.size == (8, 8)
            assert image.convert("RGB").getpixel((1, 1)) == colour
            assert image.convert("RGB").getpixel((6, 6)) == (255, 255, 255)
    assert (out / "attributes.csv").read_text().startswith("file,glasses")
    with pytest.raises(SystemExit):
        avatars.main([str(source), str(out)])
