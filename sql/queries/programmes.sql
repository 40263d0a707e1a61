SELECT
    c.channel_id, e.start_time AS starts_at, e.end_time AS stops_at, e.block, e.title, e.sub_title, e.description,
    e.league, e.sport, e.home, e.away, e.venue,
    COALESCE(e.sports_metadata ->> 'home_logo', '') AS home_logo,
    COALESCE(e.sports_metadata ->> 'away_logo', '') AS away_logo,
    e.event_id, e.event_starts_at, e.coverage, e.match_status, e.confidence
FROM epg_data AS e
JOIN channel_names AS c ON c.id = e.channel_name_id
WHERE c.provider_id = %(provider)s
  AND e.record_status = 'active'
  AND e.start_time < %(closes)s
  AND e.start_time >= %(opens)s - interval '2 days' -- no block is longer
  AND e.end_time > %(opens)s
ORDER BY c.position, c.id, e.start_time
