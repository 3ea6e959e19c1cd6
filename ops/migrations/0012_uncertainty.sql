-- What a model says beside the probability; null where it says no such thing, and in rows of builds that know no such columns.
ALTER TABLE predictions
    -- The standard deviation of the probability over passes with dropout.
    ADD COLUMN uncertainty double precision,
    -- Of log returns: a list of {"horizon": nanoseconds from as_of, "level": 0 to 1, "log_return"}.
    ADD COLUMN quantiles jsonb;
