-- Times are UTC ticks of 100 ns since 0001-01-01 (DateTimeOffset.UtcTicks). Enumerations are the numbers of the C# enums, which only grow.

-- A prediction chosen for labelling: the decision (never changed) and what became of it.
CREATE TABLE label_requests (
    id                    INTEGER PRIMARY KEY,
    model                 TEXT NOT NULL,
    version               TEXT NOT NULL,
    segment               TEXT NOT NULL,
    prediction_id         TEXT NOT NULL,
    prediction_time       INTEGER NOT NULL,
    predicted_class       INTEGER NOT NULL CHECK (predicted_class >= 0 AND predicted_class < class_count),
    class_count           INTEGER NOT NULL,
    score                 REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    monitor_logit         REAL NOT NULL,
    disagreement          REAL NOT NULL,
    inclusion_probability REAL NOT NULL CHECK (inclusion_probability BETWEEN 0 AND 1),
    policy                INTEGER NOT NULL,
    monitor_version       TEXT NOT NULL,
    created_at            INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL,
    state                 INTEGER NOT NULL,
    attempts              INTEGER NOT NULL DEFAULT 0,
    lease_id              TEXT,
    lease_expires         INTEGER,
    skip_reason           TEXT,
    label                 INTEGER CHECK (label IS NULL OR (label >= 0 AND label < class_count)),
    label_sequence        INTEGER,
    labelled_at           INTEGER,
    UNIQUE (model, version, prediction_id),
    -- 2 = leased, 3 = answered
    CHECK ((state = 2) = (lease_id IS NOT NULL)),
    CHECK ((lease_id IS NULL) = (lease_expires IS NULL)),
    CHECK ((state = 3) = (label IS NOT NULL))
) STRICT;

CREATE INDEX label_requests_time ON label_requests (prediction_time);
-- Of the states that requests pass through (1 = waiting, 2 = leased): the ended ones, nearly all, are in none of these.
CREATE INDEX label_requests_waiting ON label_requests (id) WHERE state = 1;
CREATE INDEX label_requests_waiting_of_model ON label_requests (model, version, id) WHERE state = 1;
CREATE INDEX label_requests_expiry ON label_requests (expires_at) WHERE state = 1;
CREATE INDEX label_requests_lease_expiry ON label_requests (lease_expires) WHERE state = 2;
CREATE INDEX label_requests_labelled ON label_requests (model, version, label_sequence) WHERE label IS NOT NULL;

