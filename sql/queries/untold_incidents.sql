-- What one channel is to be told: open incidents it knows nothing of, and those that are over since not long ago.
SELECT i.id, i.subject, p.slug AS provider, i.day, i.reason, i.opened_at, i.closed_at, i.seen,
       COALESCE((i.told #>> ARRAY[%(channel)s, s.stage, 'tries'])::int, 0) AS tries
FROM incidents AS i
CROSS JOIN LATERAL (SELECT CASE WHEN i.closed_at IS NULL THEN 'failure' ELSE 'recovery' END AS stage) AS s
LEFT JOIN providers AS p ON p.id = i.provider_id
WHERE NOT i.withdrawn
  AND (i.closed_at IS NULL OR i.closed_at > %(now)s - interval '2 days')
  AND i.told #>> ARRAY[%(channel)s, s.stage, 'at'] IS NULL
  AND COALESCE((i.told #>> ARRAY[%(channel)s, s.stage, 'tries'])::int, 0) < %(most_tries)s
  AND COALESCE((i.told #>> ARRAY[%(channel)s, s.stage, 'next'])::timestamptz, %(now)s) <= %(now)s
ORDER BY i.id
LIMIT 500
