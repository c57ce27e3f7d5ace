"""The database's room: values, store, reviews, spans and pairs. Everything public is imported from here."""

from .agreement import LEVELS, rating_agreement
from .agreement_reviews import reviewer_agreement
from .agreement_spans import Marked, agreement_of_pairs, check_marked, match_partly, span_agreement
from .arrays import cluster_totals, numbers, same_length
from .behind import Behind, Fact, Found, Slice
from .blinding import agreed_to_read, names_a_model
from .distance import edit_distances, one_line_end
from .errors import BadInput, Conflict, Damaged, NotFound, Refused, ScribeloopError, Unavailable
from .figures import HALLUCINATION, IMPORTANT_NEGATIVE, OMISSION, OTHER, Compared, Edited, Figures, Kind, Rated, Tally
from .findings import NoteFindings, PairFindings, paired_findings
from .history import Change, History
from .intake import Taken, naming, take_in
from .intervals import FEWEST_RESAMPLED, RESAMPLES, bootstrap_interval, ratio_interval, standard_error
from .judgement_values import JUDGED_PREFERENCES, Judge, JudgedPair, JudgedRating, Judgement
from .judgements import Judgements
from .label_sets import LabelSets
from .labels import LabelSet, load_labels, study_guideline, study_labels
from .pace import median_seconds
from .pairs import Pair, corrected_pairs, reference_pairs, trainable
from .parts import read_parts
from .pool import Pool
from .promotions import Promotion, Promotions
from .queue import Queue, QueueEntry, QueuePage
from .restore import restore_database
from .results import ReadBefore, count_findings, findings_stamp, label_groups
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
    "FEWEST_RESAMPLED",
    "Fact",
    "Figures",
    "Found",
    "History",
    "HALLUCINATION",
    "IMPORTANT_NEGATIVE",
    "JUDGED_PREFERENCES",
    "Judge",
    "JudgedPair",
    "JudgedRating",
    "Judgement",
    "Judgements",
    "Kind",
    "LEVELS",
    "LOCAL_USER",
    "LabelSet",
    "LabelSets",
    "MODEL_KINDS",
    "Marked",
    "Model",
    "NotFound",
    "NoteFindings",
    "OMISSION",
    "OTHER",
    "Omission",
    "Output",
    "PREFERENCES",
    "Pair",
    "PairFindings",
    "Pool",
    "Promotion",
    "Promotions",
    "RESAMPLES",
    "Queue",
    "QueueEntry",
    "QueuePage",
    "Rated",
    "ReadBefore",
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
    "agreement_of_pairs",
    "bootstrap_interval",
    "check_marked",
    "check_span",
    "cluster_totals",
    "corrected_pairs",
    "count_findings",
    "edit_distances",
    "findings_stamp",
    "label_groups",
    "load_labels",
    "match_partly",
    "median_seconds",
    "names_a_model",
    "naming",
    "new_id",
    "now",
    "numbers",
    "one_line_end",
    "one_of",
    "open_store",
    "paired_findings",
    "rating_agreement",
    "ratio_interval",
    "read_parts",
    "reference_pairs",
    "restore_database",
    "reviewer_agreement",
    "same_length",
    "section_at",
    "sha256",
    "span_agreement",
    "standard_error",
    "study_guideline",
    "study_labels",
    "take_in",
    "trainable",
    "transcript_key",
    "wilson",
]
