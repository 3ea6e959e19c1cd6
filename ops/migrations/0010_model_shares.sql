-- The share of the instruments that an alias's model trades, 0 to 1.
ALTER TABLE model_aliases ADD share double precision NOT NULL DEFAULT 1 CHECK (share >= 0 AND share <= 1);
ALTER TABLE model_alias_history
    ADD share double precision NOT NULL DEFAULT 1,
    -- What the share was before; null for an alias's first meaning, and for moves by builds that know no shares: 1.
    ADD previous_share double precision;
