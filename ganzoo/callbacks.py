"""What happens between epochs: no model ever draws a picture by itself."""

import pathlib

import keras

from ganzoo import grids


class SampleSheet(keras.callbacks.Callback):
    """Writes a PNG of sample pictures after every epoch: `epoch_0001.png` and so on.

    Args:
        folder: path. Where to write; made if it is missing.
        draw: function of the model. Returns a uint8 sheet `(height, width, channels)`;
            drawn with a fixed seed it shows the same latents growing up.
    """

    def __init__(self, folder, draw):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.draw = draw

    def on_epoch_end(self, epoch, logs=None):
        path = self.folder / f"epoch_{epoch + 1:04d}.png"
        grids.save_png(path, self.draw(self.model))


class SaveModel(keras.callbacks.Callback):
    """Saves the whole model after every epoch; a kill leaves the last whole file.

    Args:
        path: path. A `.keras` file.
    """

    def __init__(self, path):
        super().__init__()
        self.path = pathlib.Path(path)

    def on_epoch_end(self, epoch, logs=None):
        partial = self.path.with_name(f".partial-{self.path.name}")
        self.model.save(partial)
        partial.replace(self.path)
