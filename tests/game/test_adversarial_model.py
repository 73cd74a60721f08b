"""The game: Algorithm 1, and the life of a keras.Model that plays it."""

import io
import os
import shutil

import keras
import numpy as np
import pytest
import toys
from keras import layers
from keras import ops

import ganzoo
from ganzoo.game import sampling

every_variant = pytest.mark.parametrize("variant", toys.VARIANTS)
every_kind = pytest.mark.parametrize("variant", toys.KINDS)


# === Algorithm 1 ===


@every_variant
def test_fit_moves_every_network_and_ends_finite_and_evaluate_moves_none(variant):
    gan = toys.compiled(variant)
    before, weights = toys.copy_of(gan.variables), toys.copy_of(gan.weights)
    gan.evaluate(*toys.data(variant), verbose=0)
    assert toys.same(weights, toys.copy_of(gan.weights))
    history = gan.fit(*toys.data(variant), batch_size=12, epochs=2, verbose=0).history
    losses = {"discriminator_loss", "generator_loss"}
    assert set(history) == {*losses, *gan.note_names}
    assert np.isfinite(list(history.values())).all()
    # Networks of stages rest in the game.
    own = {
        id(v)
        for stage in gan.stages.values()
        for name in stage.networks
        for v in getattr(gan, name).variables
    }
    # Running statistics of batches are among them.
    for variable, old in zip(gan.variables, before):
        if id(variable) in own:
            continue
        moved = not np.array_equal(old, ops.convert_to_numpy(variable))
        # A bias before a normalisation has no gradient, nor has a critic's last one;
        # pix2pix has no latents to draw in evaluation. Some noise is constant,
        # and waves are.
        still = ("bias", "seed_generator", "constant_noise", "fourier")
        assert moved or any(part in variable.path for part in still), variable.path


@every_variant
@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_a_players_step_leaves_the_other_as_it_was(variant, player):
    gan = toys.compiled(variant)
    other = {"discriminator": "generator", "generator": "discriminator"}[player]
    own, others = (
        toys.copy_of(getattr(gan, f"{name}_variables")) for name in (player, other)
    )
    gan.minimize(
        getattr(gan, f"{player}_loss"),
        gan.to_batch(tuple(ops.convert_to_tensor(d) for d in toys.data(variant))),
        getattr(gan, f"{player}_variables"),
        getattr(gan, f"{player}_optimizer"),
    )
    assert not toys.same(own, toys.copy_of(getattr(gan, f"{player}_variables")))
    assert toys.same(others, toys.copy_of(getattr(gan, f"{other}_variables")))


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="of PyTorch")
def test_a_players_step_keeps_no_graph_of_the_other():
    gan, watched = toys.compiled("BiGAN"), []
    others = [v.value for v in gan.generator_variables]

    def loss(batch):
        watched.extend(value.requires_grad for value in others)
        return gan.discriminator_loss(batch)

    batch = gan.to_batch(tuple(ops.convert_to_tensor(d) for d in toys.data("BiGAN")))
    gan.minimize(loss, batch, gan.discriminator_variables, gan.discriminator_optimizer)
    assert watched == [False] * len(others)
    assert all(value.requires_grad for value in others)


def watch_shares(gan):
    """Record the batches that the losses see, as NumPy arrays."""
    seen = []
    for name in ("discriminator_loss", "generator_loss"):
        loss = getattr(gan, name)

        def watched(batch, name=name, loss=loss):
            seen.append((name, ops.convert_to_numpy(batch).copy()))
            return loss(batch)

        setattr(gan, name, watched)
    return seen


@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="JAX differentiates tracers, not values"
)
def test_each_discriminator_step_sees_a_fresh_share_of_the_batch():
    gan = toys.build("GAN", discriminator_steps=3)
    gan.compile(run_eagerly=True)
    seen = watch_shares(gan)
    x = toys.pictures(12)
    gan.fit(x, batch_size=12, shuffle=False, verbose=0)
    floats = x.astype("float32") / 127.5 - 1
    assert [name for name, _ in seen] == ["discriminator_loss"] * 3 + ["generator_loss"]
    for i in range(3):
        np.testing.assert_allclose(seen[i][1], floats[i::3], atol=1e-6)


