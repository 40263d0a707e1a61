UPDATE playlist_checks AS c
SET checked_at = %(now)s, problem = %(problem)s
FROM providers AS p
WHERE p.id = c.provider_id AND p.slug = %(slug)s
