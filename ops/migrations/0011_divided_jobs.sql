-- A job may be divided into others that any worker takes, and every fit says what its ratio was.
ALTER TABLE jobs
    -- The job of which this one is a part, and which waits for it; null for a whole.
    ADD COLUMN parent bigint REFERENCES jobs,
    -- What the job made, for whoever asked for it.
    ADD COLUMN output bytea;
CREATE INDEX jobs_parent ON jobs (parent) WHERE parent IS NOT NULL;

-- Null in rows of builds that know no such columns.
ALTER TABLE trials
    -- The bits of an unsigned number.
    ADD COLUMN seed bigint,
    ADD COLUMN timeframe text,
    -- The Sharpe ratio per bar, after costs; null where the returns never change.
    ADD COLUMN sharpe double precision;
