"""A model as judge: it reads notes beside reviewers, never in their place; what it finds is stored apart."""

from .agree import judge_agreement
from .beside import chosen_judge
from .families import family_of, model_family
from .quotes import locate
from .run import Judged, judge_notes

__all__ = ["Judged", "chosen_judge", "family_of", "judge_agreement", "judge_notes", "locate", "model_family"]
