"""The database's room: values, store, reviews, spans and pairs. Everything public is imported from here."""

from .blinding import agreed_to_read, names_a_model
from .distance import edit_distances, one_line_end
from .errors import BadInput, Conflict, Damaged, NotFound, Refused, ScribeloopError, Unavailable
from .history import Change, History
from .label_sets import LabelSets
from .labels import LabelSet, load_labels, study_guideline, study_labels
from .pace import median_seconds
from .pairs import Pair, corrected_pairs, reference_pairs, trainable
from .pool import Pool
from .queue import Queue, QueueEntry, QueuePage
from .review_state import ReviewState
from .reviews import Reviews
from .spans import check_span, transcript_key
from .store import LOCAL_USER, Store, open_store
from .values import (
    CANNOT_JUDGE,
    MODEL_KINDS,
    PREFERENCES,
    SEVERITIES,
    SPLITS,
    Correction,
    Encounter,
    Event,
    Model,
    Omission,
    Output,
    Rating,
    Review,
    Span,
    User,
    new_id,
    now,
    one_of,
    sha256,
)

__all__ = [
    "BadInput",
    "CANNOT_JUDGE",
    "Change",
    "Conflict",
    "Correction",
    "Damaged",
    "Encounter",
    "Event",
    "History",
    "LOCAL_USER",
    "LabelSet",
    "LabelSets",
    "MODEL_KINDS",
    "Model",
    "NotFound",
    "Omission",
    "Output",
    "PREFERENCES",
    "Pair",
    "Pool",
    "Queue",
    "QueueEntry",
    "QueuePage",
    "Rating",
    "Refused",
    "Review",
    "ReviewState",
    "Reviews",
    "SEVERITIES",
    "SPLITS",
    "ScribeloopError",
    "Span",
    "Store",
    "Unavailable",
    "User",
    "agreed_to_read",
    "check_span",
    "corrected_pairs",
    "edit_distances",
    "load_labels",
    "median_seconds",
    "names_a_model",
    "new_id",
    "now",
    "one_line_end",
    "one_of",
    "open_store",
    "reference_pairs",
    "sha256",
    "study_guideline",
    "study_labels",
    "trainable",
    "transcript_key",
]
