-- How far the feed is and where it comes from: one row, kept by the ingestor, read by people.
CREATE TABLE feed_status (
    feed text COLLATE "C" PRIMARY KEY,
    -- exchange, file or synthetic
    source text NOT NULL,
    detail text NOT NULL,
    from_time timestamptz,
    to_time timestamptz,
    -- The time of the last watermark.
    reached timestamptz,
    -- Watermarks so far, and how many there will be where that is known.
    batches bigint NOT NULL,
    expected bigint,
    finished boolean NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
