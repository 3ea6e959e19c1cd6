-- Models and the work of making them.

-- A version never changes; aliases move.
CREATE TABLE model_versions (
    id text COLLATE "C" PRIMARY KEY,
    model text NOT NULL,
    feature_set text NOT NULL,
    -- Safetensors, or the model's own format where it is none of tensors.
    weights bytea NOT NULL,
    scaler bytea,
    settings jsonb NOT NULL,
    metrics jsonb NOT NULL,
    data_from timestamptz NOT NULL,
    data_to timestamptz NOT NULL,
    -- The code that made it.
    revision text NOT NULL,
    -- The bits of an unsigned number.
    seed bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX model_versions_model ON model_versions (model, created_at);

CREATE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER model_versions_immutable BEFORE UPDATE ON model_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_update();

CREATE TABLE model_aliases (
    alias text COLLATE "C" PRIMARY KEY,
    version text NOT NULL REFERENCES model_versions,
    moved_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE model_alias_history (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alias text COLLATE "C" NOT NULL,
    version text NOT NULL REFERENCES model_versions,
    -- What the alias meant before; null for its first meaning.
    previous text REFERENCES model_versions,
    -- The move that this one took back.
    undoes bigint UNIQUE REFERENCES model_alias_history,
    moved_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX model_alias_history_alias ON model_alias_history (alias, number);

-- Work for trainers, claimed under a lease.
CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    -- Names the work, so that asking for it twice is asking once.
    key text COLLATE "C" NOT NULL UNIQUE,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'done', 'failed')),
    -- Claims so far; with the owner, it names the lease.
    attempts int NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,
    checkpoint bytea,
    progress double precision NOT NULL DEFAULT 0,
    result jsonb,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('queued', 'leased');

-- Every fit of every model; from their number the deflated Sharpe ratio is taken.
CREATE TABLE trials (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id bigint NOT NULL REFERENCES jobs,
    model text NOT NULL,
    fold int NOT NULL,
    settings jsonb NOT NULL,
    metrics jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (job_id, fold)
);
