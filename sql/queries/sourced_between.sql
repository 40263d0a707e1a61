SELECT source, source_id, listing, league, sport, name, home, away, home_short, away_short, home_abbr, away_abbr, home_ref,
       away_ref, home_logo, away_logo, home_color, away_color, starts_at, time_is_set, status, neutral, venue, art
FROM sourced_events
WHERE record_status = 'active'
  AND league = ANY(%(leagues)s)
  AND starts_at >= %(first)s
  AND starts_at < %(last)s
ORDER BY source, source_id