-- How many requests are in each state: counting the rows takes 70 ms for a million of them, and every scrape asks.
CREATE TABLE queue_counts (
    model    TEXT NOT NULL,
    version  TEXT NOT NULL,
    state    INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (model, version, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER queue_counts_added AFTER INSERT ON label_requests
BEGIN
    INSERT INTO queue_counts VALUES (NEW.model, NEW.version, NEW.state, 1)
        ON CONFLICT DO UPDATE SET requests = requests + 1;
END;

CREATE TRIGGER queue_counts_moved AFTER UPDATE OF state ON label_requests WHEN NEW.state <> OLD.state
BEGIN
    UPDATE queue_counts SET requests = requests - 1 WHERE model = OLD.model AND version = OLD.version AND state = OLD.state;
    INSERT INTO queue_counts VALUES (NEW.model, NEW.version, NEW.state, 1)
        ON CONFLICT DO UPDATE SET requests = requests + 1;
END;

CREATE TRIGGER queue_counts_removed AFTER DELETE ON label_requests
BEGIN
    UPDATE queue_counts SET requests = requests - 1 WHERE model = OLD.model AND version = OLD.version AND state = OLD.state;
END;

-- K little-endian float32 values. Apart, because a change of a request's state would otherwise rewrite up to 40 KB.
CREATE TABLE request_vectors (
    request_id    INTEGER PRIMARY KEY REFERENCES label_requests (id) ON DELETE CASCADE,
    probabilities BLOB NOT NULL CHECK (length(probabilities) > 0 AND length(probabilities) % 4 = 0)
) STRICT;

-- Every lease ever given, so that an answer by an old lease still finds its request.
CREATE TABLE leases (
    lease_id   TEXT PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES label_requests (id) ON DELETE CASCADE,
    attempt    INTEGER NOT NULL,
    annotator  TEXT NOT NULL,
    leased_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX leases_request ON leases (request_id);

-- Append-only history; NULL is a retraction. The current label is copied to its request in the same transaction.
CREATE TABLE labels (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id  INTEGER NOT NULL REFERENCES label_requests (id) ON DELETE CASCADE,
    label       INTEGER,
    annotator   TEXT NOT NULL,
    labelled_at INTEGER NOT NULL
) STRICT;

CREATE INDEX labels_request ON labels (request_id, sequence);

CREATE TRIGGER labels_append_only BEFORE UPDATE ON labels
BEGIN
    SELECT RAISE(ABORT, 'labels is append-only');
END;

-- Sums over the predictions of one bucket of one window's ring. A later snapshot replaces an earlier one.
CREATE TABLE prediction_buckets (
    model                 TEXT NOT NULL,
    version               TEXT NOT NULL,
    segment               TEXT NOT NULL,
    window                INTEGER NOT NULL,
    start                 INTEGER NOT NULL,
    predictions           INTEGER NOT NULL,
    score                 REAL NOT NULL,
    score_squared         REAL NOT NULL,
    score_variance        REAL NOT NULL,
    confidence            REAL NOT NULL,
    covered_predictions   INTEGER NOT NULL,
    covered_score         REAL NOT NULL,
    covered_score_squared REAL NOT NULL,
    requested             INTEGER NOT NULL,
    PRIMARY KEY (model, version, segment, window, start)
) STRICT, WITHOUT ROWID;

CREATE INDEX prediction_buckets_start ON prediction_buckets (start);

-- ONNX files by their SHA-256: monitors that differ in their head alone share one, and a damaged one is noticed when it is read.
CREATE TABLE monitor_graphs (
    sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    onnx   BLOB NOT NULL
) STRICT;

CREATE TABLE monitors (
    id              INTEGER PRIMARY KEY,
    model           TEXT NOT NULL,
    version         TEXT NOT NULL,
    monitor_version TEXT NOT NULL,
    kind            TEXT NOT NULL,
    parent_version  TEXT,
    created_at      INTEGER NOT NULL,
    training_labels INTEGER NOT NULL,
    metadata        TEXT NOT NULL,
    sha256          BLOB NOT NULL REFERENCES monitor_graphs (sha256),
    head            BLOB,
    UNIQUE (model, version, monitor_version)
) STRICT;

-- Why a challenger took over, or did not. Losses are nats per label; NULL is "not computed".
CREATE TABLE decisions (
    id                 INTEGER PRIMARY KEY,
    model              TEXT NOT NULL,
    version            TEXT NOT NULL,
    challenger_version TEXT NOT NULL,
    champion_version   TEXT,
    kind               INTEGER NOT NULL,
    promoted           INTEGER NOT NULL,
    champion_loss      REAL,
    challenger_loss    REAL,
    standard_error     REAL,
    labels             INTEGER NOT NULL,
    reason             TEXT NOT NULL,
    decided_at         INTEGER NOT NULL
) STRICT;

CREATE INDEX decisions_model ON decisions (model, version, id);

-- The last row of a model version names its champion. `previous` is the activation that a roll-back returns to: a stack in an append-only table.
CREATE TABLE activations (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    model        TEXT NOT NULL,
    version      TEXT NOT NULL,
    monitor_id   INTEGER NOT NULL REFERENCES monitors (id),
    previous     INTEGER REFERENCES activations (id),
    activated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX activations_model ON activations (model, version, id);
