-- A row for each provider looked at for the first time, with the content in force: a look that is killed after it kept a
-- new playlist, and before it noted the change, still finds it changed the next time.
INSERT INTO playlist_checks (provider_id, content_hash)
SELECT p.id, COALESCE(latest.content_hash, '')
FROM providers AS p
LEFT JOIN LATERAL (
    SELECT s.content_hash
    FROM provider_days AS d
    JOIN playlist_snapshots AS s ON s.id = d.snapshot_id
    WHERE d.provider_id = p.id
    ORDER BY d.day DESC
    LIMIT 1
) AS latest ON true
WHERE p.slug = ANY(%(slugs)s)
ON CONFLICT (provider_id) DO NOTHING
