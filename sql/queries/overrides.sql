-- An event that left the schedule gives no fields: the override then has nothing to say.
SELECT
    o.id, o.slot, o.name_pattern, o.day, o.event_id, o.note,
    e.league, e.sport, e.home, e.away, e.name AS event_name, e.venue, e.home_logo, e.away_logo,
    CASE WHEN e.time_is_set THEN e.starts_at END AS starts_at
FROM overrides AS o
LEFT JOIN events AS e ON e.event_id = o.event_id AND e.record_status = 'active'
WHERE o.provider_id = %(provider)s AND o.record_status = 'active'
ORDER BY o.id
