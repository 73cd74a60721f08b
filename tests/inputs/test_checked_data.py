"""Whatever form data come in, each batch goes through the same checks."""

import keras
import numpy as np
import pytest
import toys

from ganzoo.inputs import checked_data

try:
    import tensorflow as tf
except ImportError:
    tf = None

of_tensorflow = pytest.mark.skipif(tf is None, reason="a dataset of TensorFlow")
# Keras warns of datasets that it is to shuffle, as it is without a word.
QUIET = {"verbose": 0, "shuffle": False}


class Batches(keras.utils.PyDataset):
    """A `PyDataset` of given batches."""

    def __init__(self, batches, **kwargs):
        super().__init__(**kwargs)
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]


class Endless(Batches):
    """One that does not tell how many there are."""

    num_batches = None

    def __getitem__(self, index):
        return self.batches[index % len(self.batches)]


def as_tf_data(batches):
    dataset = tf.data.Dataset.from_tensor_slices(
        keras.tree.map_structure(lambda *parts: np.concatenate(parts), *batches)
    )
    return dataset.batch(len(keras.tree.flatten(batches[0])[0]))


FORMS = {
    "PyDataset": Batches,
    "generator": lambda batches: iter(
        [batch if isinstance(batch, tuple) else (batch,) for batch in batches]
    ),
}
if tf:
    FORMS["tf.data"] = as_tf_data
    FORMS["tf.data of unknown length"] = lambda batches: as_tf_data(batches).filter(
        lambda *batch: True
    )


def floats(count=24):
    """Images as floats in [-1, 1]."""
    return toys.pictures(count) / np.float32(127.5) - 1


def in_batches(*arrays, size=8):
    """Batches of arrays: tuples, or arrays where there is one."""
    starts = range(0, len(arrays[0]), size)
    batches = [tuple(array[i : i + size] for array in arrays) for i in starts]
    return batches if len(arrays) > 1 else [batch for (batch,) in batches]


def wrong_labels():
    """As many classes as there are, but counted from 1, which no first batch shows."""
    x, y = toys.data("CGAN")
    y[:8] = 0
    y[-1] = toys.NUM_CLASSES
    return x, y


def nan_in_the_last_batch():
    x = floats()
    x[-1, 0, 0, 0] = np.nan
    return (x,)


def bytes_as_floats():
    return (toys.pictures().astype("float32"),)


def masks():
    return ((toys.pictures() > 127).astype("uint8"),)


# What cannot be meant, by the variant that it is given to, and what the message says.
WRONG = {
    "labels from 1": ("CGAN", wrong_labels, "must be from 0 to 4"),
    "a NaN": ("GAN", nan_in_the_last_batch, "without NaN"),
    "floats up to 255": ("GAN", bytes_as_floats, r"astype\('uint8'\)"),
    "masks of 0 and 1": ("GAN", masks, "scale by 255 first. Received: x with"),
}


@pytest.fixture(scope="module")
def games():
    """A game of each variant, which goes on after all that it has refused."""
    return {variant: toys.untraced(variant) for variant in ("GAN", "CGAN")}


@pytest.mark.parametrize("form", ["arrays", *FORMS])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_batch_is_refused_in_every_form(wrong, form, games):
    variant, make, words = WRONG[wrong]
    gan, arrays = games[variant], make()
    with pytest.raises(ValueError, match=words):
        if form == "arrays":
            gan.fit(*arrays, **QUIET)
        else:
            gan.fit(FORMS[form](in_batches(*arrays)), **QUIET)
    # The message is all there is to read, and nothing is lost.
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())
    gan.fit(*toys.data(variant), **QUIET)


@pytest.mark.parametrize("form", FORMS)
def test_wrong_validation_data_are_refused_in_every_form(form, games):
    gan, (x,) = games["GAN"], toys.data("GAN")
    held_out = FORMS[form](in_batches(*nan_in_the_last_batch()))
    with pytest.raises(ValueError, match="without NaN"):
        gan.fit(x, validation_data=held_out, **QUIET)


