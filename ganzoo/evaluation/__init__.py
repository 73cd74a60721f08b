"""Images in; scores that can be cited out."""

from ganzoo.evaluation.evaluate import evaluate as evaluate
from ganzoo.evaluation.evaluate import save_statistics as save_statistics
from ganzoo.evaluation.linear_probe import linear_probe as linear_probe
from ganzoo.scoring.protocols import check_comparable as check_comparable
from ganzoo.scoring.protocols import fingerprint as fingerprint
from ganzoo.scoring.scorer import Scorer as Scorer
