"""The order of the examples: all of them, anew in each epoch."""

import keras
import numpy as np
import pytest
import toy_trainings
import toys

from ganzoo import backend
from ganzoo.inputs.epochs import Epochs


def rows(epoch):
    return np.concatenate([epoch[i] for i in range(len(epoch))])


def test_every_example_comes_once_an_epoch_in_an_order_that_follows_the_state():
    epoch = Epochs([np.arange(10)], 4)
    orders = []
    for state in ([1, 2], [1, 3], [1, 2]):
        epoch.shuffle(state)
        assert [len(epoch[i]) for i in range(len(epoch))] == [4, 4, 2]
        orders.append(rows(epoch).tolist())
    assert sorted(orders[0]) == list(range(10))
    assert orders[0] == orders[2] != orders[1]


def test_parts_stay_together():
    x = np.arange(10)
    epoch = Epochs([x, -x], 4)
    epoch.shuffle([0])
    for i in range(len(epoch)):
        a, b = epoch[i]
        np.testing.assert_array_equal(a, -b)


def test_labelled_examples_have_an_order_of_their_own():
    x, y = np.arange(10), np.where(np.arange(10) % 3 == 1, np.arange(10), -1)
    epoch = Epochs([x, y], 4, labelled=np.array([1, 4, 7]))
    everything, labelled = [], []
    for state in ([1], [2]):
        epoch.shuffle(state)
        batches = [epoch[i] for i in range(len(epoch))]
        assert [len(all_x) for all_x, _ in batches] == [4, 4, 2]
        for all_x, (some_x, some_y) in batches:
            np.testing.assert_array_equal(some_x, some_y)
            assert len(some_x) == len(all_x)
        everything.append(np.concatenate([all_x for all_x, _ in batches]).tolist())
        labelled.append(np.concatenate([y for _, (_, y) in batches]).tolist())
    assert all(sorted(order) == list(range(10)) for order in everything)
    # Three passes and one more, each in a new order.
    assert all(sorted(order[:9]) == [1, 1, 1, 4, 4, 4, 7, 7, 7] for order in labelled)
    assert labelled[0] != labelled[1]
    epoch.shuffle([1])
    again = np.concatenate([epoch[i][1][1] for i in range(len(epoch))])
    assert again.tolist() == labelled[0]


@pytest.mark.parametrize("door", ["fit", "evaluate", "validation_data"])
def test_parts_of_unequal_lengths_are_refused(door):
    gan, (x, y) = toys.compiled("CGAN"), toys.data("CGAN")
    given = {
        "fit": lambda: gan.fit(x, y[:-1], verbose=0),
        "evaluate": lambda: gan.evaluate(x[:-1], y, verbose=0),
        "validation_data": lambda: gan.fit(x, y, validation_data=(x, y[:5])),
    }
    with pytest.raises(ValueError, match="as many labels .* Received: arrays of len"):
        given[door]()


def test_fit_shows_all_pictures_in_a_new_order_each_epoch(monkeypatch):
    seen = []
    take = Epochs.part

    def watch(self, *part):
        batch = take(self, *part)
        seen.append(batch.sum(axis=(1, 2, 3)))
        return batch

    monkeypatch.setattr(Epochs, "part", watch)
    gan = toys.untraced("GAN")
    gan.fit(toys.pictures(), batch_size=24, epochs=3, verbose=0)
    sums = toys.pictures().sum(axis=(1, 2, 3))
    assert all(sorted(order) == sorted(sums) for order in seen)
    # Keras may look at a batch before the first epoch, to learn its shape.
    assert len({tuple(order) for order in seen[-3:]}) == 3


@pytest.mark.parametrize("variant", ["CGAN", "WGANGP"])
def test_feeding_leaves_every_step_as_it_is_by_keras(variant):
    fed, by_keras = toys.compiled(variant), toys.compiled(variant)
    data = toys.data(variant)
    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    a = fed.fit(*data, batch_size=10, **options)
    b = by_keras.fit(Epochs(data, 10), **options)
    assert a.history == b.history
    for one, two in zip(fed.weights, by_keras.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy())
    assert fed.evaluate(*data, batch_size=10, verbose=0) == by_keras.evaluate(
        Epochs(data, 10), verbose=0
    )


def test_held_out_shares_are_the_last_as_in_keras():
    plain, split = toys.untraced("CGAN"), toys.untraced("CGAN")
    x, y = toys.data("CGAN")
    options = {"epochs": 2, "verbose": 0}
    a = plain.fit(x[:18], y[:18], validation_data=(x[18:], y[18:]), **options)
    b = split.fit(x, y, validation_split=0.25, **options)
    assert a.history == b.history


def test_given_held_out_data_go_before_a_share_as_in_keras():
    x, y = toys.data("CGAN")
    given, both = toys.untraced("CGAN"), toys.untraced("CGAN")
    options = {"validation_data": (x[:6], y[:6]), "verbose": 0}
    a = given.fit(x, y, **options)
    b = both.fit(x, y, validation_split=0.25, **options)
    assert a.history == b.history


@pytest.mark.parametrize(
    "variant, y, split, message",
    [
        ("ACGAN", np.repeat([0, 1], 12), 0.5, "left to train on: `y` must have labels"),
        ("SemiSupervisedGAN", [0, 1] + 22 * [-1], 0.2, "held out: .* with -1 only"),
        ("SemiSupervisedGAN", 22 * [-1] + [0, 1], 0.2, "train on: .* with -1 only"),
        ("CoGAN", toys.pictures(1), 0.2, r"train on: .* of shape \(0, "),
        ("GAN", None, 0.01, r"held out: A game needs images.*\(0, "),
    ],
)
def test_held_out_shares_and_what_they_leave_are_looked_at(variant, y, split, message):
    if variant == "GAN":
        x = toys.pictures(3)
        split = 0.999
        message = r"train on: A game needs images.*\(0, "
    else:
        x = toys.pictures(24)
    gan = toys.untraced(variant)
    with pytest.raises(ValueError, match=f"holds out the last.*{message}"):
        gan.fit(x, y, validation_split=split, verbose=0)
    assert int(gan.steps) == 0


@pytest.mark.parametrize("share", [-0.1, 1, 1.5])
def test_shares_to_hold_out_are_less_than_all(share):
    with pytest.raises(ValueError, match="`validation_split` must be a share"):
        toys.untraced("GAN").fit(toys.pictures(), validation_split=share, verbose=0)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.data tunes on TensorFlow"
)
def test_iterators_are_not_tuned_which_would_keep_them_from_ending():
    dataset = backend.feed(Epochs([np.arange(10), np.zeros((10, 2, 2))], 4))
    assert dataset.options().autotune.enabled is False
    assert dataset.cardinality() == 3
    shapes = [(tuple(a.shape), tuple(b.shape)) for a, b in dataset]
    assert shapes == [((4,), (4, 2, 2)), ((4,), (4, 2, 2)), ((2,), (2, 2, 2))]


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.data feeds TensorFlow"
)
def test_feeding_leaves_the_c_library_to_keep_memory():
    with toy_trainings.CONTEXT.Pool(1) as pool:
        # Of 5,120.
        assert pool.apply(toy_trainings.faults_after_fit) < 500


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="of JAX")
def test_the_state_of_a_step_is_not_searched_for_layers():
    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            state = self.model._jax_state
            self.containers = {type(state), *map(type, state.values())}

    look, gan = Look(), toys.build("GAN")
    gan.compile()
    gan.fit(toys.pictures(8), batch_size=4, verbose=0, callbacks=[look])
    # Keras wraps what it has searched.
    assert look.containers == {dict, list}
