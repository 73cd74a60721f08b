"""Pictures in; scores that can be cited out."""

from ganzoo.evaluation.evaluate import evaluate as evaluate
from ganzoo.evaluation.protocols import fingerprint as fingerprint
from ganzoo.evaluation.scorer import Scorer as Scorer