@pytest.mark.parametrize("variant", ["CGAN", "WGANGP"])
def test_k_discriminator_steps_are_taken_for_one_generator_step(variant):
    gan = toys.untraced(variant, discriminator_steps=3)
    # Batches of 9, 9 and 6; the shares of the last one are 2 each.
    gan.fit(*toys.data(variant, 24), batch_size=9, verbose=0)
    steps = [
        int(ops.convert_to_numpy(optimizer.iterations))
        for optimizer in gan.optimizer.optimizers
    ]
    assert steps == [9, 3]


def test_a_last_batch_that_does_not_divide_is_no_nan():
    gan = toys.compiled("WGANGP", discriminator_steps=5)
    for count in 16, 17, 18:
        x = toys.pictures(count)
        history = gan.fit(x, batch_size=15, epochs=2, verbose=0).history
        assert np.isfinite(list(history.values())).all(), count


def test_networks_run_in_training_mode_inside_a_step_and_not_in_evaluate():
    x = layers.Input((50,))
    generator = keras.Model(
        x, layers.Reshape((10, 5, 1))(layers.Dropout(0.5, seed=0)(ops.ones_like(x)))
    )
    gan = ganzoo.GAN(
        generator=generator,
        discriminator=toys.network([(10, 5, 1)], (1,)),
        seed=0,
    )
    z = gan.sample_z(ops.zeros((200, 10, 5, 1)))
    zeros = np.mean(ops.convert_to_numpy(gan.G(z)) == 0)
    assert zeros == pytest.approx(0.5, abs=0.02)
    gan._is_training = False
    assert (ops.convert_to_numpy(gan.G(z)) == 1).all()


# === Losses and metrics ===


def test_history_is_the_mean_over_the_epoch_of_every_example():
    gan = toys.build("GAN")
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    idle = gan.discriminator_loss
    gan.discriminator_loss = lambda x: ops.mean(x) + 0.0 * idle(x)
    x = toys.pictures(20)
    history = gan.fit(x, batch_size=16, verbose=0).history
    wanted = (x.astype("float64") / 127.5 - 1).mean()
    assert history["discriminator_loss"][0] == pytest.approx(wanted, abs=1e-5)


def test_evaluate_is_the_losses_in_inference_mode_and_disturbs_nothing():
    x = toys.pictures()
    plain, validated = toys.untraced("GAN"), toys.untraced("GAN")
    plain.fit(x, batch_size=12, epochs=2, shuffle=False, verbose=0)
    history = validated.fit(
        x, batch_size=12, epochs=2, shuffle=False, validation_data=(x,), verbose=0
    ).history
    assert toys.same(toys.copy_of(plain.weights), toys.copy_of(validated.weights))
    assert set(history) >= {"val_discriminator_loss", "val_generator_loss"}
    names = validated.metrics_names
    assert names == ["discriminator_loss", "generator_loss"]
    assert len(validated.evaluate(x, verbose=0)) == 2


def test_trackers_are_the_same_on_every_access():
    gan = toys.compiled("GAN")
    assert all(a is b for a, b in zip(gan.metrics, gan.metrics))


# === compile ===


@every_variant
def test_compile_without_arguments_takes_the_papers_optimizers(variant):
    gan = toys.build(variant)
    gan.compile()
    for player in ("discriminator", "generator"):
        wanted = {**gan.new_optimizer(player).get_config(), "name": None}
        optimizer = getattr(gan, f"{player}_optimizer")
        assert {**optimizer.get_config(), "name": None} == wanted
    assert gan.discriminator_optimizer is not gan.generator_optimizer