@pytest.mark.parametrize("form", ["arrays", *FORMS])
def test_evaluate_makes_the_checks_of_fit(form, games):
    gan, arrays = games["CGAN"], wrong_labels()
    with pytest.raises(ValueError, match="must be from 0 to 4"):
        if form == "arrays":
            gan.evaluate(*arrays, verbose=0)
        else:
            gan.evaluate(FORMS[form](in_batches(*arrays)), verbose=0)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("verb", ["train_on_batch", "test_on_batch"])
def test_a_loop_of_ones_own_makes_the_checks_of_fit(verb, wrong, games):
    variant, make, words = WRONG[wrong]
    gan = games[variant]
    with pytest.raises(ValueError, match=words):
        getattr(gan, verb)(*make())


def test_a_loop_of_ones_own_trains_as_fit_does():
    (x,), looped, fitted = toys.data("GAN"), toys.untraced("GAN"), toys.untraced("GAN")
    losses = looped.train_on_batch(x, return_dict=True)
    fitted.fit(x, batch_size=len(x), **QUIET)
    assert toys.same(looped.get_weights(), fitted.get_weights())
    assert sorted(losses) == ["discriminator_loss", "generator_loss"]


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize("form", FORMS)
def test_right_data_train_as_they_would_unchecked(form):
    (x,), checked, plain = (floats(),), toys.untraced("GAN"), toys.untraced("GAN")
    checked.fit(FORMS[form](in_batches(x)), **QUIET)
    plain.fit(x, batch_size=8, **QUIET)
    assert toys.same(checked.get_weights(), plain.get_weights())


def test_nothing_warns_of_an_order_that_nobody_asked_for():
    gan = toys.untraced("GAN")
    forms = {"generator", "tf.data"} & FORMS.keys()
    for form in forms:
        gan.fit(FORMS[form](in_batches(floats())), steps_per_epoch=3, verbose=0)


def test_floats_from_0_to_1_are_refused_in_batches():
    gan, batches = toys.untraced("GAN"), in_batches((floats() + 1) / 2)
    with pytest.raises(ValueError, match="x = 2 . x - 1"):
        gan.fit(Batches(batches), **QUIET)


def test_a_white_batch_after_others_is_not_refused():
    gan, white = toys.untraced("GAN"), np.ones((8, *toys.IMAGE_SHAPE), "float32")
    gan.fit(Batches([*in_batches(floats()), white]), **QUIET)


def test_a_dark_batch_of_bytes_after_others_is_no_mask():
    gan, dark = toys.untraced("GAN"), np.zeros((8, *toys.IMAGE_SHAPE), "uint8")
    dark[0] = 1
    gan.fit(Batches([*in_batches(toys.pictures()), dark]), **QUIET)


def test_workers_of_a_dataset_are_kept():
    data = Batches([], workers=2, use_multiprocessing=True, max_queue_size=3)
    checked = checked_data.checked(data, checked_data.BatchCheck(lambda *batch: None))
    for name in ("workers", "use_multiprocessing", "max_queue_size", "num_batches"):
        assert getattr(checked, name) == getattr(data, name)


# === An end, and a beginning ===


@of_tensorflow
@pytest.mark.parametrize(
    "endless",
    [
        lambda: as_tf_data(in_batches(toys.pictures())).repeat(),
        lambda: Endless(in_batches(toys.pictures())),
    ],
    ids=["tf.data", "PyDataset"],
)
def test_data_without_an_end_are_refused_without_a_number_of_steps(endless):
    gan, x = toys.untraced("GAN"), toys.pictures()
    with pytest.raises(ValueError, match="`steps_per_epoch`.*has no end"):
        gan.fit(endless(), epochs=2, **QUIET)
    with pytest.raises(ValueError, match="`validation_steps`.*has no end"):
        gan.fit(x, validation_data=endless(), **QUIET)
    with pytest.raises(ValueError, match="`steps`.*has no end"):
        gan.evaluate(endless(), verbose=0)
    history = gan.fit(endless(), epochs=2, steps_per_epoch=2, **QUIET).history
    assert len(history["generator_loss"]) == 2


def test_a_generator_is_refused_for_a_second_epoch_without_a_number_of_steps():
    gan, batches = toys.untraced("GAN"), [(x,) for x in in_batches(toys.pictures())]
    with pytest.raises(ValueError, match="a generator is read once"):
        gan.fit(iter(batches), epochs=2, **QUIET)
    gan.fit(iter(4 * batches), epochs=2, steps_per_epoch=3, **QUIET)


