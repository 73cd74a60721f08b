"""How a sequence in files goes on, as a film; and the sheet of a run."""

import numpy as np
import pytest
import toys
from click.testing import CliRunner
from PIL import Image

from ganzoo import cli
from ganzoo.visualization import grids
from ganzoo.visualization import prediction
from ganzoo.visualization import samples


def animated(path, count):
    first, *others = (
        Image.fromarray(np.full((4, 4), 20 * i, "uint8")) for i in range(count)
    )
    first.save(path, save_all=True, append_images=others)
    return path


def test_a_film_goes_on_with_a_sequence(tmp_path):
    gan, out = toys.build("PredictiveGAN"), tmp_path / "out.gif"
    gan.save(tmp_path / "gan.keras")
    source = animated(tmp_path / "a.gif", 5)
    arguments = "predict", tmp_path / "gan.keras", source, out, "-n", 3
    done = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    assert f"2 given images and 3 predicted images: {out}" in done.output
    film = prediction.predict(gan, source, out, 3)
    assert film[:2, 0, 0, 0].tolist() == [60, 80]
    np.testing.assert_array_equal(film[2:], gan.predict_next(film[None, :2], 3)[0])
    with Image.open(out) as written:
        assert (written.n_frames, written.size) == (5, (128, 128))


@pytest.mark.parametrize(
    "source, out, message",
    [
        ("short.gif", "out.gif", "sequence of 2 images or more.*with 1"),
        ("long.gif", "out.png", "Write a .gif, .webp or .mp4 file"),
        ("none.gif", "out.gif", "which is not there"),
    ],
)
def test_what_cannot_be_predicted_is_told(source, out, message, tmp_path):
    animated(tmp_path / "short.gif", 1)
    animated(tmp_path / "long.gif", 3)
    gan = toys.build("PredictiveGAN")
    with pytest.raises(ValueError, match=message):
        prediction.predict(gan, tmp_path / source, tmp_path / out)
    assert not (tmp_path / out).exists()


def test_others_do_not_predict(tmp_path):
    with pytest.raises(ValueError, match="Only a model of sequences predicts"):
        prediction.predict(toys.build("GAN"), tmp_path / "a.gif", tmp_path / "b.gif")


def test_a_row_of_a_sheet_is_the_past_a_prediction_and_what_came():
    gan, (x,) = toys.build("PredictiveGAN"), toys.data("PredictiveGAN", 6)
    shown = np.concatenate([x[:, :-1], gan.predict_next(x[:, :-1]), x[:, -1:]], axis=1)
    # Two sequences side by side.
    wanted = grids.grid(shown.reshape(-1, *toys.X), columns=8)
    np.testing.assert_array_equal(samples.sheet(None, gan, (x,)), wanted)
    np.testing.assert_array_equal(samples.real(gan, (x,)), x[:, -1])
