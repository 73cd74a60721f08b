"""Sample sheets between epochs."""

import toys

from ganzoo import callbacks
from ganzoo import grids


def test_a_sheet_is_written_after_every_epoch(tmp_path):
    gan = toys.compiled("GAN")
    sheets = callbacks.SampleSheet(
        tmp_path / "samples", lambda model: grids.grid(model.generate(4, seed=0))
    )
    gan.fit(toys.pictures(), epochs=2, callbacks=[sheets], verbose=0)
    paths = sorted((tmp_path / "samples").iterdir())
    assert [path.name for path in paths] == ["epoch_0001.png", "epoch_0002.png"]
    first, second = (path.read_bytes() for path in paths)
    assert first != second


def test_drawing_sheets_does_not_change_the_training():
    plain, drawn = toys.compiled("GAN"), toys.compiled("GAN")
    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    plain.fit(toys.pictures(), **options)
    draw = callbacks.keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: drawn.generate(4)
    )
    drawn.fit(toys.pictures(), callbacks=[draw], **options)
    assert toys.same(toys.copy_of(plain.weights), toys.copy_of(drawn.weights))
