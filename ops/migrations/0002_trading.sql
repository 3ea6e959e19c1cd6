-- What the stages made of the feed. Every row is derived from its cause, so writing it again changes nothing.
-- position: the feed event that caused the row. trace: the feed event that began the chain.

CREATE TABLE predictions (
    model text COLLATE "C" NOT NULL,
    instrument text COLLATE "C" NOT NULL,
    timeframe text COLLATE "C" NOT NULL,
    open_time timestamptz NOT NULL,
    role text NOT NULL,
    as_of timestamptz NOT NULL,
    feature_set text NOT NULL,
    probability double precision NOT NULL,
    signal double precision NOT NULL,
    confidence double precision NOT NULL,
    reference_price double precision NOT NULL,
    volatility double precision NOT NULL,
    position bigint NOT NULL,
    trace bigint NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model, instrument, timeframe, open_time)
);
CREATE INDEX predictions_position ON predictions (position);

CREATE TABLE decisions (
    id text COLLATE "C" PRIMARY KEY,
    model text NOT NULL,
    instrument text NOT NULL,
    time timestamptz NOT NULL,
    state text NOT NULL,
    action text NOT NULL,
    target_quantity numeric NOT NULL,
    order_quantity numeric NOT NULL,
    verdicts jsonb NOT NULL,
    position bigint NOT NULL,
    trace bigint NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX decisions_position ON decisions (position);

-- Intents: written before any venue hears of them.
CREATE TABLE orders (
    client_id text COLLATE "C" PRIMARY KEY,
    decision_id text NOT NULL,
    instrument text NOT NULL,
    side text NOT NULL,
    kind text NOT NULL,
    quantity numeric NOT NULL,
    limit_price numeric,
    stop_price numeric,
    time_in_force text NOT NULL,
    reduce_only boolean NOT NULL,
    post_only boolean NOT NULL,
    time timestamptz NOT NULL,
    position bigint NOT NULL,
    trace bigint NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_position ON orders (position);

CREATE TABLE order_events (
    client_id text COLLATE "C" NOT NULL,
    number int NOT NULL,
    instrument text NOT NULL,
    state text NOT NULL,
    filled_quantity numeric NOT NULL,
    reason text NOT NULL,
    time timestamptz NOT NULL,
    position bigint NOT NULL,
    trace bigint NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (client_id, number)
);
CREATE INDEX order_events_position ON order_events (position);

CREATE TABLE fills (
    id text COLLATE "C" PRIMARY KEY,
    client_id text NOT NULL,
    instrument text NOT NULL,
    side text NOT NULL,
    quantity numeric NOT NULL,
    price numeric NOT NULL,
    fee numeric NOT NULL,
    time timestamptz NOT NULL,
    position bigint NOT NULL,
    trace bigint NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX fills_position ON fills (position);
CREATE INDEX fills_client_id ON fills (client_id);

-- The executor's books at a watermark.
CREATE TABLE accounts (
    position bigint PRIMARY KEY,
    time timestamptz NOT NULL,
    cash numeric NOT NULL,
    equity numeric NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE positions (
    position bigint NOT NULL,
    instrument text COLLATE "C" NOT NULL,
    quantity numeric NOT NULL,
    average_price numeric NOT NULL,
    mark_price numeric NOT NULL,
    realised numeric NOT NULL,
    fees numeric NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (position, instrument)
);
