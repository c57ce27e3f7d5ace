"""What an exported review file holds, table by table: the data dictionary itself."""

from annotations import CANNOT_JUDGE, MODEL_KINDS, PREFERENCES, SEVERITIES, SPLITS

from .fields import Field, Table

_POINTS = "Unicode code points"
# May hold nothing, and may be left out of a file that is imported.
_MAYBE = {"empty": True, "optional": True}
_CREATED = Field("created", "time", "When it was stored.")
_LABEL_SET = Field("label_set", "text", "Version of the label set it was made under.")
_REVIEW_ID = Field("review_id", "text", "The review it belongs to. In JSONL it is left out: the review's own line holds it.")
_OUTPUT_ID = Field("output_id", "text", "The note it is about.")


def _place(text: str) -> tuple[Field, ...]:
    return (
        Field("start", "integer", f"Where it begins in {text}; the first character is 0.", unit=_POINTS),
        Field("end", "integer", f"Where it ends in {text}, exclusive.", unit=_POINTS),
        Field("quote", "text", f"The words of {text} from start to end, exactly."),
    )


_USERS = Table(
    "users",
    "user",
    "Who signed reviews and other acts.",
    (
        Field("id", "text", "Short name; `local` is there from the start."),
        Field("name", "text", "Name as shown."),
        Field("disabled", "yes/no", "Whether the user may open no new reviews.", optional=True),
        Field("created", "time", "When it was stored.", optional=True),
    ),
)
_LABEL_SETS = Table(
    "label_sets",
    "label_set",
    "The label files under which marks and ratings were made.",
    (
        Field("version", "text", "Name, version and the first 8 digits of the file's SHA-256."),
        Field("data", "object", "The label file's content: errors, omissions, sections, severities, dimensions with anchors."),
    ),
)
_MODELS = Table(
    "models",
    "model",
    "What wrote the notes, by reference: the weights themselves are not in the file.",
    (
        Field("id", "text", "Name by which outputs refer to it."),
        Field("name", "text", "Name as shown."),
        Field("kind", "text", "What it is.", MODEL_KINDS),
        Field("path", "text", "Folder on the machine that stored it; empty where there is none."),
        Field("weights_sha256", "text", "Hash of its own weights (of an adapter: the adapter's)."),
        Field("base_id", "text", "The model that an adapter was trained on.", **_MAYBE),
        Field("base_sha256", "text", "Hash of that model's weights.", **_MAYBE),
        Field("run_id", "text", "The training run that made it.", **_MAYBE),
        Field("licence", "text", "Its licence.", **_MAYBE),
        Field("meta", "object", "Whatever else is known of it.", optional=True),
        Field("created", "time", "When it was stored.", optional=True),
    ),
)
_ENCOUNTERS = Table(
    "encounters",
    "encounter",
    "One visit each: what was said.",
    (
        Field("id", "text", "Follows from source and external_id.", optional=True),
        Field("source", "text", "Where it came from."),
        Field("external_id", "text", "Its name there."),
        Field("transcript", "text", "The words of the visit."),
        Field("split", "text", "What it may be used for; frozen. test is never trained on.", SPLITS, optional=True),
        Field("reference", "text", "The note that came with it.", **_MAYBE),
        Field("specialty", "text", "Medical specialty.", **_MAYBE),
        Field("synthetic", "yes/no", "Whether it is invented; nothing said counts as real.", **_MAYBE),
        Field("title", "text", "Name as shown.", **_MAYBE),
        Field("meta", "object", "Whatever else is known of it.", optional=True),
    ),
)
_OUTPUTS = Table(
    "outputs",
    "output",
    "The notes as the models wrote them, never changed.",
    (
        Field("id", "text", "Name by which reviews refer to it."),
        Field("encounter_id", "text", "The encounter it was written for."),
        Field("model_id", "text", "The model that wrote it."),
        Field("text", "text", "The note."),
        Field("engine", "text", "The program that ran the model."),
        Field("prompt_hash", "text", "SHA-256 of the prompt."),
        Field("parameters", "object", "Settings of the writing."),
        Field("seconds", "number", "How long it took.", unit="s"),
        Field("prompt_tokens", "integer", "What was read.", unit="tokens"),
        Field("tokens", "integer", "What was written.", unit="tokens"),
        Field("finish_reason", "text", "Who ended it: the model (stop), the limit (length) or somebody (cancelled)."),
        Field(
            "shortened_words",
            "integer",
            "What of the transcript the model was not shown.",
            unit="words",
            optional=True,
        ),
        _CREATED,
    ),
)
_REVIEWS = Table(
    "reviews",
    "review",
    "One reading of one encounter by one reviewer.",
    (
        Field("id", "text", "Name of the review."),
        Field("encounter_id", "text", "The encounter."),
        Field("reviewer_id", "text", "The user who made it."),
        Field("left", "text", "The note that stood left, or alone."),
        Field("right", "text", "The note that stood right; empty when there was one.", empty=True),
        Field("version", "integer", "1 was made blind; later ones after the models were shown."),
        Field("status", "text", "Whether it is finished.", ("draft", "submitted")),
        Field(
            "preference", "text", "Which note is better; neither: both, or the only one, unacceptable.", PREFERENCES, empty=True
        ),
        Field("active_seconds", "number", "Time at work, pauses left out.", unit="s"),
        Field("revision", "integer", "How many acts were saved."),
        Field("submitted", "time", "When it was finished.", empty=True),
        Field("cannot_judge", "text", "Why it ended without a judgement.", CANNOT_JUDGE, **_MAYBE),
        Field("cannot_judge_comment", "text", "The same in the reviewer's words.", optional=True),
        _CREATED,
    ),
)
_SPANS = Table(
    "spans",
    "",
    "Errors marked in a note. Marks may overlap and nest.",
    (
        Field("id", "text", "Name of the mark."),
        _REVIEW_ID,
        _OUTPUT_ID,
        *_place("the note"),
        Field(
            "label",
            "text",
            "Type of error, by the label set; the default ones: fabrication, negation, causality, contextual, "
            "certainty (hallucinations), repetition, misplaced, unclear (style), inference (not an error).",
        ),
        Field(
            "severity",
            "text",
            "major: could change diagnosis or management. Empty: not an error.",
            SEVERITIES,
            empty=True,
        ),
        Field("comment", "text", "The reviewer's words.", optional=True),
        Field("evidence_start", "integer", "Where its evidence begins in the transcript.", unit=_POINTS, **_MAYBE),
        Field("evidence_end", "integer", "Where its evidence ends, exclusive.", unit=_POINTS, **_MAYBE),
        Field("evidence_quote", "text", "The words of the transcript from there to there, exactly.", **_MAYBE),
        Field("section", "text", "Division of the note in which it begins, by the headings above it.", empty=True, derived=True),
        _LABEL_SET,
        _CREATED,
    ),
)
_OMISSIONS = Table(
    "omissions",
    "",
    "What a note should have carried, marked on the transcript.",
    (
        Field("id", "text", "Name of the mark."),
        _REVIEW_ID,
        Field("output_id", "text", "The note that lacks it."),
        *_place("the transcript"),
        Field("label", "text", "Kind of fact, by the label set; the default ones: current_issues, history, plan."),
        Field("severity", "text", "major: could change diagnosis or management.", SEVERITIES),
        Field("section", "text", "Where in the note it belongs, by the label set.", **_MAYBE),
        Field("important_negative", "yes/no", "Whether it is a negative that a clinician would document.", optional=True),
        Field("comment", "text", "The reviewer's words.", optional=True),
        _LABEL_SET,
        _CREATED,
    ),
)
_RATINGS = Table(
    "ratings",
    "",
    "Ratings of a whole note.",
    (
        _REVIEW_ID,
        _OUTPUT_ID,
        Field("dimension", "text", "What was rated, by the label set."),
        Field("value", "integer", '5 is best; empty is "not judged" and never a number.', (1, 2, 3, 4, 5), empty=True),
        Field("label_set", "text", _LABEL_SET.meaning, optional=True),
    ),
)
_CORRECTIONS = Table(
    "corrections",
    "",
    "Versions of a corrected note; the last one is what the reviewer would sign.",
    (
        Field("id", "text", "Name of the version."),
        _REVIEW_ID,
        Field("output_id", "text", "The note that was corrected."),
        Field("version", "integer", "Counts up from 1."),
        Field("text", "text", "The corrected note."),
        Field("character_distance", "integer", "Levenshtein distance from the note.", unit="characters", derived=True),
        Field("word_distance", "integer", "Levenshtein distance from the note, by words.", unit="words", derived=True),
        Field("active_seconds", "number", "Time in the editor since the version before.", unit="s", optional=True),
        _CREATED,
    ),
)
_EVENTS = Table(
    "events",
    "event",
    "Who did what, in the order it was done.",
    (
        Field("at", "time", "When."),
        Field("user_id", "text", "Who."),
        Field("verb", "text", "What was done."),
        Field("subject", "text", "To what."),
        Field("before", "json", "How it was before.", empty=True),
        Field("after", "json", "How it was after.", empty=True),
        Field("step", "text", "Joins what was one act on the page with what took it back.", **_MAYBE),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _USERS,
        _LABEL_SETS,
        _MODELS,
        _ENCOUNTERS,
        _OUTPUTS,
        _REVIEWS,
        _SPANS,
        _OMISSIONS,
        _RATINGS,
        _CORRECTIONS,
        _EVENTS,
    )
}
BY_KIND: dict[str, Table] = {table.kind: table for table in TABLES.values() if table.kind}
# The tables that travel inside a review, as lists of rows in the fields of their names.
IN_REVIEW: dict[str, Table] = {name: table for name, table in TABLES.items() if not table.kind}
