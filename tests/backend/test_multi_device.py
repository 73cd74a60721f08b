"""Several devices change how long a step takes, and nothing else."""

import keras
import numpy as np
import pytest
import toy_devices
import toys
from training import test_kills

import ganzoo
from ganzoo import backend
from ganzoo.backend import multi_device
from ganzoo.backend.placement import Placement
from ganzoo.inputs import batches
from ganzoo.inputs import epochs
from ganzoo.networks import blocks
from ganzoo.training import run_folder
from ganzoo.training import runs
from ganzoo.training.history import read_history
from ganzoo.visualization import grids

shared = pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras shares no batch on PyTorch"
)
WAIT = 480  # seconds until a process is given up
# Some need all of a batch, which a device has not on TensorFlow, or are lazy.
WHOLE, LAZY = ["EBGAN", "IcGAN", "UnrolledGAN"], ["StyleGAN2", "ConditionalStyleGAN2"]
ALONE = [*WHOLE, *LAZY] * (keras.backend.backend() == "tensorflow")
# Whose steps are made of the steps of others, as far as devices have a part in them.
MADE_OF_OTHERS = [
    *("ACGAN", "ALI", "BEGAN", "BiGAN", "CGAN", "CycleGAN", "FAnoGAN", "GANCLS"),
    *("HingeGAN", "InfoGAN", "LAPGAN", "PredictiveGAN", "SRGAN", "WGAN"),
]
VARIANTS = [
    variant
    for variant in toys.VARIANTS
    if variant not in (*toys.ALIKE, *MADE_OF_OTHERS, *ALONE)
]
# One is shared among more, as it has shares of a batch. Another, with a second array
# and dropout, is shared by workers.
OF_FOUR, OF_WORKERS = ["WGANGP"], ["Pix2Pix"]
OTHERS = [variant for variant in VARIANTS if variant not in OF_FOUR + OF_WORKERS]


def ended(*processes):
    """Wait for processes, and return their exit codes."""
    for process in processes:
        process.join(WAIT)
    codes = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
    return codes


@pytest.fixture(scope="module")
def one_device(tmp_path_factory):
    """What a step of each variant comes to on one device."""
    path = tmp_path_factory.mktemp("devices") / "one.npz"
    assert ended(toy_devices.start(toy_devices.step, path, VARIANTS)) == [0]
    with np.load(path) as file:
        return dict(file)


def assert_close(path, expected, variants):
    """Assert that weights, statistics and losses are the same to 1e-5."""
    with np.load(path) as file:
        found = dict(file)
    names = [name for name in expected if name.split()[0] in variants]
    assert sorted(found) == sorted(names)
    for name in names:
        np.testing.assert_allclose(
            found[name], expected[name], atol=1e-5, rtol=1e-5, err_msg=name
        )


@shared
@pytest.mark.parametrize(("count", "variants"), [(2, OTHERS), (4, OF_FOUR)])
def test_a_step_is_the_same_on_several_devices(count, variants, one_device, tmp_path):
    path = tmp_path / "several.npz"
    process = toy_devices.start(toy_devices.step, path, variants, count)
    assert ended(process) == [0]
    assert_close(path, one_device, variants)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="right on JAX")
@pytest.mark.parametrize("variant", WHOLE)
def test_what_needs_the_whole_batch_is_refused_on_parts_of_it(variant, monkeypatch):
    gan = toys.untraced(variant)
    monkeypatch.setattr(backend, "placement", lambda model=None: Placement(2))
    with pytest.raises(ValueError, match="the whole batch, and on TensorFlow each"):
        gan.check_trains()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="right on JAX")
@pytest.mark.parametrize("variant", LAZY)
def test_what_is_minimised_in_some_steps_only_is_refused(variant, monkeypatch):
    gan = toys.untraced(variant)
    monkeypatch.setattr(backend, "placement", lambda model=None: Placement(2))
    with pytest.raises(ValueError, match="in every n-th step only, and TensorFlow"):
        gan.check_trains()
    toys.untraced(variant, r1_weight=None).check_trains()


@shared
def test_state_of_the_game_is_the_same_on_two_devices(tmp_path):
    path = tmp_path / "two.npz"
    assert ended(toy_devices.start(toy_devices.balance, path, 2)) == [0]
    found = np.load(path)
    gan = toy_devices.balanced()
    for k in found["k"]:
        assert k == pytest.approx(float(gan.k.value), abs=1e-6) != 0.5
    assert found["images_seen"] == 24 and int(gan.images_seen) == 24


