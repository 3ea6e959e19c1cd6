-- What each service may do in the database: what its work needs, and nothing else.
--
-- `tidegate prepare database` applies this after the migrations, whole and each time anew, in one transaction. Passwords are
-- set apart. The tables' owner is not bound by it; no service runs as the owner.

-- The users: tidegate_ and the service's name with _ for -.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'ingestor', 'synthetic_generator', 'feature_builder', 'inference_server', 'risk_gate', 'executor',
        'metrics_recorder', 'trainer', 'operator', 'retention']
    LOOP
        name := 'tidegate_' || name;
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        -- Begin from nothing, so that a right that is not given below any more is gone.
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', name);
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), name);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The feed is the ingestor's alone. It also gives what is asked for its place.
GRANT SELECT, INSERT ON feed_log, candles, anomalies TO tidegate_ingestor;
GRANT SELECT, INSERT, UPDATE ON control_requests, feed_status TO tidegate_ingestor;
GRANT SELECT ON model_aliases TO tidegate_ingestor;

-- Each stage adds what it emits, and changes nothing.
-- The inference-server also says which model it could not put in force.
GRANT SELECT, INSERT ON predictions, anomalies TO tidegate_inference_server;
GRANT SELECT, INSERT ON decisions, orders TO tidegate_risk_gate;
GRANT SELECT, INSERT ON order_events, fills, accounts, positions TO tidegate_executor;
GRANT SELECT, INSERT ON metrics TO tidegate_metrics_recorder;

-- Models: a trainer adds versions and trials, and moves aliases; jobs it takes, divides into others and ends,
-- and for fits of several trainers it opens groups.
GRANT SELECT ON model_versions TO tidegate_inference_server;
GRANT SELECT ON feed_log, candles TO tidegate_trainer;
GRANT SELECT, INSERT, UPDATE ON jobs TO tidegate_trainer;
GRANT SELECT, INSERT, UPDATE, DELETE ON rank_groups, rank_seats, rank_notes TO tidegate_trainer;
GRANT SELECT, INSERT ON model_versions, trials, model_alias_history, control_requests TO tidegate_trainer;
GRANT SELECT, INSERT, UPDATE ON model_aliases TO tidegate_trainer;

-- The dashboard shows everything, and the operator sees everything.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO tidegate_metrics_recorder, tidegate_operator;

-- The operator asks: for jobs, for changes, for another model.
GRANT INSERT, UPDATE ON jobs TO tidegate_operator;
GRANT INSERT ON control_requests, model_alias_history TO tidegate_operator;
GRANT INSERT, UPDATE ON model_aliases TO tidegate_operator;

-- `tidegate data retain` alone deletes history, and it reads no more than what tells it how far it may go.
GRANT SELECT, DELETE ON metrics, accounts, positions, predictions, decisions, anomalies, service_status, feed_log, candles
    TO tidegate_retention;
GRANT SELECT (service, position) ON snapshots TO tidegate_retention;
GRANT SELECT (decision_id) ON orders TO tidegate_retention;
GRANT SELECT (state) ON jobs TO tidegate_retention;

-- Which schema this is: every service asks before it uses a connection, and refuses one that it does not understand.
GRANT SELECT ON schema_migrations
    TO tidegate_ingestor, tidegate_synthetic_generator, tidegate_feature_builder, tidegate_inference_server,
    tidegate_risk_gate, tidegate_executor, tidegate_metrics_recorder, tidegate_trainer, tidegate_operator,
    tidegate_retention;

-- Snapshots and status: one table for all, in which each service writes its own rows alone.
GRANT SELECT, INSERT, UPDATE, DELETE ON snapshots
    TO tidegate_ingestor, tidegate_feature_builder, tidegate_inference_server, tidegate_risk_gate, tidegate_executor,
    tidegate_metrics_recorder;
GRANT SELECT, INSERT, UPDATE, DELETE ON service_status
    TO tidegate_ingestor, tidegate_synthetic_generator, tidegate_feature_builder, tidegate_inference_server,
    tidegate_risk_gate, tidegate_executor, tidegate_metrics_recorder, tidegate_trainer;

-- Which shard of its service a process is; the same way.
GRANT SELECT, INSERT, UPDATE, DELETE ON shard_claims
    TO tidegate_feature_builder, tidegate_inference_server, tidegate_risk_gate, tidegate_executor,
    tidegate_metrics_recorder;

ALTER TABLE shard_claims ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everyone_reads ON shard_claims;
CREATE POLICY everyone_reads ON shard_claims FOR SELECT USING (true);
DROP POLICY IF EXISTS own_rows ON shard_claims;
CREATE POLICY own_rows ON shard_claims USING (current_user = 'tidegate_' || replace(service, '-', '_'));

ALTER TABLE snapshots ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everyone_reads ON snapshots;
CREATE POLICY everyone_reads ON snapshots FOR SELECT USING (true);
DROP POLICY IF EXISTS own_rows ON snapshots;
-- `feature-builder.1of2` is the first of two shards of the feature-builder.
CREATE POLICY own_rows ON snapshots
    USING (current_user = 'tidegate_' || replace(split_part(service, '.', 1), '-', '_'));

ALTER TABLE service_status ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everyone_reads ON service_status;
CREATE POLICY everyone_reads ON service_status FOR SELECT USING (true);
DROP POLICY IF EXISTS own_rows ON service_status;
CREATE POLICY own_rows ON service_status USING (current_user = 'tidegate_' || replace(name, '-', '_'));
DROP POLICY IF EXISTS old_rows ON service_status;
CREATE POLICY old_rows ON service_status FOR DELETE TO tidegate_retention USING (true);
