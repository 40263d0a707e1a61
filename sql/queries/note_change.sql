UPDATE playlist_checks AS c
SET checked_at = %(now)s, problem = '', changed_day = %(day)s, content_hash = %(content)s, mark = nextval('marks'),
    made_at = NULL, failed_at = NULL, failed = 0
FROM providers AS p
WHERE p.id = c.provider_id AND p.slug = %(slug)s
