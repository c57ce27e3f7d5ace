"""The tables of model judges, apart from those of reviewers, so that no count of the one can ever hold the other."""

JUDGEMENTS = """
CREATE TABLE judges (
    id TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    host TEXT NOT NULL,
    prompt_hash TEXT NOT NULL,
    parameters TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE TABLE judgements (
    id TEXT PRIMARY KEY,
    judge_id TEXT NOT NULL REFERENCES judges (id),
    output_id TEXT NOT NULL REFERENCES outputs (id),
    sample INTEGER NOT NULL,
    facts INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    label_set TEXT NOT NULL,
    created TEXT NOT NULL,
    UNIQUE (judge_id, output_id, sample)
) STRICT;

CREATE INDEX judgements_by_output ON judgements (output_id);

CREATE TABLE judge_spans (
    id TEXT PRIMARY KEY,
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
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
    section TEXT,
    label_set TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE INDEX judge_spans_by_judgement ON judge_spans (judgement_id);

CREATE TABLE judge_omissions (
    id TEXT PRIMARY KEY,
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
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

CREATE INDEX judge_omissions_by_judgement ON judge_omissions (judgement_id);

CREATE TABLE judge_ratings (
    judgement_id TEXT NOT NULL REFERENCES judgements (id),
    dimension TEXT NOT NULL,
    value INTEGER NOT NULL CHECK (value BETWEEN 1 AND 5),
    place TEXT CHECK (place IN ('note', 'transcript')),
    start INTEGER,
    "end" INTEGER,
    quote TEXT,
    PRIMARY KEY (judgement_id, dimension)
) STRICT;

CREATE TABLE judge_pairs (
    id TEXT PRIMARY KEY,
    judge_id TEXT NOT NULL REFERENCES judges (id),
    encounter_id TEXT NOT NULL REFERENCES encounters (id),
    first TEXT NOT NULL REFERENCES outputs (id),
    second TEXT NOT NULL REFERENCES outputs (id),
    forward TEXT NOT NULL,
    backward TEXT NOT NULL,
    sample INTEGER NOT NULL,
    created TEXT NOT NULL,
    UNIQUE (judge_id, first, second, sample)
) STRICT;

CREATE TRIGGER judgements_are_immutable BEFORE UPDATE ON judgements BEGIN SELECT RAISE(ABORT, 'judgements are immutable'); END;

CREATE TRIGGER judge_spans_are_immutable BEFORE UPDATE ON judge_spans BEGIN SELECT RAISE(ABORT, 'judgements are immutable'); END;

CREATE TRIGGER judge_omissions_are_immutable BEFORE UPDATE ON judge_omissions
BEGIN SELECT RAISE(ABORT, 'judgements are immutable'); END
""".strip()

# Every quote of a judge beside the text that it quotes, for ``Store.verify``.
JUDGED_QUOTES = """
SELECT 'judge''s mark' AS kind, s.id, s.start, s."end", s.quote, o.text FROM judge_spans s JOIN outputs o ON o.id = s.output_id
UNION ALL SELECT 'judge''s evidence', s.id, s.evidence_start, s.evidence_end, s.evidence_quote, e.transcript
    FROM judge_spans s JOIN outputs o ON o.id = s.output_id JOIN encounters e ON e.id = o.encounter_id
    WHERE s.evidence_start IS NOT NULL
UNION ALL SELECT 'judge''s omission', m.id, m.start, m."end", m.quote, e.transcript
    FROM judge_omissions m JOIN outputs o ON o.id = m.output_id JOIN encounters e ON e.id = o.encounter_id
UNION ALL SELECT 'judge''s rating', r.judgement_id || '/' || r.dimension, r.start, r."end", r.quote,
    CASE r.place WHEN 'note' THEN o.text ELSE e.transcript END
    FROM judge_ratings r JOIN judgements j ON j.id = r.judgement_id JOIN outputs o ON o.id = j.output_id
    JOIN encounters e ON e.id = o.encounter_id WHERE r.place IS NOT NULL
""".strip()
