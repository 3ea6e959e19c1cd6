-- Which process is which shard of a service, where no setting says so. A row whose time is over is anybody's.
CREATE TABLE shard_claims (
    service text NOT NULL,
    -- Of how many, and which, from 0.
    shards int NOT NULL CHECK (shards > 0),
    shard int NOT NULL CHECK (shard >= 0 AND shard < shards),
    holder text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (service, shards, shard)
);
