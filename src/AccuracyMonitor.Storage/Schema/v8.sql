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
    -- Of the hub's last answer; empty: it has not answered yet.
    generation     TEXT NOT NULL,
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
