-- What is null stays; a row that would not differ is not written.
WITH wanted AS (
    SELECT
        COALESCE(%(name)s, name) AS name,
        COALESCE(%(sealed)s, playlist_url_sealed) AS sealed,
        COALESCE(%(timezone)s, timezone) AS timezone,
        COALESCE(%(tier)s, tier) AS tier,
        COALESCE(%(status)s, status) AS status,
        COALESCE(%(settings)s, settings) AS settings
    FROM providers
    WHERE id = %(id)s
)
UPDATE providers AS p
SET name = w.name, playlist_url_sealed = w.sealed, timezone = w.timezone, tier = w.tier, status = w.status,
    settings = w.settings, updated_at = now()
FROM wanted AS w
WHERE p.id = %(id)s
  AND (p.name, p.playlist_url_sealed, p.timezone, p.tier, p.status, p.settings)
      IS DISTINCT FROM (w.name, w.sealed, w.timezone, w.tier, w.status, w.settings)
