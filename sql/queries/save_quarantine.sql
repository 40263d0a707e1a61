INSERT INTO quarantine (provider_id, day, stage, name, reason)
SELECT %(provider)s::bigint, %(day)s, %(stage)s, s.name, s.reason
FROM set_aside AS s
WHERE NOT EXISTS (
    SELECT FROM quarantine AS q
    WHERE COALESCE(q.provider_id, 0) = COALESCE(%(provider)s::bigint, 0)
      AND q.day = %(day)s AND q.stage = %(stage)s
      AND md5(q.name) = md5(s.name) AND md5(q.reason) = md5(s.reason)
)
ON CONFLICT DO NOTHING
