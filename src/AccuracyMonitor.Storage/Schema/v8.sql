-- Authenticated callers of whose predictions something is kept, by what their ids begin with.
CREATE TABLE prediction_callers (
    model   TEXT NOT NULL,
    version TEXT NOT NULL,
    prefix  TEXT NOT NULL,
    PRIMARY KEY (model, version, prefix)
) STRICT, WITHOUT ROWID;
