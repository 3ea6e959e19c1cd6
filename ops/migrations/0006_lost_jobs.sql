-- A job that takes every worker down with it is given up.
ALTER TABLE jobs
    -- Leases that ran out since the job last got further: workers that fell silent.
    ADD COLUMN lost int NOT NULL DEFAULT 0,
    -- The job fails when so many have.
    ADD COLUMN lost_limit int NOT NULL DEFAULT 5 CHECK (lost_limit > 0);
