-- A new provider, or a paused one of that name brought back; an active one is left alone and gives no row.
INSERT INTO providers (slug, name, playlist_url_sealed, timezone, tier)
VALUES (%(slug)s, %(name)s, %(sealed)s, %(timezone)s, %(tier)s)
ON CONFLICT (name) DO UPDATE
SET playlist_url_sealed = excluded.playlist_url_sealed,
    timezone = excluded.timezone,
    tier = excluded.tier,
    status = 'active',
    updated_at = now()
WHERE providers.status = 'paused'
RETURNING id, slug, name, timezone, tier, status, settings AS stated
