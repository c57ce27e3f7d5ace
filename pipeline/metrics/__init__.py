"""How close notes are to reference notes: scores per case, their means with intervals, and the files that hold the cases."""

from .bert_model import BertModel, bert_model
from .bertscore import BERTSCORE, BertScore
from .bleurt import Bleurt
from .cases import Case, read_cases
from .groups import by_group, by_section, section_scores
from .intervals import summarise
from .rouge import ROUGE, Rouge, rouge_scores
from .scoring import Metric, score_notes
from .sections import SECTIONS, Section, section_at, section_texts, split_sections

__all__ = [
    "BERTSCORE",
    "BertModel",
    "BertScore",
    "Bleurt",
    "Case",
    "Metric",
    "ROUGE",
    "Rouge",
    "SECTIONS",
    "Section",
    "bert_model",
    "by_group",
    "by_section",
    "read_cases",
    "rouge_scores",
    "score_notes",
    "section_at",
    "section_scores",
    "section_texts",
    "split_sections",
    "summarise",
]