def test_given_optimizers_are_used_as_they_are():
    gan = toys.build("GAN")
    d, g = keras.optimizers.RMSprop(1e-3), keras.optimizers.Adam(1e-4)
    gan.compile(d, g)
    assert gan.discriminator_optimizer is d and gan.generator_optimizer is g


def test_one_optimizer_for_both_players_is_refused():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="optimizer of its own"):
        toys.build("GAN").compile(adam, adam)


def test_nothing_but_the_two_players_optimizers_is_saved(tmp_path):
    import h5py

    gan = toys.untraced("GAN")
    gan.fit(toys.pictures(), verbose=0)
    gan.save_weights(tmp_path / "a.weights.h5")
    with h5py.File(tmp_path / "a.weights.h5") as file:
        saved = {name for name in file if "optimizer" in name}
    assert saved == {"discriminator_optimizer", "generator_optimizer"}


def test_learning_rate_callbacks_reach_both_players():
    gan = toys.untraced("GAN")
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    gan.fit(toys.pictures(), callbacks=[schedule], verbose=0)
    for optimizer in gan.optimizer.optimizers:
        assert float(ops.convert_to_numpy(optimizer.learning_rate)) == pytest.approx(
            5e-3
        )


# === Life cycle ===


def summary(gan):
    text = io.StringIO()
    gan.summary(print_fn=lambda line, line_break=None: text.write(line))
    return text.getvalue()


@every_kind
def test_all_of_keras_works_after_compile_and_after_fit(variant, tmp_path):
    gan, data = toys.untraced(variant), toys.data(variant)
    for state in "compiled", "trained":
        gan.save(tmp_path / "a.keras")
        gan.save_weights(tmp_path / "a.weights.h5")
        gan.load_weights(tmp_path / "a.weights.h5")
        gan.evaluate(*data, verbose=0)
        z = np.zeros((2, toys.LATENT_DIM), "float32")
        x = data[0][:2].astype("float32")
        of_shape = {toys.Z: z, toys.X: x, toys.Y: np.zeros(2, "int32")}
        inputs = [of_shape[s] for s in toys.inputs_of(variant, "generator")]
        inputs = inputs if len(inputs) > 1 else inputs[0]
        assert gan.predict(inputs, verbose=0).shape == (2, *toys.IMAGE_SHAPE)
        assert "generator" in summary(gan)
        gan.fit(
            *data,
            epochs=2,
            verbose=0,
            callbacks=[
                keras.callbacks.ModelCheckpoint(tmp_path / (state + "_{epoch}.keras")),
                keras.callbacks.BackupAndRestore(tmp_path / "backup"),
                keras.callbacks.EarlyStopping("generator_loss", mode="min"),
            ],
        )
        assert (tmp_path / f"{state}_1.keras").exists()


@every_kind
def test_what_is_kept_between_epochs_trains_on_bit_for_bit(variant, tmp_path):
    data = toys.data(variant)
    # Shuffled, and with a smaller batch at the end: once, for JAX compiles it too.
    size = 9 if variant == "GAN" else 12
    options = {"batch_size": size, "epochs": 3, "verbose": 0}
    kept, left = tmp_path / "kept", tmp_path / "left"

    def leave(epoch, logs):
        if epoch == 1:
            shutil.copytree(kept, left)

    # What is kept of the others is of the same kinds.
    make = toys.compiled if variant in ("GAN", "WGANGP") else toys.untraced
    straight, other = make(variant), make(variant)
    straight.fit(
        *data,
        callbacks=[
            keras.callbacks.BackupAndRestore(kept),
            keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
            keras.callbacks.ModelCheckpoint(
                tmp_path / "{epoch}.weights.h5", save_weights_only=True
            ),
            keras.callbacks.LambdaCallback(on_epoch_end=leave),
        ],
        **options,
    )

    def assert_same(gan):
        assert type(gan) is type(straight)
        for a, b in (
            (straight.variables, gan.variables),
            (straight.optimizer.variables, gan.optimizer.variables),
        ):
            assert toys.same(toys.copy_of(a), toys.copy_of(b))

    # As if it had been left after two epochs, and others went on with it.
    backup = keras.callbacks.BackupAndRestore(left)
    assert other.fit(*data, callbacks=[backup], **options).epoch == [2]
    assert_same(other)
    other.load_weights(tmp_path / "2.weights.h5")
    other.fit(*data, initial_epoch=2, **options)
    assert_same(other)
    assert_same(keras.saving.load_model(tmp_path / "3.keras"))
    loaded = keras.saving.load_model(tmp_path / "2.keras")
    loaded.fit(*data, initial_epoch=2, **options)
    assert_same(loaded)


