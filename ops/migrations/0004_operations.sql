-- How well the models and the pipeline itself do.

CREATE TABLE metrics (
    name text COLLATE "C" NOT NULL,
    label text COLLATE "C" NOT NULL,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    position bigint NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, label, time)
);

-- The last word of each running service.
CREATE TABLE service_status (
    name text COLLATE "C" PRIMARY KEY,
    pid int NOT NULL,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ready boolean NOT NULL,
    position bigint NOT NULL,
    -- How far behind the feed's event time, in milliseconds.
    lag_ms double precision NOT NULL,
    rss_bytes bigint NOT NULL,
    restarts int NOT NULL,
    endpoint text NOT NULL,
    error text
);
