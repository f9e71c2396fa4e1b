-- Running accuracy since a version's first label, and windows by predicted class.

-- 1: of the plain uniform sample among the requests. Before this step only the policy Uniform (2) was one, and it wholly.
ALTER TABLE label_requests ADD COLUMN uniform_sample INTEGER NOT NULL DEFAULT 0;

UPDATE label_requests SET uniform_sample = 1 WHERE policy = 2;

-- Labels of that sample, right ones among them: all that an exact confidence sequence needs. What retention deletes stays counted.
CREATE TABLE uniform_labels (
    model   TEXT NOT NULL,
    version TEXT NOT NULL,
    labels  INTEGER NOT NULL,
    correct INTEGER NOT NULL,
    PRIMARY KEY (model, version)
) STRICT, WITHOUT ROWID;

INSERT INTO uniform_labels
    SELECT model, version, COUNT(*), SUM(label = predicted_class) FROM label_requests
    WHERE uniform_sample = 1 AND label IS NOT NULL GROUP BY model, version;

CREATE TRIGGER uniform_labels_changed AFTER UPDATE OF label ON label_requests WHEN NEW.uniform_sample = 1 AND NEW.label IS NOT OLD.label
BEGIN
    INSERT INTO uniform_labels VALUES (NEW.model, NEW.version, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE uniform_labels SET
        labels = labels + (NEW.label IS NOT NULL) - (OLD.label IS NOT NULL),
        correct = correct + (NEW.label IS NEW.predicted_class) - (OLD.label IS OLD.predicted_class)
        WHERE model = NEW.model AND version = NEW.version;
END;

-- Stretches of prediction time whose labels are in. A later write of the newest ones replaces them.
CREATE TABLE closed_windows (
    model          TEXT NOT NULL,
    version        TEXT NOT NULL,
    start          INTEGER NOT NULL,
    finish         INTEGER NOT NULL,
    accuracy       REAL NOT NULL CHECK (accuracy BETWEEN 0 AND 1),
    standard_error REAL NOT NULL CHECK (standard_error >= 0),
    labels         INTEGER NOT NULL,
    PRIMARY KEY (model, version, start)
) STRICT, WITHOUT ROWID;

-- The key gets the predicted class: -2 all classes, -1 those beyond the cap.
CREATE TABLE prediction_buckets_2 (
    model                 TEXT NOT NULL,
    version               TEXT NOT NULL,
    segment               TEXT NOT NULL,
    predicted_class       INTEGER NOT NULL,
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
    PRIMARY KEY (model, version, segment, predicted_class, window, start)
) STRICT, WITHOUT ROWID;

INSERT INTO prediction_buckets_2
    SELECT model, version, segment, -2, "window", start, predictions, score, score_squared, score_variance, confidence,
        covered_predictions, covered_score, covered_score_squared, requested FROM prediction_buckets;
DROP TABLE prediction_buckets;
ALTER TABLE prediction_buckets_2 RENAME TO prediction_buckets;
CREATE INDEX prediction_buckets_start ON prediction_buckets (start);
