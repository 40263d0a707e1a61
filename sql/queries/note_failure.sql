-- A failure opens an incident, or is one more sight of the open one of its kind and provider.
INSERT INTO incidents (kind, provider_id, day, reason, remedy)
VALUES (%(kind)s, (SELECT id FROM providers WHERE slug = %(provider)s), %(day)s, %(reason)s, %(remedy)s)
ON CONFLICT (kind, COALESCE(provider_id, 0)) WHERE closed_at IS NULL DO UPDATE
SET reason = excluded.reason, remedy = excluded.remedy, day = greatest(incidents.day, excluded.day),
    last_seen = now(), seen = incidents.seen + 1
