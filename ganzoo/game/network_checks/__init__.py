"""What the networks of a game must be, said before hours of training."""

from ganzoo.game.network_checks.ends import check_head as check_head
from ganzoo.game.network_checks.ends import check_head_shape as check_head_shape
from ganzoo.game.network_checks.ends import check_heads as check_heads
from ganzoo.game.network_checks.ends import check_logits as check_logits
from ganzoo.game.network_checks.ends import check_on_the_way as check_on_the_way
from ganzoo.game.network_checks.ends import check_own_classes as check_own_classes
from ganzoo.game.network_checks.ends import check_own_ends as check_own_ends
from ganzoo.game.network_checks.ends import check_range as check_range
from ganzoo.game.network_checks.ends import warn_of_linear_end as warn_of_linear_end
from ganzoo.game.network_checks.layers import check_apart as check_apart
from ganzoo.game.network_checks.layers import check_classes as check_classes
from ganzoo.game.network_checks.layers import (
    check_examples_apart as check_examples_apart,
)
from ganzoo.game.network_checks.layers import (
    check_no_spectral_normalization as check_no_spectral_normalization,
)
from ganzoo.game.network_checks.layers import check_penalties as check_penalties
from ganzoo.game.network_checks.layers import (
    check_second_derivative as check_second_derivative,
)
from ganzoo.game.network_checks.layers import check_trains as check_trains
from ganzoo.game.network_checks.layers import loading as loading
from ganzoo.game.network_checks.shapes import check_image_shape as check_image_shape
from ganzoo.game.network_checks.shapes import check_inputs as check_inputs
from ganzoo.game.network_checks.shapes import check_latents as check_latents
from ganzoo.game.network_checks.shapes import check_network as check_network
from ganzoo.game.network_checks.shapes import check_one_output as check_one_output
from ganzoo.game.network_checks.shapes import check_output as check_output
from ganzoo.game.network_checks.shapes import check_outputs as check_outputs
from ganzoo.game.network_checks.shapes import check_packs as check_packs
from ganzoo.game.network_checks.shapes import input_shapes as input_shapes
from ganzoo.game.network_checks.shapes import output_shape as output_shape
from ganzoo.game.network_checks.shapes import output_shapes as output_shapes
from ganzoo.game.network_checks.shapes import outputs as outputs
