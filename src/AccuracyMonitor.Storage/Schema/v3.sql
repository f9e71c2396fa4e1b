-- Order of the snapshots of a bucket: one that is older than what is stored never replaces it, in whatever order two writes arrive.

-- 0: written before there were numbers, and so older than all that have one.
ALTER TABLE prediction_buckets ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;

-- The highest number ever given, also to a bucket that retention has deleted. The next process numbers on from here.
CREATE TABLE bucket_sequence (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;

INSERT INTO bucket_sequence VALUES (1, 0);
