SELECT p.slug AS provider, u.day, u.path, u.tier, u.sha256, u.byte_count, u.channel_count, u.programme_count, u.published_at
FROM publications AS u
JOIN providers AS p ON p.id = u.provider_id
WHERE %(provider)s::bigint IS NULL OR u.provider_id = %(provider)s::bigint
ORDER BY u.id DESC
LIMIT %(limit)s
