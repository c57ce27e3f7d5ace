"""How far figures may be off by chance, and whether model A is better than model B: values in, plain values out.

The unit is the encounter: values that share one (its reviewers', say) are resampled, flipped and averaged together. Differences
are always first minus second. What decides is written in ``verdicts``.
"""

from annotations import bootstrap_interval, ratio_interval

from .compare import Measure, compare_models, over_family
from .families import holm
from .paired import paired
from .power import detectable_difference, needed_n
from .ranks import wilcoxon
from .rates import per_hundred_words
from .reviewed import compare_findings
from .shares import mcnemar, win_rate
from .verdicts import BETTER, DIFFERENT, NO_DIFFERENCE, TOO_FEW, WORSE, verdict

__all__ = [
    "BETTER",
    "DIFFERENT",
    "Measure",
    "NO_DIFFERENCE",
    "TOO_FEW",
    "WORSE",
    "bootstrap_interval",
    "compare_findings",
    "compare_models",
    "detectable_difference",
    "holm",
    "mcnemar",
    "needed_n",
    "over_family",
    "paired",
    "per_hundred_words",
    "ratio_interval",
    "verdict",
    "wilcoxon",
    "win_rate",
]
