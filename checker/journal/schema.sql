-- The learner's journal, version 1. Times are nanoseconds since 1970.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Engine events, each once, however many processes saw it.
CREATE TABLE event (
    number     INTEGER PRIMARY KEY,
    engine     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    name       TEXT NOT NULL,
    attributes TEXT NOT NULL,
    UNIQUE (engine, at, kind, action, subject)
);
CREATE INDEX event_subject ON event (engine, kind, subject);
CREATE INDEX event_name ON event (engine, kind, name);

-- Stretches of time in which no event was missed.
CREATE TABLE coverage (
    number INTEGER PRIMARY KEY,
    engine TEXT NOT NULL,
    since  INTEGER NOT NULL,
    until  INTEGER NOT NULL
);

CREATE TABLE answer (
    number   INTEGER PRIMARY KEY,
    exercise TEXT NOT NULL,
    value    TEXT NOT NULL,
    at       INTEGER NOT NULL
);

-- Every verdict that differed from the one before it. Rows are only ever added.
CREATE TABLE verdict (
    number   INTEGER PRIMARY KEY,
    exercise TEXT NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('passed', 'failed', 'unchecked')),
    findings TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at       INTEGER NOT NULL
);
CREATE INDEX verdict_exercise ON verdict (exercise, verdict);

-- Help that was taken: hint steps, a solution that was shown before the pass.
CREATE TABLE help (
    number   INTEGER PRIMARY KEY,
    exercise TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('hint', 'solution')),
    step     INTEGER NOT NULL,
    at       INTEGER NOT NULL
);
