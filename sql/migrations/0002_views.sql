-- Views to look at from psql or a dashboard. The pipeline itself reads none of them.

CREATE VIEW channels_per_day AS
SELECT
    p.slug AS provider,
    s.day,
    count(*) FILTER (WHERE s.change <> 'removed') AS channels,
    count(*) FILTER (WHERE s.change = 'added') AS added,
    count(*) FILTER (WHERE s.change = 'changed') AS changed,
    count(*) FILTER (WHERE s.change = 'removed') AS removed
FROM slot_names AS s
JOIN channel_names AS c ON c.id = s.channel_name_id
JOIN providers AS p ON p.id = c.provider_id
GROUP BY p.slug, s.day;
COMMENT ON VIEW channels_per_day IS 'Channels of each provider and day, and how the playlist changed since the day before.';

CREATE VIEW programmes_per_day AS
SELECT
    p.slug AS provider,
    e.day,
    count(DISTINCT e.channel_name_id) AS channels,
    count(*) AS programmes,
    count(*) FILTER (WHERE e.block = 'live') AS live,
    max(e.updated_at) AS updated_at
FROM epg_data AS e
JOIN channel_names AS c ON c.id = e.channel_name_id
JOIN providers AS p ON p.id = c.provider_id
WHERE e.record_status = 'active'
GROUP BY p.slug, e.day;
COMMENT ON VIEW programmes_per_day IS 'Programme blocks of each provider and day.';

CREATE VIEW match_rates AS
SELECT
    p.slug AS provider,
    d.day,
    count(*) AS slots,
    count(*) FILTER (WHERE d.match_status IN ('matched', 'manual')) AS matched,
    count(*) FILTER (WHERE d.match_status = 'partial') AS partial,
    count(*) FILTER (WHERE d.match_status = 'unmatched') AS unmatched,
    count(*) FILTER (WHERE d.match_status = 'unparseable') AS unparseable,
    round(
        count(*) FILTER (WHERE d.match_status IN ('matched', 'manual'))::numeric
        / nullif(count(*) FILTER (WHERE d.kind = 'event'), 0),
        4
    ) AS match_rate
FROM parsed_data AS d
JOIN channel_names AS c ON c.id = d.channel_name_id
JOIN providers AS p ON p.id = c.provider_id
WHERE d.record_status = 'active'
GROUP BY p.slug, d.day;
COMMENT ON VIEW match_rates IS 'How many slots of each provider and day found their event; the rate is over slots that name one.';
