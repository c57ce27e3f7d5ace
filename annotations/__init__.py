"""The database's room: values, store, reviews, spans and pairs. Everything public is imported from here."""

from .errors import BadInput, Conflict, Damaged, NotFound, Refused, ScribeloopError, Unavailable
from .labels import LabelSet, load_labels
from .pairs import Pair, corrected_pairs, reference_pairs, trainable
from .pool import Pool
from .queue import Queue, QueueEntry, QueuePage
from .reviews import Reviews, ReviewState
from .spans import check_span, transcript_key
from .store import LOCAL_USER, Store, open_store
from .values import (
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
    "Conflict",
    "Correction",
    "Damaged",
    "Encounter",
    "Event",
    "LOCAL_USER",
    "LabelSet",
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
    "check_span",
    "corrected_pairs",
    "load_labels",
    "new_id",
    "now",
    "one_of",
    "open_store",
    "reference_pairs",
    "sha256",
    "trainable",
    "transcript_key",
]
