-- Changes of active providers to ask for: those noted after a mark, and older ones whose guide failed, after a pause that
-- doubles with each failure, from half an hour to eight hours, until the day after theirs is over. These come in any
-- order: one stays due until its run ends, and must not keep the others from their turn.
SELECT c.mark, p.slug, c.changed_day AS day, c.content_hash, c.failed
FROM playlist_checks AS c
JOIN providers AS p ON p.id = c.provider_id
WHERE p.status = 'active' AND p.record_status = 'active'
  AND (
      c.mark > %(after)s
      OR (
          c.failed_at + interval '30 minutes' * 2 ^ least(c.failed - 1, 4) <= %(now)s
          AND c.changed_day >= (%(now)s AT TIME ZONE p.timezone)::date - 1
      )
  )
ORDER BY c.mark > %(after)s DESC, CASE WHEN c.mark > %(after)s THEN c.mark END, random()
LIMIT %(limit)s
