SELECT event_id, event_date, league, sport, name, home, away, home_short, away_short, home_abbr, away_abbr, starts_at,
       venue, home_logo, away_logo, source, status, time_is_set
FROM events
WHERE event_date BETWEEN %(first)s AND %(last)s AND record_status = 'active'
ORDER BY starts_at, event_id
