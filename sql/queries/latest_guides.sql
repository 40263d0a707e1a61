SELECT p.slug, u.day, u.published_at, u.channel_count AS channels, u.programme_count AS programmes
FROM publications AS u
JOIN providers AS p ON p.id = u.provider_id
WHERE p.record_status = 'active' AND u.path = p.slug || '/guide.xml'
ORDER BY u.id DESC
LIMIT %(limit)s