def test_a_file_is_replaced_by_a_whole_one(tmp_path, monkeypatch):
    gan = toys.untraced("GAN")
    paths = [tmp_path / "a.keras", tmp_path / "a.weights.h5"]
    gan.save(paths[0])
    gan.save_weights(paths[1])
    before = [path.read_bytes() for path in paths]

    def fail(source, target):
        raise OSError("killed")

    monkeypatch.setattr(os, "replace", fail)
    gan.fit(toys.pictures(), verbose=0)
    for save, path in zip((gan.save, gan.save_weights), paths):
        with pytest.raises(OSError, match="killed"):
            save(path)
    assert [path.read_bytes() for path in paths] == before
    assert sorted(tmp_path.iterdir()) == paths


@every_variant
def test_a_saved_game_comes_back_as_its_class(variant, tmp_path):
    gan = toys.compiled(variant)
    gan.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(gan)
    for a, b in zip(gan.optimizer.optimizers, loaded.optimizer.optimizers):
        assert a.get_config() == b.get_config()
    assert toys.same(toys.copy_of(gan.variables), toys.copy_of(loaded.variables))


def test_hyperparameters_come_back(tmp_path):
    gan = toys.compiled("WGANGP", discriminator_steps=2, penalty_weight=3.0)
    gan.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.discriminator_steps, loaded.penalty_weight) == (2, 3.0)
    assert loaded.seed == gan.seed == 2
    gan = toys.build("Pix2Pix", l1_weight=5.0)
    gan.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").l1_weight == 5.0


@pytest.mark.parametrize(
    "variant, policy",
    # Of bfloat16 nothing is scaled: the penalty's gradients are all that is new in it.
    [
        *((kind, "mixed_float16") for kind in (*toys.KINDS, "LSGAN")),
        *((kind, "mixed_bfloat16") for kind in ("GAN", "WGANGP")),
    ],
)
def test_mixed_precision_trains_and_scales_both_losses(variant, policy):
    if policy == "mixed_float16" and keras.backend.backend() == "torch":
        pytest.skip("PyTorch has no half-precision kernels of these on every CPU")
    keras.config.set_dtype_policy(policy)
    try:
        gan = toys.compiled(variant)
        history = gan.fit(
            *toys.data(variant), batch_size=6, epochs=3, verbose=0
        ).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(list(history.values())).all()
    scaled = [
        isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        for optimizer in (gan.discriminator_optimizer, gan.generator_optimizer)
    ]
    assert scaled == [policy == "mixed_float16"] * 2
    for optimizer in gan.optimizer.optimizers:
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        # A step of non-finite gradients is skipped, and lowers the scale.
        assert int(inner.iterations) > 0


def test_losses_in_half_precision_are_scaled_in_the_gradient_only():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = toys.build("WGANGP")
        gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    finally:
        keras.config.set_dtype_policy("float32")
    x = gan.to_batch((ops.convert_to_tensor(toys.pictures()),))
    penalty = gan.gradient_penalty(x, gan.G(gan.sample_z(x)))
    assert keras.backend.standardize_dtype(penalty.dtype) == "float32"
    loss = gan.minimize(
        gan.discriminator_loss,
        x,
        gan.discriminator_variables,
        gan.discriminator_optimizer,
    )
    # The scale is 2^15.
    assert abs(toys.value(loss)) < 100


