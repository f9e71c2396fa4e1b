-- What labels have said about the fine-tuned networks that challenged each champion: no label judges twice, also after a restart or a roll-back.
CREATE TABLE network_evidence (
    model            TEXT NOT NULL,
    version          TEXT NOT NULL,
    champion_version TEXT NOT NULL,
    log_value        REAL NOT NULL,
    mean             REAL NOT NULL,
    square           REAL NOT NULL,
    label_sequence   INTEGER NOT NULL,
    PRIMARY KEY (model, version, champion_version)
) STRICT, WITHOUT ROWID;
