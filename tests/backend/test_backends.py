"""What is a matter of the backend, on the backends beside the one at hand.

All tests on another backend: `python -m pytest --backend tensorflow`, or `jax`.
"""

import importlib.util
import pathlib
import subprocess
import sys

import keras
import pytest

TESTS = pathlib.Path(__file__).parents[1]
# Latents, labels, pairs, an encoder, a gradient penalty: values and gradients by hand,
# a whole life cycle, kills, averaged weights, and a step of each player. And the FID's
# network, and every variant scored.
FILES = [
    "models",
    "game/test_adversarial_model.py",
    "test_architecture.py",
    # Each mechanism of the game.
    "game/test_conditions.py",
    "game/test_derivatives.py",
    "game/test_game_state.py",
    "game/test_heads.py",
    "game/inversion",
    "game/test_own_averages.py",
    "inputs/test_parts.py",
    "game/view",
    "game/test_averages.py",
    "training/test_callbacks.py",
    "inputs/test_checked_data.py",
    "inputs/test_epochs.py",
    "training/test_kills.py",
    "game/test_own_reference.py",
    "game/test_r1.py",
    "game/test_stages.py",
    "game/test_regularization.py",
    "layers/test_spectral_normalization.py",
    "layers/test_minibatch_discrimination.py",
    "layers/test_virtual_batch_normalization.py",
    "backend/test_precision.py",
    "backend/test_seeds.py",
    "layers/test_subpixel.py",
    "backend/test_multi_device.py",
    "features/test_inception.py",
    "scoring/test_scorer.py",
    "scoring/test_scores_on_devices.py",
]
# Both games' values and gradients by hand, a life cycle, and what has broken on one.
NAMES = (
    "(models or conditions or derivatives or game_state or heads or own_averages "
    "or parts or closed_form or neighbours_nor or a_step_is_that or no_step_returns "
    "or new_weights_are_seen or after_a_search or by_the_pair or strokes_move "
    "or sum_over_pixels or trains_on_bit_for_bit "
    "or moves_every_network "
    "or leaves_tensorflow_alone or full_precision or pixel_by_pixel "
    "or (torch_fidelity and large) or every_variant_is_scored or averages_are_saved "
    "or finds_the_weights or look_at or wrong_batch or follow_weights_that_were_set "
    "or test_stages or begin_their_averages_anew or begins_their_averages_anew "
    "or lost_game_ends or state_of_a_step "
    "or (a_players_step and (WGANGP or CGAN or Pix2Pix or BiGAN)) "
    # Before the first model is kept, and before the last state.
    "or (kill_before_each_file and (5 or 11)) "
    "or (through_layers_of_the_zoo and DCGAN) "
    "or augmentation or test_adaptive or test_chain or regularization or spectral "
    "or minibatch_disc or virtual or slope or multi_device or devices or workers "
    "or test_seeds or (mixed_precision and WGANGP) or (without_xla and Pix2Pix))"
)
# Neither how well an encoder does nor what is in a default or a run is a matter of the
# backend; toys of some differ from GAN's by their losses only, and some have long tests
# of their own.
EXCEPT = (
    "(tell_the_classes_apart or default or a_run_trains_the "
    # The mapping has its gradient in a test of the authors' numbers.
    "or path_lengths_train_the_mapping or (all_its_state and 1) "
    # Powers of SNGAN's matrices and the second derivative of path lengths are tested.
    "or u_moves_once_for_each or r1_and_its_gradient_are_those_of_the_authors "
    # StyleGAN plays by the parts of StyleGAN2's game.
    "or test_stylegan.py or trains_every_weight or every_weight_is_trained "
    "or mean_style_follows or averages_follow_the_samples "
    # Two ways to set weights from outside are enough, and one list of callbacks.
    "or (weights_that_were_set and (network or layers or assign_one)) "
    "or (lost_game_ends and CallbackList) "
    # Packs are shapes, and of the changes of images some are enough.
    "or whole_packs or alone_in_their_packs or made_for_its_packs or by_whole_pixels "
    "or one_of_two_turns or each_change_is_made or networks_have_it "
    # Nor what players learn, which inputs examples depend on, and what is reported.
    "or come_nearer_to_their_images or learn_together or alike_before_there_are_data "
    "or attributes_of_0 or none_to_pull_away or penalties_are_on_large_images "
    "or ten_classes_that_are or regularisation_of_filters or depend_on_others "
    "or have_other_channels or swapped_labels or labels_are_compared "
    "or parts_of_the_losses or generator_is_the_papers or of_any_size_are "
    # Nor what is refused, how wide networks are, and what files of others hold.
    "or (models and (released or refused or learnt or half_precision or networks_fit "
    "or fit_together or networks_reach or networks_for or at_cifar or blocks_double "
    "or doubling_block or kernels_start or optimizers_are or images_and_texts "
    "or lazy_at_the_intervals "
    "or multiple_of_a_group)) "
    "or ((DCGAN or LSGAN or MinimaxGAN or HingeGAN or SNGAN or RpGAN or BigGAN "
    "or R3GAN or StyleGAN or SRGAN or IcGAN or FAnoGAN or LAPGAN or GANCLS "
    "or PredictiveGAN or CycleGAN or EBGAN or DRAGAN or CoGAN or VAEGAN or InfoGAN "
    "or SemiSupervisedGAN or UnrolledGAN or ProjectionGAN or BEGAN or BigBiGAN) "
    "and not (models or through_layers or multi_device or devices or workers)))"
)
# Tests of what one backend alone has or does: files, and names to choose from them.
OF_ONE = {
    "tensorflow": (
        [
            "networks/test_exporting.py",
            "layers",
            "backend/test_weights.py",
            "benchmark/test_throughput.py",
            "cli/test_loading.py",
            "test_docs.py",
            "test_earlier_releases.py",
        ],
        "exporting or export.md or earlier_releases or loading or score_is_found_again "
        "or peer_on_tensorflow or profile_is_of_operations or resize_equals_that "
        "or mixed_precision or half_precision or with_and_without_xla "
        "or several_steps_per_execution or tf_data or dataset or tensorboard "
        "or iterators_are_not_tuned or feeding_leaves or through_layers_of_the_zoo "
        "or normalization or second_derivative",
    )
}


OTHERS = [n for n in ("tensorflow", "jax", "torch") if n != keras.backend.backend()]


@pytest.mark.parametrize("backend", OTHERS)
def test_the_game_is_the_same_on_another_backend(backend, pytestconfig):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: pip install keras-ganzoo[{backend}]")
    options = ["-q", "-p", "no:cacheprovider", "--backend", backend]
    options += ["--without-tensorflow"] * (backend != "tensorflow")
    options += ["--gpu"] * pytestconfig.getoption("gpu")
    files, names = OF_ONE.get(backend, ([], ""))
    names = f"({NAMES} or {names})" if names else NAMES
    selection = [*FILES, *files, "-k", f"{names} and not {EXCEPT}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *selection],
        cwd=TESTS,
        capture_output=True,
        text=True,
    )
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