@pytest.mark.parametrize("scaled", [True, False])
def test_loss_scaling_comes_back_as_it_was_asked_for(scaled, tmp_path):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = toys.build("GAN")
        gan.compile(auto_scale_loss=scaled)
        gan.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    for optimizer in loaded.optimizer.optimizers:
        is_scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        assert is_scaled == scaled


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="torch.compile needs minutes"
)
@pytest.mark.parametrize(
    "variant, jit_compile",
    # All other tests train as "auto" has it.
    [*((kind, True) for kind in toys.KINDS), ("GAN", False)],
)
def test_every_kind_of_game_trains_with_and_without_xla(variant, jit_compile):
    gan = toys.build(variant)
    gan.compile(jit_compile=jit_compile)
    history = gan.fit(*toys.data(variant), batch_size=12, verbose=0).history
    assert np.isfinite(list(history.values())).all()


@pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="PyTorch is not the backend"
)
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_pytorch_compiles_for_the_sizes_of_each_layer(monkeypatch):
    import torch

    asked, compile_lazily = [], torch.compile

    def recorded(function, **options):
        asked.append(options)
        return compile_lazily(function, **options)

    monkeypatch.setattr(torch, "compile", recorded)
    for jit_compile, wanted in (False, []), (True, [{}, {"dynamic": False}]):
        gan = toys.build("GAN")
        gan.compile(jit_compile=jit_compile)
        # Again as `fit` does in each call.
        for _ in range(2):
            gan.make_train_function()
        assert asked == wanted


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras has one step there"
)
def test_several_steps_per_execution_are_the_same_training():
    one, two = toys.build("GAN"), toys.build("GAN")
    one.compile()
    two.compile(steps_per_execution=2)
    for gan in (one, two):
        gan.fit(toys.pictures(), batch_size=6, shuffle=False, verbose=0)
    for a, b in zip(toys.copy_of(one.weights), toys.copy_of(two.weights)):
        np.testing.assert_allclose(a, b, atol=1e-6)


# === Images out ===


@pytest.mark.parametrize("variant", ["GAN", "CGAN", "BiGAN"])
def test_generate_gives_uint8_pictures_that_the_seed_determines(variant):
    gan = toys.build(variant)
    pictures = gan.generate(7, seed=3)
    assert pictures.dtype == np.uint8 and pictures.shape == (7, *toys.IMAGE_SHAPE)
    np.testing.assert_array_equal(pictures, gan.generate(7, seed=3))
    np.testing.assert_array_equal(pictures[:4], gan.generate(4, seed=3))
    assert (pictures != gan.generate(7, seed=4)).any()
    assert (gan.generate(7) != gan.generate(7)).any()


def test_generate_goes_on_beyond_one_chunk(monkeypatch):
    monkeypatch.setattr(sampling, "CHUNK", 4)
    gan = toys.build("GAN")
    pictures = gan.generate(10, seed=0)
    np.testing.assert_array_equal(pictures[:5], gan.generate(5, seed=0))
    assert len(np.unique(pictures.reshape(10, -1), axis=0)) == 10


def test_generated_floats_round_to_the_nearest_of_256():
    rng = np.random.default_rng(0)
    picture = rng.uniform(-1.2, 1.2, toys.IMAGE_SHAPE).astype("float32")
    gan = ganzoo.GAN(
        generator=toys.constant_generator(picture),
        discriminator=toys.networks("GAN")["discriminator"],
    )
    wanted = np.round(np.clip((picture.astype("float64") + 1) * 127.5, 0, 255))
    np.testing.assert_array_equal(gan.generate(1)[0], wanted)


@pytest.mark.parametrize("n", [0, -1, 2.5, "3"])
def test_generate_refuses_a_count_that_is_none(n):
    with pytest.raises(ValueError, match="`n` must be an int of at least 1"):
        toys.build("GAN").generate(n)


