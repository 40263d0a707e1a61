-- Changes of active providers to ask for: those noted after a mark, and older ones whose day has failed since and still
-- fails, after a pause that doubles with each failure, from half an hour to eight. `failed` counts those failures. The
-- older ones come in any order: one stays due until its run ends, and must not keep the others from their turn.
SELECT c.mark, p.slug, c.changed_day AS day, c.content_hash, COALESCE(i.seen, 0) AS failed
FROM playlist_checks AS c
JOIN providers AS p ON p.id = c.provider_id
LEFT JOIN incidents AS i
  ON c.mark <= %(after)s
 AND i.subject = 'guide of ' || p.slug
 AND i.closed_at IS NULL
 AND i.last_seen > c.changed_at
 AND i.day = c.changed_day
 AND i.last_seen + interval '30 minutes' * 2 ^ least(i.seen - 1, 4) <= %(now)s
 AND c.changed_day >= (%(now)s AT TIME ZONE p.timezone)::date - 1
WHERE (c.mark > %(after)s OR i.id IS NOT NULL) AND p.status = 'active' AND p.record_status = 'active'
ORDER BY c.mark > %(after)s DESC, CASE WHEN c.mark > %(after)s THEN c.mark END, random()
LIMIT %(limit)s
