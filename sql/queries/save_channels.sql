-- `incoming` are a day's slots. A channel's row is about its latest day: a backfill of an older day leaves it unchanged.
-- The channel id is given once and stays.
INSERT INTO channel_names (
    provider_id, slot, channel_id, family, name, display_name, position, logo, group_title, stream_url_sealed,
    first_seen, last_seen, record_status
)
SELECT
    %(provider)s, i.slot, i.channel_id, i.family, i.name, i.display_name, i.position, i.logo, i.group_title,
    i.stream_url_sealed, %(day)s, %(day)s, %(status)s
FROM incoming AS i
LEFT JOIN channel_names AS c ON c.provider_id = %(provider)s AND c.slot = i.slot
WHERE c.id IS NULL
   OR (
       c.last_seen <= %(day)s
       AND (c.family, c.name, c.display_name, c.position, c.logo, c.group_title, c.stream_url_sealed, c.last_seen, c.record_status)
           IS DISTINCT FROM
           (i.family, i.name, i.display_name, i.position, i.logo, i.group_title, i.stream_url_sealed, %(day)s::date, %(status)s::text)
   )
ORDER BY i.position
ON CONFLICT (provider_id, slot) DO UPDATE
SET family = excluded.family,
    name = excluded.name,
    display_name = excluded.display_name,
    position = excluded.position,
    logo = excluded.logo,
    group_title = excluded.group_title,
    stream_url_sealed = excluded.stream_url_sealed,
    last_seen = excluded.last_seen,
    record_status = excluded.record_status,
    updated_at = now()
