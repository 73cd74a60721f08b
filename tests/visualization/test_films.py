"""Films of training, from the sheets of a run folder."""

import av
import numpy as np
import pytest
from PIL import Image

from ganzoo.visualization import films
from ganzoo.visualization import grids


def write_sheets(folder, greys, size=(20, 30)):
    for epoch, grey in enumerate(greys, start=1):
        sheet = np.full((*size, 1), grey, "uint8")
        grids.save_png(folder / f"epoch_{epoch:04d}.png", sheet)


def greys_of(path):
    """The grey of each frame of a film, and its milliseconds."""
    with Image.open(path) as film:
        for i in range(film.n_frames):
            film.seek(i)
            yield int(np.asarray(film.convert("L")).mean()), film.info.get("duration")


@pytest.mark.parametrize("ending", ["gif", "webp"])
def test_a_film_shows_the_sheets_in_order_and_holds_the_last(ending, tmp_path):
    write_sheets(tmp_path, [0, 100, 250])
    out = tmp_path / "new" / f"a.{ending}"
    assert films.of_training(tmp_path, out, fps=4) == 3
    first, second, *last = greys_of(out)
    assert abs(first[0] - 0) <= 2 and abs(second[0] - 100) <= 2
    assert all(abs(grey - 250) <= 2 for grey, _ in last)
    if ending == "gif":
        assert [first[1], second[1], *(time for _, time in last)] == [250, 250, 2250]


def test_a_film_in_mp4_has_the_sheets_per_second_that_are_asked_for(tmp_path):
    write_sheets(tmp_path, [0, 200], size=(33, 21))
    assert films.of_training(tmp_path, tmp_path / "a.mp4", fps=12.5) == 2
    with av.open(str(tmp_path / "a.mp4")) as film:
        stream = film.streams.video[0]
        assert (stream.average_rate, stream.width, stream.height) == (12.5, 42, 66)
        assert sum(1 for _ in film.decode(video=0)) == 2 + 25


def test_a_long_training_is_shown_evenly_and_large_sheets_are_shrunk(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(films, "FRAMES", 3)
    monkeypatch.setattr(films, "SIDE", 30)
    write_sheets(tmp_path, range(0, 250, 50))
    assert films.of_training(tmp_path, tmp_path / "a.gif", fps=1) == 3
    assert [grey for grey, _ in greys_of(tmp_path / "a.gif")] == [0, 100, 200]
    with Image.open(tmp_path / "a.gif") as film:
        assert film.size == (30, 20)


def test_what_is_no_film_is_refused(tmp_path):
    with pytest.raises(ValueError, match="this folder holds none"):
        films.of_training(tmp_path, tmp_path / "a.gif")
    with pytest.raises(ValueError, match="Write a .gif, .webp or .mp4 file"):
        films.of_training(tmp_path, tmp_path / "a.png")
    write_sheets(tmp_path, [0])
    grids.save_png(tmp_path / "epoch_0002.png", np.zeros((9, 9, 1), "uint8"))
    with pytest.raises(ValueError, match="epoch_0002.png of .18, 18. pixels"):
        films.of_training(tmp_path, tmp_path / "a.gif")
    assert not (tmp_path / "a.gif").exists()
