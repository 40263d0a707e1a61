SELECT DISTINCT ON (path) path, channel_count, programme_count, programmes_by_day, published_at
FROM publications
WHERE provider_id = %(provider)s AND path = ANY(%(paths)s)
ORDER BY path, id DESC
