SELECT s.id, p.slug, d.day, s.content_hash, s.fetched_at,
       s.entry_count, s.byte_count, s.etag, s.last_modified
FROM provider_days AS d
JOIN playlist_snapshots AS s ON s.id = d.snapshot_id
JOIN providers AS p ON p.id = d.provider_id
WHERE d.provider_id = %(provider)s AND d.day <= %(day)s
ORDER BY d.day DESC
LIMIT 1
