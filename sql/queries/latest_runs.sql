-- Dagster's own tables; its hidden job is what the UI calls "materialize". Only the newest run of each job: those that
-- come every half hour would else leave no room for the morning's publish.
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
FROM runs AS r
LEFT JOIN run_tags AS t ON t.run_id = r.run_id
WHERE r.id IN (SELECT max(id) FROM runs GROUP BY pipeline_name ORDER BY max(id) DESC LIMIT %(limit)s)
GROUP BY r.id, r.pipeline_name, r.status, r.create_timestamp, r.start_time, r.end_time
ORDER BY r.id DESC
