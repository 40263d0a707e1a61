SELECT source, league, listing, source_id, starts_at
FROM sourced_events
WHERE record_status = 'active' AND starts_at >= %(first)s AND starts_at < %(last)s
ORDER BY source, source_id
