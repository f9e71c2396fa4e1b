-- How a label was given. NULL, or an empty tool: not known, as for all labels before this step and for retractions.
-- By the clock of the annotator's tool.
ALTER TABLE labels ADD COLUMN shown_at INTEGER;
ALTER TABLE labels ADD COLUMN answered_at INTEGER CHECK (answered_at >= shown_at);
-- 1: the annotator could see what the model had answered; 0: he could not.
ALTER TABLE labels ADD COLUMN revealed INTEGER CHECK (revealed IN (0, 1));
ALTER TABLE labels ADD COLUMN tool TEXT NOT NULL DEFAULT '';
-- Of the class names by which the class was given or shown; empty: none.
ALTER TABLE labels ADD COLUMN class_names_version TEXT NOT NULL DEFAULT '';

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
