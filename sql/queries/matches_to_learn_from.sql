-- Matches in which a name calls a side neither as its event does nor by the event's short name.
SELECT
    d.channel_name_id AS channel, d.day, d.match_status, d.evidence, d.first_competitor AS first, d.second_competitor AS second,
    e.event_id, e.league, e.sport, e.home, e.away, e.home_short, e.away_short, e.home_abbr, e.away_abbr
FROM parsed_data AS d
JOIN events AS e ON e.event_id = d.event_id
JOIN channel_names AS c ON c.id = d.channel_name_id
WHERE c.provider_id = %(provider)s
  AND d.day BETWEEN %(first)s AND %(last)s
  AND d.match_status IN ('matched', 'manual')
  AND d.record_status = 'active'
  AND e.home <> '' AND e.away <> ''
  AND d.first_competitor IS NOT NULL AND d.second_competitor IS NOT NULL
  AND NOT (
      lower(d.first_competitor) IN (lower(e.home), lower(e.away), lower(e.home_short), lower(e.away_short))
      AND lower(d.second_competitor) IN (lower(e.home), lower(e.away), lower(e.home_short), lower(e.away_short))
  )
ORDER BY d.day, d.channel_name_id
