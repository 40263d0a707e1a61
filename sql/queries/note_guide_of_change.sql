UPDATE playlist_checks AS c
SET made_at = CASE WHEN %(made)s THEN %(now)s ELSE made_at END,
    failed_at = CASE WHEN %(made)s THEN NULL ELSE %(now)s::timestamptz END,
    failed = failed + CASE WHEN %(made)s THEN 0 ELSE 1 END
FROM providers AS p
WHERE p.id = c.provider_id AND p.slug = %(slug)s AND c.changed_day = %(day)s AND c.content_hash = %(content)s
