-- Times are UTC ticks of 100 ns since 0001-01-01, as sidecars count them: a bucket is found by its exact start. What merges from many sources has the
-- source in its key; a change number orders the states of one thing within its source.

CREATE TABLE sources (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id       uuid NOT NULL UNIQUE,
    -- The authenticated caller who reported first: nobody else reports as this source.
    owner           text NOT NULL,
    instance        text NOT NULL,
    first_seen      timestamptz NOT NULL DEFAULT now(),
    last_seen       timestamptz NOT NULL DEFAULT now(),
    -- The last report that is stored.
    epoch           bigint NOT NULL DEFAULT 0,
    sequence        bigint NOT NULL DEFAULT 0,
    backlog_changes bigint NOT NULL DEFAULT 0,
    backlog_seconds double precision NOT NULL DEFAULT 0,
    -- The source's clock less ours when it last reported.
    skew_seconds    double precision NOT NULL DEFAULT 0
);

CREATE TABLE model_versions (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model   text NOT NULL,
    version text NOT NULL,
    -- To the day: reported ones are kept.
    last_seen timestamptz NOT NULL DEFAULT now(),
    UNIQUE (model, version)
);

-- What each source says of a model version.
CREATE TABLE reported_models (
    model_version integer NOT NULL REFERENCES model_versions,
    source        integer NOT NULL REFERENCES sources,
    class_count   integer NOT NULL,
    monitor_version text NOT NULL,
    monitor_valid boolean NOT NULL,
    mean_score_standard_error double precision NOT NULL,
    change        bigint NOT NULL,
    reported_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model_version, source)
);

-- predicted_class: -2 every class, -1 those beyond a sidecar's cap.
CREATE TABLE series (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_version   integer NOT NULL REFERENCES model_versions,
    segment         text NOT NULL,
    predicted_class integer NOT NULL CHECK (predicted_class >= -2),
    last_seen       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (model_version, segment, predicted_class)
);

-- Sums over the predictions of one bucket of one window, by source. Partitions are days of `start`.
CREATE TABLE bucket_sums (
    series                integer NOT NULL REFERENCES series,
    "window"              bigint NOT NULL CHECK ("window" > 0),
    start                 bigint NOT NULL,
    source                integer NOT NULL REFERENCES sources,
    width                 bigint NOT NULL CHECK (width > 0),
    change                bigint NOT NULL,
    predictions           bigint NOT NULL,
    score                 double precision NOT NULL,
    score_squared         double precision NOT NULL,
    score_variance        double precision NOT NULL,
    confidence            double precision NOT NULL,
    covered_predictions   bigint NOT NULL,
    covered_score         double precision NOT NULL,
    covered_score_squared double precision NOT NULL,
    PRIMARY KEY (series, "window", start, source)
) PARTITION BY RANGE (start);

-- A prediction chosen for labelling: the decision and what became of it. Partitions are days of `prediction_time`, which never changes.
CREATE TABLE label_requests (
    model_version         integer NOT NULL REFERENCES model_versions,
    prediction_time       bigint NOT NULL,
    source                integer NOT NULL REFERENCES sources,
    prediction_id         text NOT NULL,
    segment               text NOT NULL,
    predicted_class       integer NOT NULL CHECK (predicted_class >= 0 AND predicted_class < class_count),
    class_count           integer NOT NULL,
    score                 double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    disagreement          double precision NOT NULL,
    inclusion_probability double precision NOT NULL CHECK (inclusion_probability BETWEEN 0 AND 1),
    policy                smallint NOT NULL,
    uniform_sample        boolean NOT NULL,
    monitor_version       text NOT NULL,
    created_at            bigint NOT NULL,
    expires_at            bigint NOT NULL,
    -- 1 open, 2 labelled, 3 unanswered
    progress              smallint NOT NULL CHECK (progress BETWEEN 1 AND 3),
    label                 integer CHECK (label >= 0 AND label < class_count),
    annotator             text NOT NULL,
    labelled_at           bigint,
    change                bigint NOT NULL,
    PRIMARY KEY (model_version, prediction_time, source, prediction_id),
    CHECK ((progress = 2) = (label IS NOT NULL))
) PARTITION BY RANGE (prediction_time);
