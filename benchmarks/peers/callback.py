"""How `fit` tells of its steps."""

import keras


class EachStep(keras.callbacks.Callback):
    """Call `watch` with the index and the losses of each step."""

    # As for whoever has no callback for steps: the next does not wait for it.
    async_safe = True

    def __init__(self, watch):
        super().__init__()
        self.watch = watch

    def on_train_batch_end(self, batch, logs=None):
        self.watch(batch, logs.values())
