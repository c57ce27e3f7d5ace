"""The database's shape, as numbered steps that each run once, in one transaction. Never edit a step that has shipped: add one."""

from sqlite_utils import Database, Migrations

from .judgement_tables import JUDGEMENTS
from .sections import section_in, sections_of

migrations = Migrations("scribeloop")


@migrations()
def m001_first_tables(db: Database) -> None:
    for statement in FIRST.split(";\n\n"):
        db.execute(statement)


@migrations()
def m002_judging_and_correcting(db: Database) -> None:
    """A review may end without a judgement; corrections know their distance and time; events know their step; the label sets
    that marks name are kept, so that old marks stay readable."""
    for statement in JUDGING.split(";\n\n"):
        db.execute(statement)
    _measure_corrections(db)
    db.execute(CORRECTIONS_ARE_VERSIONS)


def _measure_corrections(db: Database) -> None:
    from rapidfuzz.distance import Levenshtein

    sql = "SELECT c.id, c.text, o.text AS note FROM corrections c JOIN outputs o ON o.id = c.output_id"
    for row in list(db.query(sql)):
        note, text = (row[name].replace("\r\n", "\n").replace("\r", "\n") for name in ("note", "text"))
        found = [Levenshtein.distance(note, text), Levenshtein.distance(note.split(), text.split()), row["id"]]
        db.execute("UPDATE corrections SET character_distance = ?, word_distance = ? WHERE id = ?", found)


@migrations()
def m004_results_indexes(db: Database) -> None:
    """Marks know the section of the note in which they stand; the results are counted from indexes alone."""
    for statement in RESULTS.split(";\n\n"):
        db.execute(statement)
    texts = db.execute("SELECT id, text FROM outputs WHERE id IN (SELECT output_id FROM spans)")
    sections = {output_id: sections_of(text) for output_id, text in texts}
    places = db.execute("SELECT id, output_id, start FROM spans").fetchall()
    found = [(section_in(sections[output_id], start), id) for id, output_id, start in places]
    db.conn.executemany("UPDATE spans SET section = ? WHERE id = ?", found)


@migrations()
def m010_indexes_for_the_queue(db: Database) -> None:
    """The queue stands on these alone: whoever lists ten thousand encounters must not read their transcripts and notes."""
    db.execute("DROP INDEX encounters_by_split")
    db.execute("CREATE INDEX encounters_listed ON encounters (split, specialty, title, external_id, id, meta)")
    db.execute("DROP INDEX outputs_by_encounter")
    db.execute("CREATE INDEX outputs_by_encounter ON outputs (encounter_id, model_id, finish_reason)")


@migrations()
def m011_index_of_ratings(db: Database) -> None:
    """The results count the ratings from an index that holds their values too."""
    db.execute("CREATE INDEX ratings_in_short ON ratings (review_id, output_id, dimension, value)")


@migrations()
def m020_judgements(db: Database) -> None:
    """What model judges find, in tables of their own."""
    for statement in JUDGEMENTS.split(";\n\n"):
        db.execute(statement)


@migrations()
def m030_promotions_and_runs(db: Database) -> None:
    """Models stand in a line with one champion; how each got there is kept; training runs have a row each."""
    for statement in PROMOTIONS.split(";\n\n"):
        db.execute(statement)


