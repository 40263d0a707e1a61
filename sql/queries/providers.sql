SELECT id, slug, name, timezone, tier, status, settings AS stated
FROM providers
WHERE record_status = 'active'
ORDER BY name
