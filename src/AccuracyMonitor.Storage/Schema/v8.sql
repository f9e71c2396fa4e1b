-- Authenticated callers of whose predictions something is kept, by what their ids begin with.
CREATE TABLE prediction_callers (
    model   TEXT NOT NULL,
    version TEXT NOT NULL,
    prefix  TEXT NOT NULL,
    PRIMARY KEY (model, version, prefix)
) STRICT, WITHOUT ROWID;

-- True classes of requests, to hold against what annotators answer. Never labels: no estimate uses them as such, and nobody who labels is told of them.
CREATE TABLE gold_classes (
    request_id INTEGER PRIMARY KEY REFERENCES label_requests (id) ON DELETE CASCADE,
    class      INTEGER NOT NULL CHECK (class >= 0),
    given_at   INTEGER NOT NULL,
    class_names_version TEXT NOT NULL
) STRICT;
