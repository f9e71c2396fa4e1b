-- How a label was given. NULL, or an empty tool: not known, as for all labels before this step and for retractions.
-- By the clock of the annotator's tool.
ALTER TABLE labels ADD COLUMN shown_at INTEGER;
ALTER TABLE labels ADD COLUMN answered_at INTEGER CHECK (answered_at >= shown_at);
-- 1: the annotator could see what the model had answered; 0: he could not.
ALTER TABLE labels ADD COLUMN revealed INTEGER CHECK (revealed IN (0, 1));
ALTER TABLE labels ADD COLUMN tool TEXT NOT NULL DEFAULT '';
-- Of the class names by which the class was given or shown; empty: none.
ALTER TABLE labels ADD COLUMN class_names_version TEXT NOT NULL DEFAULT '';

-- 1: the annotator was to be shown what the model had answered.
ALTER TABLE leases ADD COLUMN revealed INTEGER NOT NULL DEFAULT 0 CHECK (revealed IN (0, 1));

-- The windows of a version that is seen again are read back by its name.
CREATE INDEX label_requests_of_model ON label_requests (model, version, prediction_time);

-- Inputs: what the deployed model was given, or where the team keeps it.

ALTER TABLE label_requests ADD COLUMN input_reference TEXT;

-- At most one of each request. Its content is apart, because a change of this row would otherwise rewrite it.
CREATE TABLE request_inputs (
    request_id   INTEGER PRIMARY KEY REFERENCES label_requests (id) ON DELETE CASCADE,
    content_type TEXT NOT NULL,
    bytes        INTEGER NOT NULL,
    attached_at  INTEGER NOT NULL,
    -- When the request got its current label. NULL: it has none.
    labelled_at  INTEGER
) STRICT;

CREATE INDEX request_inputs_age ON request_inputs (attached_at);
CREATE INDEX request_inputs_labelled ON request_inputs (labelled_at) WHERE labelled_at IS NOT NULL;

CREATE TABLE request_input_contents (
    request_id INTEGER PRIMARY KEY REFERENCES request_inputs (request_id) ON DELETE CASCADE,
    content    BLOB NOT NULL
) STRICT;

CREATE TRIGGER request_inputs_labels AFTER UPDATE OF label ON label_requests WHEN NEW.label IS NOT OLD.label
BEGIN
    UPDATE request_inputs SET labelled_at = CASE WHEN NEW.label IS NULL THEN NULL ELSE NEW.labelled_at END WHERE request_id = NEW.id;
END;

-- Of all inputs: every attachment is held against a bound on their sum.
CREATE TABLE input_totals (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    inputs INTEGER NOT NULL,
    bytes  INTEGER NOT NULL
) STRICT;

INSERT INTO input_totals VALUES (1, 0, 0);

CREATE TRIGGER input_totals_added AFTER INSERT ON request_inputs
BEGIN
    UPDATE input_totals SET inputs = inputs + 1, bytes = bytes + NEW.bytes;
END;

CREATE TRIGGER input_totals_changed AFTER UPDATE OF bytes ON request_inputs
BEGIN
    UPDATE input_totals SET bytes = bytes - OLD.bytes + NEW.bytes;
END;

CREATE TRIGGER input_totals_removed AFTER DELETE ON request_inputs
BEGIN
    UPDATE input_totals SET inputs = inputs - 1, bytes = bytes - OLD.bytes;
END;

-- Second opinions.

-- Requests drawn, before any answer, to be asked of a second annotator, and of a third where the two disagree.
CREATE TABLE doubled_requests (
    request_id    INTEGER PRIMARY KEY REFERENCES label_requests (id) ON DELETE CASCADE,
    -- 2 or 3: that opinion is wanted. 0: none is, now.
    wanted        INTEGER NOT NULL DEFAULT 0 CHECK (wanted IN (0, 2, 3)),
    wanted_until  INTEGER CHECK ((wanted_until IS NULL) = (wanted = 0)),
    lease_id      TEXT CHECK (lease_id IS NULL OR wanted <> 0),
    lease_expires INTEGER CHECK ((lease_expires IS NULL) = (lease_id IS NULL))
) STRICT;

CREATE INDEX doubled_requests_wanted ON doubled_requests (request_id) WHERE wanted <> 0;