@shared
def test_a_step_is_the_same_of_two_workers(one_device, tmp_path):
    workers = toy_devices.addresses(2)
    paths = [tmp_path / f"{i}.npz" for i in range(2)]
    processes = [
        toy_devices.start(toy_devices.step, path, OF_WORKERS, None, workers, i)
        for i, path in enumerate(paths)
    ]
    assert ended(*processes) == [0, 0]
    for path in paths:
        assert_close(path, one_device, OF_WORKERS)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="JAX ends the others after a minute only",
)
def test_a_killed_worker_ends_the_others_and_all_go_on_exactly(tmp_path):
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(test_kills.RECIPE.replace("epochs = 8", "epochs = 5"))

    def start(run_dir):
        workers = toy_devices.addresses(2)
        return [
            toy_devices.start(
                toy_devices.train, str(recipe), str(run_dir), workers, worker
            )
            for worker in range(2)
        ]

    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert ended(*start(whole)) == [0, 0]
    first, second = start(killed)
    while first.is_alive() and not run_folder.count_epochs(killed):
        first.join(0.05)
    second.kill()
    codes = ended(first, second)
    assert 0 not in codes and None not in codes
    assert 1 <= run_folder.count_epochs(killed) < 5
    assert ended(*start(killed)) == [0, 0]
    test_kills.assert_same(runs.load_model(whole), runs.load_model(killed))
    assert not test_kills.partial_files(killed)
    # The second one wrote nothing.
    assert {p.name for p in killed.iterdir()} == {p.name for p in whole.iterdir()}
    assert len(list((killed / "backup").glob("epoch_*"))) == 1


@shared
def test_a_training_that_is_scored_and_estimated_first_has_its_devices(tmp_path):
    folder, run_dir = tmp_path / "pictures", tmp_path / "run"
    rng = np.random.default_rng(0)
    for i in range(80):
        picture = rng.integers(0, 256, (28, 28, 1)).astype("uint8")
        grids.save_png(folder / f"{i}.png", picture)
    arguments = str(folder), str(run_dir)
    assert ended(toy_devices.start(toy_devices.train_on_folder, *arguments)) == [0]
    assert "val_fd" in read_history(run_dir / "history.csv")[0]


def test_parts_of_a_batch_are_read_by_who_has_them():
    class Rows:
        """An array that remembers what was read."""

        def __init__(self, array):
            self.array, self.read = array, []

        def __len__(self):
            return len(self.array)

        def __getitem__(self, rows):
            self.read += list(rows)
            return self.array[rows]

    rows = Rows(np.arange(22))
    data = epochs.Epochs([rows], 8, parts=4)
    # The last batch has 6, of which 4 can be shared.
    assert len(data) == 3
    parts = [data.part(i, 1, 2).tolist() for i in range(3)]
    assert parts == [[4, 5, 6, 7], [12, 13, 14, 15], [18, 19]]
    assert rows.read == sum(parts, [])
    assert len(epochs.Epochs([np.arange(18)], 8, parts=4)) == 2


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(ValueError, match="multiple of `devices .*batch_size=6"):
        epochs.Epochs([np.arange(22)], 6, parts=4)
    with pytest.raises(ValueError, match="3 examples"):
        epochs.Epochs([np.arange(3)], 8, parts=4)


def test_files_say_nothing_of_devices():
    gan = toys.build("BiGAN")
    for layer in gan._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = True
    assert "'synchronized': True" not in str(gan.get_config())
    assert "'synchronized': False" in str(gan.get_config())


def test_dropout_is_keras_own_on_one_device():
    x = keras.ops.ones((4, 8))
    own = blocks.Dropout(0.5, seed=3)(x, training=True)
    keras_own = keras.layers.Dropout(0.5, seed=3)(x, training=True)
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(own), keras.ops.convert_to_numpy(keras_own)
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"devices": 0}, "at least 1"),
        ({"workers": ["node1"]}, "host and a free port"),
        ({"workers": ["a:1", "b:2"], "worker": 2}, "from 0 to 1"),
    ],
)
def test_what_cannot_be_used_is_refused(options, message):
    with pytest.raises(ValueError, match=message), multi_device.use(**options):
        pass


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="of PyTorch")
def test_pytorch_has_one_device():
    with pytest.raises(ValueError, match="TensorFlow and JAX"), multi_device.use(2):
        pass


def test_without_options_nothing_changes():
    with multi_device.use():
        assert ganzoo.backend.placement() == ganzoo.backend.placement(toys.build("GAN"))


def test_batches_that_devices_cannot_share_are_refused():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return toys.pictures(6 if index == 2 else 8)

    batches.check_shared(Batches(), 2)
    with pytest.raises(ValueError, match=r"multiple of 4 .* batches of \[8, 6\]"):
        batches.check_shared(Batches(), 4)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of tf.data")
def test_a_dataset_whose_last_batch_is_smaller_is_refused():
    import tensorflow as tf

    pictures = tf.data.Dataset.from_tensor_slices(toys.pictures(20))
    batches.check_shared(pictures.batch(8), 1)
    batches.check_shared(pictures.batch(8, drop_remainder=True), 4)
    with pytest.raises(ValueError, match="drop_remainder=True"):
        batches.check_shared(pictures.batch(8), 4)
