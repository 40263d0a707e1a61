-- Dagster's own tables; its hidden job is what the UI calls "materialize".
SELECT
    CASE WHEN r.pipeline_name LIKE '\_\_%%' THEN 'materialize' ELSE r.pipeline_name END AS job,
    COALESCE(
        max(t.value) FILTER (WHERE t.key = 'dagster/partition'),
        max(t.value) FILTER (WHERE t.key = 'dagster/asset_partition_range_start') || ' … '
        || max(t.value) FILTER (WHERE t.key = 'dagster/asset_partition_range_end'),
        ''
    ) AS partition,
    r.status,
    r.create_timestamp,
    r.start_time,
    r.end_time
FROM (SELECT * FROM runs ORDER BY id DESC LIMIT %(limit)s) AS r
LEFT JOIN run_tags AS t ON t.run_id = r.run_id
GROUP BY r.id, r.pipeline_name, r.status, r.create_timestamp, r.start_time, r.end_time
ORDER BY r.id DESC
