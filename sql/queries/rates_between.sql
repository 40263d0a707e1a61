-- How a provider's days went. A rate is over the slots that name an event, as in the view match_rates.
SELECT
    d.day,
    count(*) AS slots,
    count(*) FILTER (WHERE d.kind = 'event') AS events,
    count(*) FILTER (WHERE d.match_status IN ('matched', 'manual') AND d.event_id IS NOT NULL)::float8
        / nullif(count(*) FILTER (WHERE d.kind = 'event'), 0) AS match_rate
FROM parsed_data AS d
JOIN channel_names AS c ON c.id = d.channel_name_id
WHERE c.provider_id = %(provider)s
  AND d.record_status = 'active'
  AND d.day BETWEEN %(first)s AND %(last)s
GROUP BY d.day
ORDER BY d.day
