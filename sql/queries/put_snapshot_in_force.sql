INSERT INTO provider_days (provider_id, day, snapshot_id)
SELECT provider_id, %(day)s, id
FROM playlist_snapshots
WHERE provider_id = %(provider)s AND content_hash = %(hash)s
ON CONFLICT (provider_id, day) DO UPDATE
SET snapshot_id = excluded.snapshot_id, updated_at = now()
WHERE provider_days.snapshot_id <> excluded.snapshot_id
