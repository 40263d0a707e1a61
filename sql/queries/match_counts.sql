-- The decisions about the names in force on a day.
WITH in_force AS (
    SELECT d.match_status, d.kind, d.match_status IN ('matched', 'manual') AND d.event_id IS NOT NULL AS is_found
    FROM parsed_data AS d
    JOIN channel_names AS c ON c.id = d.channel_name_id
    WHERE c.provider_id = %(provider)s
      AND d.record_status = 'active'
      AND d.day = (SELECT names_day(%(provider)s, %(day)s))
)
SELECT
    count(*) AS slots,
    count(*) FILTER (WHERE match_status = 'matched') AS matched,
    count(*) FILTER (WHERE match_status = 'partial') AS partial,
    count(*) FILTER (WHERE match_status = 'unmatched') AS unmatched,
    count(*) FILTER (WHERE match_status = 'unparseable') AS unparseable,
    count(*) FILTER (WHERE match_status = 'manual') AS manual,
    -- A card or a race is found without its name being one of two sides.
    round(
        count(*) FILTER (WHERE is_found)::numeric / nullif(count(*) FILTER (WHERE kind = 'event' OR is_found), 0), 4
    )::double precision AS match_rate
FROM in_force
