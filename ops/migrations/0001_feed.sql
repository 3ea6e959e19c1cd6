-- The feed: what the ingestor emitted, in the order in which it did, and what was wrong with its input.
-- Moments are timestamptz, to the microsecond; payloads keep the nanoseconds.

CREATE TABLE feed_log (
    position bigint PRIMARY KEY,
    -- The position of the watermark that ends the batch; equal to position in the watermark's own row.
    batch bigint NOT NULL,
    -- Number and version of the message kind, as in the envelope.
    kind smallint NOT NULL,
    version smallint NOT NULL,
    topic text NOT NULL,
    trace bigint NOT NULL,
    -- Within the topic; in a watermark's row the number of the batch.
    sequence bigint NOT NULL,
    ordinal int NOT NULL,
    event_time timestamptz,
    payload bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    CHECK (position > 0 AND batch >= position)
);
-- Where the batches end.
CREATE UNIQUE INDEX feed_log_batch ON feed_log (batch) WHERE position = batch;

-- Prices in quote currency and volume in base currency, as published.
CREATE TABLE candles (
    instrument text COLLATE "C" NOT NULL,
    timeframe text COLLATE "C" NOT NULL,
    open_time timestamptz NOT NULL,
    open double precision NOT NULL,
    high double precision NOT NULL,
    low double precision NOT NULL,
    close double precision NOT NULL,
    volume double precision NOT NULL,
    source text NOT NULL,
    position bigint NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (instrument, timeframe, open_time)
);

CREATE TABLE anomalies (
    position bigint NOT NULL,
    ordinal int NOT NULL,
    kind text NOT NULL,
    instrument text NOT NULL,
    timeframe text NOT NULL,
    time timestamptz NOT NULL,
    count int NOT NULL,
    detail text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (position, ordinal)
);

-- A service's state at a watermark.
CREATE TABLE snapshots (
    service text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    batch_number bigint NOT NULL,
    state bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service, position)
);

-- What an operator asked for; the ingestor gives it its position in the feed.
CREATE TABLE control_requests (
    id text COLLATE "C" PRIMARY KEY,
    payload bytea NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    position bigint
);
CREATE INDEX control_requests_pending ON control_requests (requested_at, id) WHERE position IS NULL;
