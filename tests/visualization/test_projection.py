"""Files of a user's own, projected, painted and scored."""

import csv

import numpy as np
import pytest
import toys
from PIL import Image

from ganzoo.visualization import anomalies
from ganzoo.visualization import projection

QUICK = {"steps": 3, "verbose": 0}


@pytest.fixture
def folder(tmp_path):
    """Images in two sub-folders."""
    root = tmp_path / "pictures"
    for name, picture in zip(
        ("good/a.png", "good/b.png", "bad/a.png"), toys.pictures()
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0]).save(root / name)
    return root


def strokes(path, size=(4, 4), opaque=255):
    painted = np.zeros((*size[::-1], 4), "uint8")
    painted[: size[1] // 2] = [200, 200, 200, opaque]
    Image.fromarray(painted, "RGBA").save(path)
    return path


def test_latents_are_written_with_the_names_of_files(folder, tmp_path):
    gan, out, sheet = toys.build("GAN"), tmp_path / "z.npz", tmp_path / "z.png"
    found = projection.project(gan, folder, out, sheet, **QUICK)
    x = toys.pictures()[[2, 0, 1]]
    z, errors = gan.project(x, return_errors=True, **QUICK)
    with np.load(out) as arrays:
        np.testing.assert_array_equal(arrays["latents"], z)
        np.testing.assert_array_equal(arrays["errors"], errors)
        assert arrays["files"].tolist() == ["bad/a.png", "good/a.png", "good/b.png"]
    off = (x - gan.decode(z).astype(float)) ** 2
    wanted = 10 * np.log10(255**2 / off.mean(axis=(1, 2, 3)))
    np.testing.assert_allclose(found, wanted)
    assert sheet.is_file()


def test_a_single_file_is_projected_as_its_class(folder, tmp_path):
    gan, out = toys.build("CGAN"), tmp_path / "z.npz"
    projection.project(gan, folder / "good" / "a.png", out, label=3, **QUICK)
    with np.load(out) as arrays:
        assert arrays["labels"].tolist() == [3]
        wanted = gan.project(toys.pictures(1), labels=3, **QUICK)
        np.testing.assert_array_equal(arrays["latents"], wanted)


def test_styles_are_written_of_a_model_that_has_them(folder, tmp_path):
    gan, out = toys.build("StyleGAN2"), tmp_path / "w.npz"
    found = projection.project(gan, folder, out, space="w", **QUICK)
    x = toys.pictures()[[2, 0, 1]]
    with np.load(out) as arrays:
        w = arrays["styles"]
        assert "latents" not in arrays
    np.testing.assert_array_equal(w, gan.project(x, space="w", **QUICK))
    off = (x - gan.decode(w, space="w").astype(float)) ** 2
    wanted = 10 * np.log10(255**2 / off.mean(axis=(1, 2, 3)))
    np.testing.assert_allclose(found, wanted)


def with_trained_stages(variant):
    gan = toys.compiled(variant)
    for name in gan.stages:
        gan._counters.add_stage(name)
    return gan


def test_what_is_not_said_of_images_the_model_tells(folder, tmp_path):
    gan, out = with_trained_stages("IcGAN"), tmp_path / "z.npz"
    projection.project(gan, folder, out, attributes={"beard": False}, **QUICK)
    x = toys.pictures()[[2, 0, 1]]
    y = gan.encode(x)[1]
    y[:, 1] = -1
    with np.load(out) as arrays:
        np.testing.assert_array_equal(arrays["attributes"], y)
        wanted = gan.project(x, attributes=y, **QUICK)
        np.testing.assert_array_equal(arrays["latents"], wanted)
    found, _ = anomalies.find(gan, folder, tmp_path / "s.csv", **QUICK)
    wanted = gan.anomaly_score(x, attributes=gan.encode(x)[1], **QUICK)
    np.testing.assert_array_equal(found, wanted)


def test_codes_that_are_not_given_are_the_most_likely_ones(folder, tmp_path):
    gan, out = toys.build("InfoGAN"), tmp_path / "z.npz"
    projection.project(gan, folder, out, codes={"c2": -0.5}, **QUICK)
    told = gan.codes(toys.pictures()[[2, 0, 1]])
    with np.load(out) as arrays:
        codes = arrays["codes"]
    np.testing.assert_array_equal(
        codes[:, :10], np.eye(10)[told["categorical"].argmax(1)]
    )
    np.testing.assert_array_equal(codes[:, 10], [-0.5] * 3)
    wanted = told["continuous"][:, 1].clip(-1, 1)
    np.testing.assert_array_equal(codes[:, 11], wanted)


def test_an_image_is_painted(folder, tmp_path):
    gan, image, out = toys.build("GAN"), folder / "good" / "a.png", tmp_path / "out.png"
    # Of twice the size, as of an image that was enlarged to paint on it.
    over = strokes(tmp_path / "strokes.png", (8, 8))
    sheet = projection.paint(gan, image, over, out, **QUICK)
    assert sheet == tmp_path / "out_comparison.png" and sheet.is_file()
    z = gan.project(toys.pictures(1), **QUICK)
    mask = np.repeat([1, 1, 0, 0], 4).reshape(4, 4)
    painted = np.full((1, 4, 4, 1), 200, "uint8") * mask[None, ..., None].astype(
        "uint8"
    )
    wanted = gan.decode(gan.edit_latents(z, painted, mask, verbose=0))
    found = np.asarray(Image.open(out)).astype(int)
    assert abs(found - wanted[0, ..., 0]).max() <= 1


@pytest.mark.parametrize(
    "options, message",
    [
        ({"size": (4, 6)}, "must have the shape of the image.*4 x 4.*of 4 x 6"),
        ({"opaque": 0}, "Paint something"),
    ],
)
def test_strokes_that_cannot_be_meant_are_refused(options, message, folder, tmp_path):
    over = strokes(tmp_path / "strokes.png", **options)
    image, out = folder / "good" / "a.png", tmp_path / "out.png"
    with pytest.raises(ValueError, match=message):
        projection.paint(toys.build("GAN"), image, over, out, **QUICK)
    assert not out.exists()


def test_files_that_cannot_be_meant_are_refused_first(folder, tmp_path):
    gan, image = toys.build("GAN"), folder / "good" / "a.png"
    out = tmp_path / "out.png"
    with pytest.raises(ValueError, match="whose background is transparent"):
        projection.paint(gan, image, image, out)
    with pytest.raises(ValueError, match="`image` must be an image file"):
        projection.paint(gan, folder, image, out)
    (tmp_path / "broken.png").write_text("no picture")
    with pytest.raises(ValueError, match="cannot be read"):
        projection.paint(gan, image, tmp_path / "broken.png", out)
    with pytest.raises(ValueError, match="`out` must end in .png"):
        projection.paint(gan, image, image, tmp_path / "out.jpg")
    with pytest.raises(ValueError, match="`out` must end in .npz"):
        projection.project(gan, folder, tmp_path / "z.npy")
    with pytest.raises(ValueError, match="`images` must end in .png"):
        projection.project(gan, folder, tmp_path / "z.npz", tmp_path / "z.gif")
    with pytest.raises(ValueError, match="`out` must end in .csv"):
        anomalies.find(gan, folder, tmp_path / "z.txt")
    with pytest.raises(ValueError, match="`sheet` must end in .png"):
        anomalies.find(gan, folder, tmp_path / "z.csv", tmp_path / "z.gif")
    with pytest.raises(ValueError, match="`normal` must be the name of a sub-folder"):
        anomalies.find(gan, folder, tmp_path / "z.csv", normal="fine")


def test_scores_are_listed_from_the_strangest(folder, tmp_path):
    gan, out, sheet = toys.build("GAN"), tmp_path / "s.csv", tmp_path / "s.png"
    scores, area = anomalies.find(gan, folder, out, sheet, normal="good", **QUICK)
    wanted = gan.anomaly_score(toys.pictures()[[2, 0, 1]], **QUICK)
    np.testing.assert_array_equal(scores, wanted)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [float(row["score"]) for row in rows] == pytest.approx(
        sorted(wanted, reverse=True), rel=1e-4
    )
    names = {row["file"]: row["anomaly"] for row in rows}
    assert names == {"bad/a.png": "1", "good/a.png": "0", "good/b.png": "0"}
    assert area == pytest.approx((wanted[0] > wanted[1:]).mean())
    assert sheet.is_file()
    _, area = anomalies.find(gan, folder, out, **QUICK)
    assert area is None
    assert "anomaly" not in out.read_text()
