-- Dagster's own table: a schedule or sensor is there once its daemon saw it. A sensor has no cron.
SELECT
    instigator_body::jsonb -> 'origin' ->> 'job_name' AS name,
    instigator_body::jsonb -> 'job_specific_data' ->> 'cron_schedule' AS cron,
    status <> 'STOPPED' AS is_on
FROM instigators
WHERE instigator_type IN ('SCHEDULE', 'SENSOR')
ORDER BY instigator_type, name
