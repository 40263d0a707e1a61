-- What changed after a mark, of active providers, in the order in which it was noted.
SELECT c.mark, p.slug, c.changed_day AS day, c.content_hash
FROM playlist_checks AS c
JOIN providers AS p ON p.id = c.provider_id
WHERE c.mark > %(after)s AND p.status = 'active' AND p.record_status = 'active'
ORDER BY c.mark
LIMIT %(limit)s
