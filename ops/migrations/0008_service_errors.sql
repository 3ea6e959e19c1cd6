-- What the dashboard's page of services shows: when a service's last error was, and what passes between services.
ALTER TABLE service_status
    ADD COLUMN error_at timestamptz,
    -- Messages since the process started.
    ADD COLUMN published bigint NOT NULL DEFAULT 0,
    -- Of each input: source, received, missing, recovered, waiting, behind.
    ADD COLUMN inputs jsonb NOT NULL DEFAULT '[]';
