"""How close notes are to reference notes: scores per case, their means with intervals, and the files that hold the cases."""

from .cases import Case, read_cases
from .intervals import bootstrap_interval, summarise
from .rouge import ROUGE, rouge_scores

__all__ = ["ROUGE", "Case", "bootstrap_interval", "read_cases", "rouge_scores", "summarise"]
