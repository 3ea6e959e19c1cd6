-- Fits that several trainers do together, each as a rank.

-- The trainers that do a fit now, or wait for each other. A fit has one group at a time, and another after one has broken.
CREATE TABLE rank_groups (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id bigint NOT NULL UNIQUE REFERENCES jobs ON DELETE CASCADE,
    -- The claim of the fit's holder, which is rank 0: the group lives as long as that lease.
    attempt int NOT NULL,
    -- What a trainer must be so that all ranks compute alike.
    terms text NOT NULL
);

-- The ranks above 0. Each is taken once: who comes after one that was lost comes to another group.
CREATE TABLE rank_seats (
    group_id bigint NOT NULL REFERENCES rank_groups ON DELETE CASCADE,
    rank int NOT NULL CHECK (rank > 0),
    holder text,
    lease_until timestamptz,
    -- Whether the holder has read the history, and waits for the others.
    is_ready boolean NOT NULL DEFAULT false,
    -- Why the holder left before the end.
    error text,
    PRIMARY KEY (group_id, rank)
);

-- What the ranks leave each other until they are connected: bytes, or a number that several count up.
CREATE TABLE rank_notes (
    group_id bigint NOT NULL REFERENCES rank_groups ON DELETE CASCADE,
    key text COLLATE "C" NOT NULL,
    value bytea,
    number bigint,
    PRIMARY KEY (group_id, key)
);
