-- Random keys made at the first start. Never exported: the file's permissions protect them.
CREATE TABLE store_secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
