-- Who changed monitors, labels and settings, when and from where. Written in the transaction of the change.
CREATE TABLE audit (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    address   TEXT NOT NULL,
    action    INTEGER NOT NULL,
    model     TEXT NOT NULL,
    version   TEXT NOT NULL,
    detail    TEXT NOT NULL CHECK (length(detail) <= 500),
    -- 1: given by whoever may label. These entries have a bound of their own: no amount of labelling displaces the others.
    labelling INTEGER NOT NULL CHECK (labelling IN (0, 1))
) STRICT;

CREATE INDEX audit_age ON audit (labelling, sequence);

CREATE TRIGGER audit_append_only BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

-- INSERT OR REPLACE would delete the entry that it replaces, without the trigger below.
CREATE TRIGGER audit_no_replacement BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

-- Retention takes the oldest entries, and so leaves no hole among those that are kept.
CREATE TRIGGER audit_oldest_first BEFORE DELETE ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE labelling = OLD.labelling AND sequence < OLD.sequence)
BEGIN
    SELECT RAISE(ABORT, 'only the oldest entries of audit can be deleted');
END;

-- The labels of one annotator since a time.
CREATE INDEX labels_annotator ON labels (annotator, labelled_at);

-- Keyed digests of the settings of the last start: the next start names those that differ, and no value is kept.
CREATE TABLE settings_digests (
    name   TEXT PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