def test_generate_refuses_labels_where_they_mean_nothing():
    with pytest.raises(ValueError, match="takes no `labels`"):
        toys.build("GAN").generate(2, labels=[0, 1])


# === What comes in at the door ===


def test_uint8_and_floats_train_alike():
    one, two = toys.build("GAN"), toys.build("GAN")
    for gan in (one, two):
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    x = toys.pictures()
    one.fit(x, shuffle=False, verbose=0)
    two.fit(x.astype("float32") / 127.5 - 1, shuffle=False, verbose=0)
    for a, b in zip(toys.copy_of(one.weights), toys.copy_of(two.weights)):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize(
    "x, message",
    [
        (np.full((8, 4, 4, 1), 255.0, "float32"), r"floats in \[-1, 1\]"),
        (np.full((8, 4, 4, 1), np.nan, "float32"), r"floats in \[-1, 1\]"),
        (np.zeros((8, 5, 5, 1), "uint8"), "must have the shape"),
        (np.zeros((8, 4, 4), "uint8"), "must have the shape"),
        (np.zeros((8, 4, 4, 1), "int64"), "must be uint8"),
    ],
)
def test_pictures_that_cannot_be_meant_are_refused_before_a_step(x, message):
    gan = toys.compiled("GAN")
    before = toys.copy_of(gan.weights)
    with pytest.raises(ValueError, match=message):
        gan.fit(x, verbose=0)
    assert toys.same(before, toys.copy_of(gan.weights))


def test_evaluation_and_validation_data_are_looked_at_too():
    gan, bad = toys.compiled("GAN"), np.full((8, 4, 4, 1), 255.0, "float32")
    before = toys.copy_of(gan.weights)
    with pytest.raises(ValueError, match=r"floats in \[-1, 1\]"):
        gan.evaluate(bad, verbose=0)
    with pytest.raises(ValueError, match="Leave out `y`: GAN trains on x alone"):
        gan.evaluate(toys.pictures(), toys.labels(), verbose=0)
    for validation in (bad, (bad,), (bad, None)):
        with pytest.raises(ValueError, match=r"floats in \[-1, 1\]"):
            gan.fit(toys.pictures(), validation_data=validation, verbose=0)
    conditional = toys.compiled("CGAN")
    with pytest.raises(ValueError, match="must be from 0 to 4"):
        conditional.evaluate(toys.pictures(), toys.labels() + 1, verbose=0)
    assert toys.same(before, toys.copy_of(gan.weights))


@pytest.mark.parametrize("name", ["sample_weight", "class_weight"])
def test_weights_of_examples_are_refused(name):
    with pytest.raises(ValueError, match=f"Received: a {name}"):
        toys.compiled("GAN").fit(toys.pictures(), verbose=0, **{name: np.ones(24)})


def test_weights_of_held_out_examples_are_refused():
    gan, x = toys.compiled("GAN"), toys.pictures()
    for given in (
        lambda: gan.evaluate(x, sample_weight=np.ones(24), verbose=0),
        lambda: gan.evaluate(x, None, 8, 0, np.ones(24)),
    ):
        with pytest.raises(ValueError, match="Received: a sample_weight"):
            given()


@pytest.mark.parametrize("wrap", [list, lambda x: [x], lambda x: {"x": x}])
def test_containers_that_are_no_arrays_are_refused(wrap):
    with pytest.raises(ValueError, match="Make one array of|Pass `x` as arrays"):
        toys.compiled("GAN").fit(wrap(toys.pictures()), verbose=0)


def test_labels_may_be_a_list():
    gan = toys.untraced("CGAN")
    gan.fit(toys.pictures(), toys.labels().tolist(), verbose=0)


