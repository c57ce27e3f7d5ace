"""A model as judge: it reads notes beside reviewers, never in their place; what it finds is stored apart."""

from .families import family_of, model_family
from .quotes import locate
from .run import Judged, judge_notes

__all__ = ["Judged", "family_of", "judge_notes", "locate", "model_family"]
