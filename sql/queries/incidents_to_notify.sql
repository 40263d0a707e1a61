-- Open and recently closed incidents that one channel was not notified of yet.
SELECT i.id, i.kind, p.slug AS provider, i.day, i.reason, i.remedy, i.opened_at, i.closed_at, i.seen,
       COALESCE((i.notified #>> ARRAY[%(channel)s, s.stage, 'tries'])::int, 0) AS tries
FROM incidents AS i
CROSS JOIN LATERAL (SELECT CASE WHEN i.closed_at IS NULL THEN 'failure' ELSE 'recovery' END AS stage) AS s
LEFT JOIN providers AS p ON p.id = i.provider_id
WHERE NOT i.withdrawn
  AND (i.closed_at IS NULL OR i.closed_at > %(now)s - interval '2 days')
  AND i.notified #>> ARRAY[%(channel)s, s.stage, 'at'] IS NULL
  AND COALESCE((i.notified #>> ARRAY[%(channel)s, s.stage, 'tries'])::int, 0) < %(max_tries)s
  AND COALESCE((i.notified #>> ARRAY[%(channel)s, s.stage, 'next'])::timestamptz, %(now)s) <= %(now)s
ORDER BY i.id
LIMIT 500