def test_datasets_of_other_shapes_are_refused_before_a_step():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 1

        def __getitem__(self, i):
            return np.zeros((4, 5, 5, 1), "uint8")

    gan = toys.compiled("GAN")
    before = toys.copy_of(gan.weights)
    with pytest.raises(ValueError, match="must have the shape"):
        gan.fit(Batches(), verbose=0)
    if keras.backend.backend() == "tensorflow":
        pictures = ganzoo.data.Pictures(np.zeros((8, 5, 5, 1), "uint8"))
        with pytest.raises(ValueError, match="must have the shape"):
            gan.fit(pictures.to_tf_dataset(4), verbose=0)
    assert toys.same(before, toys.copy_of(gan.weights))


def test_tf_data_trains():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("TensorFlow need not be there")
    pictures = ganzoo.data.Pictures(toys.pictures(), toys.labels())
    options = {"shuffle": False, "verbose": 0}
    toys.compiled("GAN").fit(pictures.to_tf_dataset(8), **options)
    labelled = pictures.to_tf_dataset(8, with_labels=True)
    toys.compiled("CGAN").fit(labelled, **options)


def test_a_discriminator_step_sees_32_examples_unless_told_otherwise():
    gan = toys.untraced("GAN", discriminator_steps=3)
    gan.fit(toys.pictures(100), verbose=0)
    # 96 and 4: two batches.
    assert int(ops.convert_to_numpy(gan.generator_optimizer.iterations)) == 2


def test_images_in_zero_to_one_are_refused():
    with pytest.raises(ValueError, match=r"Map images in \[0, 1\]"):
        toys.untraced("GAN").fit(np.full((8, 4, 4, 1), 0.5, "float32"), verbose=0)


def test_superfluous_labels_are_refused():
    with pytest.raises(ValueError, match="Leave out `y`: GAN trains on x alone"):
        toys.compiled("GAN").fit(toys.pictures(), toys.labels(), verbose=0)


def test_batches_too_small_for_the_steps_are_refused():
    gan = toys.compiled("GAN", discriminator_steps=5)
    with pytest.raises(ValueError, match="`batch_size` must be at least"):
        gan.fit(toys.pictures(), batch_size=4, verbose=0)


@pytest.mark.parametrize("steps", [0, -1, 1.5, "2", True])
def test_discriminator_steps_must_be_a_positive_int(steps):
    with pytest.raises(ValueError, match="Received: discriminator_steps="):
        toys.build("GAN", discriminator_steps=steps)


def test_the_game_itself_is_abstract():
    players = toys.networks("GAN")
    with pytest.raises(TypeError, match="abstract"):
        ganzoo.AdversarialModel(**players)


def test_training_from_a_dataset_of_batches():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            return toys.pictures(6)

    history = toys.compiled("GAN").fit(Batches(), verbose=0).history
    assert np.isfinite(list(history.values())).all()


@pytest.mark.parametrize("scaled", [False, True])
def test_a_saved_optimizer_is_of_no_backend(scaled):
    def adam():
        optimizer = keras.optimizers.Adam()
        return keras.optimizers.LossScaleOptimizer(optimizer) if scaled else optimizer

    gan = toys.build("GAN")
    gan.compile(adam(), adam())
    config = gan.get_compile_config()
    assert "keras.src.backend" not in str(config)
    for player in ("discriminator_optimizer", "generator_optimizer"):
        optimizer = keras.saving.deserialize_keras_object(config[player])
        inner = optimizer.inner_optimizer if scaled else optimizer
        assert isinstance(inner, keras.optimizers.Adam)


def test_an_unknown_argument_is_told_with_what_may_be_meant():
    for options, message in (
        (
            {"latent_dim": 10},
            "no argument `latent_dim`. Sizes like .* Received: latent_dim=10",
        ),
        ({"r1_wight": 3.0}, "no argument `r1_wight`. Did you mean 'r1_weight'"),
    ):
        with pytest.raises(ValueError, match=message):
            toys.build("GAN", **options)


def test_one_name_of_an_optimizer_is_not_taken_for_the_discriminators():
    gan = toys.build("GAN")
    with pytest.raises(ValueError, match="A game has two optimizers"):
        gan.compile("adam")
    gan.compile("adam", "adam")
