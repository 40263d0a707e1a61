-- A new provider, or a removed one of that name brought back with its history; one on record is left alone, without a row.
INSERT INTO providers (slug, name, playlist_url_sealed, timezone, tier)
VALUES (%(slug)s, %(name)s, %(sealed)s, %(timezone)s, %(tier)s)
ON CONFLICT (name) DO UPDATE
SET playlist_url_sealed = excluded.playlist_url_sealed,
    timezone = excluded.timezone,
    tier = excluded.tier,
    status = 'active',
    record_status = 'active',
    updated_at = now()
WHERE providers.record_status = 'removed'
RETURNING id, slug, name, timezone, tier, status, settings AS stated
