-- What is set by hand as never an event is no match: it has no event.
CREATE OR REPLACE VIEW match_rates AS
SELECT
    p.slug AS provider,
    d.day,
    count(*) AS slots,
    count(*) FILTER (WHERE d.match_status IN ('matched', 'manual') AND d.event_id IS NOT NULL) AS matched,
    count(*) FILTER (WHERE d.match_status = 'partial') AS partial,
    count(*) FILTER (WHERE d.match_status = 'unmatched') AS unmatched,
    count(*) FILTER (WHERE d.match_status = 'unparseable') AS unparseable,
    round(
        count(*) FILTER (WHERE d.match_status IN ('matched', 'manual') AND d.event_id IS NOT NULL)::numeric
        / nullif(count(*) FILTER (WHERE d.kind = 'event'), 0),
        4
    ) AS match_rate
FROM parsed_data AS d
JOIN channel_names AS c ON c.id = d.channel_name_id
JOIN providers AS p ON p.id = c.provider_id
WHERE d.record_status = 'active'
GROUP BY p.slug, d.day;
COMMENT ON VIEW match_rates IS 'How many slots of each provider and day found their event; the rate is over slots that name one.';