FIRST = """
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL
) STRICT;

CREATE TABLE encounters (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    transcript TEXT NOT NULL,
    transcript_key TEXT NOT NULL,
    reference TEXT,
    split TEXT NOT NULL CHECK (split IN ('train', 'dev', 'test')),
    specialty TEXT,
    synthetic INTEGER,
    title TEXT,
    meta TEXT NOT NULL,
    UNIQUE (source, external_id)
) STRICT;

CREATE INDEX encounters_by_transcript ON encounters (transcript_key);

CREATE INDEX encounters_by_split ON encounters (split);

CREATE TABLE models (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('base', 'adapter', 'merged')),
    path TEXT NOT NULL,
    weights_sha256 TEXT NOT NULL,
    base_id TEXT,
    base_sha256 TEXT,
    run_id TEXT,
    licence TEXT,
    meta TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE TABLE outputs (
    id TEXT PRIMARY KEY,
    encounter_id TEXT NOT NULL REFERENCES encounters (id),
    model_id TEXT NOT NULL REFERENCES models (id),
    text TEXT NOT NULL,
    engine TEXT NOT NULL,
    prompt_hash TEXT NOT NULL,
    parameters TEXT NOT NULL,
    seconds REAL NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    finish_reason TEXT NOT NULL,
    shortened_words INTEGER NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE INDEX outputs_by_encounter ON outputs (encounter_id, model_id);

CREATE TABLE reviews (
    id TEXT PRIMARY KEY,
    encounter_id TEXT NOT NULL REFERENCES encounters (id),
    reviewer_id TEXT NOT NULL REFERENCES users (id),
    "left" TEXT NOT NULL REFERENCES outputs (id),
    "right" TEXT REFERENCES outputs (id),
    version INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted')),
    preference TEXT CHECK (preference IN ('left', 'right', 'tie', 'neither')),
    active_seconds REAL NOT NULL,
    revision INTEGER NOT NULL,
    submitted TEXT,
    created TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_review_version ON reviews (reviewer_id, encounter_id, version);

CREATE TABLE spans (
    id TEXT PRIMARY KEY,
    review_id TEXT NOT NULL REFERENCES reviews (id),
    output_id TEXT NOT NULL REFERENCES outputs (id),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL,
    label TEXT NOT NULL,
    severity TEXT CHECK (severity IN ('major', 'minor')),
    comment TEXT NOT NULL,
    evidence_start INTEGER,
    evidence_end INTEGER,
    evidence_quote TEXT,
    label_set TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE INDEX spans_by_review ON spans (review_id);

CREATE TABLE omissions (
    id TEXT PRIMARY KEY,
    review_id TEXT NOT NULL REFERENCES reviews (id),
    output_id TEXT NOT NULL REFERENCES outputs (id),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL,
    label TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('major', 'minor')),
    section TEXT,
    important_negative INTEGER NOT NULL,
    comment TEXT NOT NULL,
    label_set TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE INDEX omissions_by_review ON omissions (review_id);

CREATE TABLE ratings (
    review_id TEXT NOT NULL REFERENCES reviews (id),
    output_id TEXT NOT NULL REFERENCES outputs (id),
    dimension TEXT NOT NULL,
    value INTEGER CHECK (value BETWEEN 1 AND 5),
    PRIMARY KEY (review_id, output_id, dimension)
) STRICT;

CREATE TABLE corrections (
    id TEXT PRIMARY KEY,
    review_id TEXT NOT NULL REFERENCES reviews (id),
    output_id TEXT NOT NULL REFERENCES outputs (id),
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    created TEXT NOT NULL,
    UNIQUE (review_id, output_id, version)
) STRICT;

CREATE TABLE events (
    at TEXT NOT NULL,
    user_id TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;

CREATE INDEX events_by_subject ON events (subject);

CREATE TRIGGER outputs_are_immutable BEFORE UPDATE ON outputs BEGIN SELECT RAISE(ABORT, 'outputs are immutable'); END;

CREATE TRIGGER outputs_stay BEFORE DELETE ON outputs BEGIN SELECT RAISE(ABORT, 'outputs are immutable'); END;

CREATE TRIGGER corrections_are_versions BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections are versions'); END;

CREATE TRIGGER corrections_stay BEFORE DELETE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections are versions'); END;

CREATE TRIGGER events_are_appended BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TRIGGER texts_are_frozen BEFORE UPDATE OF transcript, split ON encounters
BEGIN SELECT RAISE(ABORT, 'transcripts and splits are frozen'); END;

CREATE VIEW marked_errors AS
SELECT e.specialty, o.model_id, s.label, s.severity, s.quote, s.comment, r.reviewer_id, r.submitted, e.id AS encounter_id
FROM spans s JOIN reviews r ON r.id = s.review_id JOIN outputs o ON o.id = s.output_id JOIN encounters e ON e.id = r.encounter_id
WHERE r.status = 'submitted'
""".strip()

CORRECTIONS_ARE_VERSIONS = """
CREATE TRIGGER corrections_are_versions BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections are versions'); END
""".strip()

JUDGING = """
ALTER TABLE reviews ADD COLUMN cannot_judge TEXT;

ALTER TABLE reviews ADD COLUMN cannot_judge_comment TEXT NOT NULL DEFAULT '';

ALTER TABLE ratings ADD COLUMN label_set TEXT NOT NULL DEFAULT '';

ALTER TABLE events ADD COLUMN step TEXT;

ALTER TABLE corrections ADD COLUMN character_distance INTEGER NOT NULL DEFAULT 0;

ALTER TABLE corrections ADD COLUMN word_distance INTEGER NOT NULL DEFAULT 0;

ALTER TABLE corrections ADD COLUMN active_seconds REAL NOT NULL DEFAULT 0;

DROP TRIGGER corrections_are_versions;

CREATE TABLE label_sets (
    version TEXT PRIMARY KEY,
    data TEXT NOT NULL
) STRICT;

DROP VIEW marked_errors;

CREATE VIEW marked_errors AS
SELECT e.specialty, o.model_id, s.label, s.severity, s.quote, s.comment, r.reviewer_id, r.submitted, e.id AS encounter_id,
    r.version, s.label_set
FROM spans s JOIN reviews r ON r.id = s.review_id JOIN outputs o ON o.id = s.output_id JOIN encounters e ON e.id = r.encounter_id
WHERE r.status = 'submitted' AND r.cannot_judge IS NULL
""".strip()

RESULTS = """
ALTER TABLE spans ADD COLUMN section TEXT;

DROP INDEX spans_by_review;

CREATE INDEX spans_by_review ON spans (review_id, output_id, label, severity, section);

DROP INDEX omissions_by_review;

CREATE INDEX omissions_by_review ON omissions (review_id, output_id, label, severity, section, important_negative);

CREATE INDEX encounters_in_short ON encounters (id, specialty, split);

CREATE INDEX outputs_in_short ON outputs (id, model_id)
""".strip()

PROMOTIONS = """
ALTER TABLE models ADD COLUMN status TEXT CHECK (status IN ('candidate', 'champion', 'retired'));

UPDATE models SET status = 'candidate' WHERE kind = 'adapter';

CREATE UNIQUE INDEX one_champion ON models (status) WHERE status = 'champion';

CREATE TABLE promotions (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    model_id TEXT NOT NULL REFERENCES models (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('promoted', 'overridden', 'refused', 'rolled back')),
    replaced TEXT REFERENCES models (id),
    user_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;

CREATE INDEX promotions_by_model ON promotions (model_id);

CREATE TRIGGER promotions_stay BEFORE DELETE ON promotions BEGIN SELECT RAISE(ABORT, 'promotions are append-only'); END;

CREATE TRIGGER promotions_are_appended BEFORE UPDATE ON promotions
BEGIN SELECT RAISE(ABORT, 'promotions are append-only'); END;

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    dataset TEXT NOT NULL,
    base TEXT NOT NULL,
    created TEXT NOT NULL,
    ended TEXT,
    step INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    loss REAL,
    eval_loss REAL,
    error TEXT
) STRICT
""".strip()
