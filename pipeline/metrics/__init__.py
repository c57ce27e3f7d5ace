"""How close notes are to reference notes: scores per case, their means with intervals, and the files that hold the cases."""

from .bert_model import BertModel, bert_model
from .bertscore import BERTSCORE, BertScore
from .bleurt import Bleurt
from .cases import Case, read_cases
from .intervals import bootstrap_interval, summarise
from .rouge import ROUGE, Rouge, rouge_scores
from .scoring import Metric, score_notes

__all__ = [
    "BERTSCORE",
    "BertModel",
    "BertScore",
    "Bleurt",
    "Case",
    "Metric",
    "ROUGE",
    "Rouge",
    "bert_model",
    "bootstrap_interval",
    "read_cases",
    "rouge_scores",
    "score_notes",
    "summarise",
]
