SELECT p.slug, c.content_hash
FROM playlist_checks AS c
JOIN providers AS p ON p.id = c.provider_id
WHERE p.slug = ANY(%(slugs)s)
