-- Dagster's own table, a row for each part of its daemon. The column "timestamp" is in the zone of whoever wrote it.
SELECT daemon_type, (body::jsonb ->> 'timestamp')::float8 FROM daemon_heartbeats
