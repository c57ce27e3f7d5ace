"""The database's room: values, store, reviews, spans and pairs. Everything public is imported from here."""

from .behind import Behind, Fact, Found, Slice
from .blinding import agreed_to_read, names_a_model
from .distance import edit_distances, one_line_end
from .errors import BadInput, Conflict, Damaged, NotFound, Refused, ScribeloopError, Unavailable
from .figures import IMPORTANT_NEGATIVE, OMISSION, OTHER, Compared, Edited, Figures, Kind, Rated, Tally
from .history import Change, History
from .intake import Taken, take_in
from .judgement_values import JUDGED_PREFERENCES, Judge, JudgedPair, JudgedRating, Judgement
from .judgements import Judgements
from .label_sets import LabelSets
from .labels import LabelSet, load_labels, study_guideline, study_labels
from .pace import median_seconds
from .pairs import Pair, corrected_pairs, reference_pairs, trainable
from .parts import read_parts
from .pool import Pool
from .queue import Queue, QueueEntry, QueuePage
from .restore import restore_database
from .results import count_findings, findings_stamp, label_groups
from .review_state import ReviewState
from .reviews import Reviews
from .sections import section_at
from .selection import ANY, VERSIONS, Selection
from .shares import wilson
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
    "ANY",
    "BadInput",
    "Behind",
    "CANNOT_JUDGE",
    "Change",
    "Compared",
    "Conflict",
    "Correction",
    "Damaged",
    "Edited",
    "Encounter",
    "Event",
    "Fact",
    "Figures",
    "Found",
    "History",
    "IMPORTANT_NEGATIVE",
    "JUDGED_PREFERENCES",
    "Judge",
    "JudgedPair",
    "JudgedRating",
    "Judgement",
    "Judgements",
    "Kind",
    "LOCAL_USER",
    "LabelSet",
    "LabelSets",
    "MODEL_KINDS",
    "Model",
    "NotFound",
    "OMISSION",
    "OTHER",
    "Omission",
    "Output",
    "PREFERENCES",
    "Pair",
    "Pool",
    "Queue",
    "QueueEntry",
    "QueuePage",
    "Rated",
    "Rating",
    "Refused",
    "Review",
    "ReviewState",
    "Reviews",
    "SEVERITIES",
    "SPLITS",
    "ScribeloopError",
    "Selection",
    "Slice",
    "Span",
    "Store",
    "Taken",
    "Tally",
    "Unavailable",
    "User",
    "VERSIONS",
    "agreed_to_read",
    "check_span",
    "corrected_pairs",
    "count_findings",
    "edit_distances",
    "findings_stamp",
    "label_groups",
    "load_labels",
    "median_seconds",
    "names_a_model",
    "new_id",
    "now",
    "one_line_end",
    "one_of",
    "open_store",
    "read_parts",
    "reference_pairs",
    "restore_database",
    "section_at",
    "sha256",
    "study_guideline",
    "study_labels",
    "take_in",
    "trainable",
    "transcript_key",
    "wilson",
]
