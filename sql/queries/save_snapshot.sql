-- One row per distinct content. The validators of the latest fetch of this content are kept: they belong together.
INSERT INTO playlist_snapshots (provider_id, content_hash, entry_count, byte_count, etag, last_modified)
SELECT %(provider)s, %(hash)s, %(entry_count)s, %(byte_count)s, %(etag)s, %(last_modified)s
WHERE NOT EXISTS (
    SELECT FROM playlist_snapshots
    WHERE provider_id = %(provider)s
      AND content_hash = %(hash)s
      AND (entry_count, etag, last_modified) IS NOT DISTINCT FROM (%(entry_count)s, %(etag)s::text, %(last_modified)s::text)
)
ON CONFLICT (provider_id, content_hash) DO UPDATE
SET entry_count = excluded.entry_count, etag = excluded.etag, last_modified = excluded.last_modified
