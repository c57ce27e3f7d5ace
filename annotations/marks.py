"""What a mark must be, wherever it comes from: a known label, a severity if it is an error, quotes that are exact."""

from .errors import BadInput
from .labels import LabelSet
from .spans import check_span
from .values import SEVERITIES, Omission, Span, one_of


def check_error(span: Span, labels: LabelSet, note: str, transcript: str) -> None:
    """Raise BadInput unless the mark fits its note and, where it names evidence, the transcript."""
    one_of(span.label, labels.errors, "The label of the mark")
    if labels.needs_severity(span.label):
        one_of(span.severity, SEVERITIES, "The severity of the mark")
    elif span.severity is not None:
        raise BadInput(f"The label {span.label!r} is not an error and has no severity; leave the severity out.")
    check_span(note, span.start, span.end, span.quote)
    evidence = (span.evidence_start, span.evidence_end, span.evidence_quote)
    if None in evidence and evidence != (None, None, None):
        raise BadInput("The evidence of the mark is not whole; expected its start, end and quote, or none of them.")
    if span.evidence_start is not None:
        check_span(transcript, span.evidence_start, span.evidence_end, span.evidence_quote, "evidence")


def check_omission(omission: Omission, labels: LabelSet, transcript: str) -> None:
    """Raise BadInput unless the omission fits the transcript."""
    one_of(omission.label, labels.omissions, "The label of the omission")
    one_of(omission.severity, SEVERITIES, "The severity of the omission")
    if omission.section is not None:
        one_of(omission.section, labels.sections, "The section of the omission")
    check_span(transcript, omission.start, omission.end, omission.quote, "omission")