-- They are counted at each look at the queue.
CREATE TABLE opinion_counts (
    model   TEXT NOT NULL,
    version TEXT NOT NULL,
    wanted  INTEGER NOT NULL,
    PRIMARY KEY (model, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER opinion_counts_changed AFTER UPDATE OF wanted ON doubled_requests WHEN (NEW.wanted <> 0) <> (OLD.wanted <> 0)
BEGIN
    INSERT INTO opinion_counts SELECT model, version, 0 FROM label_requests WHERE id = NEW.request_id ON CONFLICT DO NOTHING;
    UPDATE opinion_counts SET wanted = wanted + CASE WHEN NEW.wanted <> 0 THEN 1 ELSE -1 END
        WHERE (model, version) = (SELECT model, version FROM label_requests WHERE id = NEW.request_id);
END;

-- Before: the request says of which model version it is.
CREATE TRIGGER opinion_counts_removed BEFORE DELETE ON label_requests
    WHEN EXISTS (SELECT 1 FROM doubled_requests WHERE request_id = OLD.id AND wanted <> 0)
BEGIN
    UPDATE opinion_counts SET wanted = wanted - 1 WHERE model = OLD.model AND version = OLD.version;
END;

-- Leases of opinions, so that an answer by an old lease still finds its request. Apart from `leases`, whose answers are labels.
CREATE TABLE opinion_leases (
    lease_id   TEXT PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES label_requests (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    attempt    INTEGER NOT NULL,
    annotator  TEXT NOT NULL,
    -- As of leases.
    revealed   INTEGER NOT NULL CHECK (revealed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX opinion_leases_request ON opinion_leases (request_id, attempt);

-- What was answered; NULL: the annotator skipped. Never a label: no estimate uses it as one.
CREATE TABLE opinions (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id  INTEGER NOT NULL REFERENCES label_requests (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL CHECK (number IN (2, 3)),
    label       INTEGER CHECK (label >= 0),
    annotator   TEXT NOT NULL CHECK (annotator <> ''),
    given_at    INTEGER NOT NULL,
    shown_at    INTEGER,
    answered_at INTEGER CHECK (answered_at >= shown_at),
    revealed    INTEGER CHECK (revealed IN (0, 1)),
    tool        TEXT NOT NULL,
    class_names_version TEXT NOT NULL,
    UNIQUE (request_id, number)
) STRICT;

CREATE INDEX opinions_annotator ON opinions (annotator, given_at);

-- Labels that nobody asked for: of predictions that were not chosen for labelling. No estimate reads them: who gave them chose the predictions.
CREATE TABLE labels_apart (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    model         TEXT NOT NULL,
    version       TEXT NOT NULL,
    prediction_id TEXT NOT NULL,
    label         INTEGER NOT NULL CHECK (label >= 0),
    annotator     TEXT NOT NULL,
    tool          TEXT NOT NULL,
    labelled_at   INTEGER NOT NULL,
    UNIQUE (model, version, prediction_id)
) STRICT;

CREATE TABLE apart_counts (
    model   TEXT NOT NULL,
    version TEXT NOT NULL,
    labels  INTEGER NOT NULL,
    PRIMARY KEY (model, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER apart_counts_added AFTER INSERT ON labels_apart
BEGIN
    INSERT INTO apart_counts VALUES (NEW.model, NEW.version, 1) ON CONFLICT DO UPDATE SET labels = labels + 1;
END;

CREATE TRIGGER apart_counts_removed AFTER DELETE ON labels_apart
BEGIN
    UPDATE apart_counts SET labels = labels - 1 WHERE model = OLD.model AND version = OLD.version;
END;

CREATE INDEX labels_apart_age ON labels_apart (labelled_at);
CREATE INDEX labels_apart_annotator ON labels_apart (annotator, labelled_at);

-- Predictions that are remembered until their truth comes, chosen for labelling or not. Only the realized estimate reads them.
CREATE TABLE remembered_models (
    id          INTEGER PRIMARY KEY,
    model       TEXT NOT NULL,
    version     TEXT NOT NULL,
    class_count INTEGER NOT NULL,
    UNIQUE (model, version)
) STRICT;

CREATE TABLE remembered_predictions (
    model_id        INTEGER NOT NULL REFERENCES remembered_models (id),
    -- XxHash64 of the prediction id.
    id_hash         INTEGER NOT NULL,
    -- Seconds since 1970: other times would take twice the room.
    at              INTEGER NOT NULL,
    predicted_class INTEGER NOT NULL,
    -- g times 65,535.
    score           INTEGER NOT NULL,
    truth           INTEGER,
    PRIMARY KEY (model_id, id_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX remembered_predictions_at ON remembered_predictions (model_id, at);

-- Reports to a hub.

-- What is still to be reported to a hub. Without a connected hub nothing is marked.

CREATE TABLE hub_source (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    -- UUID by which hubs know this database.
    source_id      TEXT NOT NULL,
    -- Starts with a hub.
    epoch          INTEGER NOT NULL,
    connected      INTEGER NOT NULL CHECK (connected IN (0, 1)),
    -- The last change number given. Every change of anything that is reported has a higher one than those before it.
    changes        INTEGER NOT NULL,
    -- Number of the last report that the hub acknowledged; 0, 0: none was since all that is stored was to be reported.
    acknowledged_epoch    INTEGER NOT NULL,
    acknowledged_sequence INTEGER NOT NULL,
    -- Forgotten predictions that were dropped beyond the bound, and that the hub was not told of.
    forgotten_lost INTEGER NOT NULL
) STRICT;

-- How far all that is stored has been marked for reporting: requests up to an id, buckets up to a key. No row: all of it.
CREATE TABLE hub_marking (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    request_id      INTEGER NOT NULL,
    model           TEXT NOT NULL,
    version         TEXT NOT NULL,
    segment         TEXT NOT NULL,
    predicted_class INTEGER NOT NULL,
    window          INTEGER NOT NULL,
    start           INTEGER NOT NULL
) STRICT;

-- The change that the hub has not acknowledged yet; NULL: it has all. In the row itself, so that it goes with the row, in the same write.
ALTER TABLE prediction_buckets ADD COLUMN unreported INTEGER;
ALTER TABLE label_requests ADD COLUMN unreported INTEGER;

CREATE INDEX prediction_buckets_unreported ON prediction_buckets (unreported) WHERE unreported IS NOT NULL;
CREATE INDEX label_requests_unreported ON label_requests (unreported) WHERE unreported IS NOT NULL;

-- Predictions that the hub is to forget, until it has.
CREATE TABLE unreported_forgotten (
    change        INTEGER PRIMARY KEY,
    model         TEXT NOT NULL,
    version       TEXT NOT NULL,
    prediction_id TEXT NOT NULL,
    UNIQUE (model, version, prediction_id)
) STRICT;

CREATE TRIGGER prediction_buckets_added AFTER INSERT ON prediction_buckets WHEN EXISTS (SELECT 1 FROM hub_source WHERE connected)
BEGIN
    UPDATE hub_source SET changes = changes + 1;
    UPDATE prediction_buckets SET unreported = (SELECT changes FROM hub_source)
        WHERE model = NEW.model AND version = NEW.version AND segment = NEW.segment AND predicted_class = NEW.predicted_class
            AND "window" = NEW."window" AND start = NEW.start;
END;

-- Every later snapshot sets the sequence.
CREATE TRIGGER prediction_buckets_changed AFTER UPDATE OF sequence ON prediction_buckets WHEN EXISTS (SELECT 1 FROM hub_source WHERE connected)
BEGIN
    UPDATE hub_source SET changes = changes + 1;
    UPDATE prediction_buckets SET unreported = (SELECT changes FROM hub_source)
        WHERE model = NEW.model AND version = NEW.version AND segment = NEW.segment AND predicted_class = NEW.predicted_class
            AND "window" = NEW."window" AND start = NEW.start;
END;

CREATE TRIGGER label_requests_added AFTER INSERT ON label_requests WHEN EXISTS (SELECT 1 FROM hub_source WHERE connected)
BEGIN
    UPDATE hub_source SET changes = changes + 1;
    UPDATE label_requests SET unreported = (SELECT changes FROM hub_source) WHERE id = NEW.id;
END;

-- Every label and retraction has a sequence of its own. Waiting (1) and leased (2) are one to a hub.
CREATE TRIGGER label_requests_changed AFTER UPDATE OF state, label_sequence ON label_requests
WHEN (NEW.label_sequence IS NOT OLD.label_sequence OR MAX(NEW.state, 2) <> MAX(OLD.state, 2)) AND EXISTS (SELECT 1 FROM hub_source WHERE connected)
BEGIN
    UPDATE hub_source SET changes = changes + 1;
    UPDATE label_requests SET unreported = (SELECT changes FROM hub_source) WHERE id = NEW.id;
END;