def test_a_generator_may_look_at_the_model_that_it_feeds():
    gan, x = toys.untraced("GAN"), toys.pictures(8)
    seen = []

    def batches():
        for _ in range(6):
            seen.append(gan.generator.get_weights())
            yield (x,)

    gan.fit(batches(), epochs=2, steps_per_epoch=3, **QUIET)
    assert not toys.same(seen[-1], seen[0])
    assert not toys.same(gan.generator.get_weights(), seen[-1])


@of_tensorflow
def test_an_epoch_without_a_step_is_an_error():
    gan, x = toys.untraced("GAN"), toys.pictures(64)
    empty = tf.data.Dataset.from_tensor_slices(x).batch(128, drop_remainder=True)
    with pytest.raises(ValueError, match="a batch or more. `drop_remainder=True`"):
        gan.fit(empty, epochs=3, **QUIET)
    with pytest.raises(ValueError, match="a batch or more"):
        gan.fit(x, validation_data=empty, **QUIET)
    with pytest.raises(ValueError, match="a batch or more"):
        gan.evaluate(empty, verbose=0)
    with pytest.raises(ValueError, match="a batch or more"):
        gan.fit(Batches([]), **QUIET)


@of_tensorflow
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_an_epoch_that_turns_out_to_have_no_step_is_an_error():
    gan, x = toys.untraced("GAN"), toys.pictures()
    empty = as_tf_data(in_batches(x)).filter(lambda batch: False)
    with pytest.raises(ValueError, match="without a batch in epoch 1"):
        gan.fit(empty, epochs=3, **QUIET)


@of_tensorflow
def test_a_lost_rank_is_told_with_what_gives_it_back():
    dataset = as_tf_data(in_batches(toys.pictures())).map(
        lambda x: tf.numpy_function(lambda x: x, [x], tf.uint8)
    )
    gan = toys.untraced("GAN")
    words = r"tf.ensure_shape\(x, \(None, 4, 4, 1\)\)"
    with pytest.raises(ValueError, match=words):
        gan.fit(dataset, **QUIET)
    with pytest.raises(ValueError, match=words):
        gan.evaluate(dataset, verbose=0)
    gan.fit(dataset.map(lambda x: tf.ensure_shape(x, (None, 4, 4, 1))), **QUIET)


# === So many steps of arrays ===


class Seen(keras.callbacks.Callback):
    """How many steps each epoch had, and what they were of."""

    def __init__(self):
        super().__init__()
        self.steps = []

    def on_epoch_begin(self, epoch, logs=None):
        self.steps.append(0)

    def on_train_batch_end(self, batch, logs=None):
        self.steps[-1] += 1


@pytest.mark.parametrize("steps", [3, 6])
def test_an_epoch_of_arrays_has_the_steps_that_are_asked_for(steps):
    gan, x, seen = toys.untraced("GAN"), toys.pictures(16), Seen()
    gan.fit(
        x,
        batch_size=4,
        steps_per_epoch=steps,
        epochs=3,
        validation_data=(x,),
        validation_steps=2,
        callbacks=[seen],
        verbose=0,
    )
    assert seen.steps == [steps] * 3


def test_steps_of_arrays_resume_to_the_bit(tmp_path):
    options = {"batch_size": 8, "steps_per_epoch": 4, "verbose": 0}
    straight, stopped = toys.untraced("GAN"), toys.untraced("GAN")
    x = toys.pictures()
    straight.fit(x, epochs=2, **options)
    stopped.fit(x, epochs=1, **options)
    stopped.save(tmp_path / "model.keras")
    resumed = keras.saving.load_model(tmp_path / "model.keras")
    resumed.fit(x, epochs=2, initial_epoch=1, **options)
    assert toys.same(resumed.get_weights(), straight.get_weights())


@pytest.mark.parametrize("form", [Batches, lambda batches: (b for b in batches)])
def test_batches_that_are_no_tuples_are_taken_too(form):
    gan = toys.compiled("GAN")
    x = toys.pictures(12)
    history = gan.fit(form([x[:6], x[6:]]), steps_per_epoch=2, **QUIET)
    assert np.isfinite(history.history["discriminator_loss"]).all()
