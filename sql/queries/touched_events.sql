-- The leagues and the span of instants that the rows of `stated_now` change; a row without an event counts as changed.
SELECT
    array_agg(DISTINCT i.league ORDER BY i.league),
    min(least(i.starts_at, i.started_at)),
    max(greatest(i.starts_at, i.started_at))
FROM stated_now AS i
LEFT JOIN sourced_events AS t ON t.source = i.source AND t.source_id = i.source_id
WHERE t.source IS NULL OR t.event_id IS NULL
    OR (
        i.listing, i.league, i.sport, i.name, i.home, i.away, i.home_short, i.away_short, i.home_abbr,
        i.away_abbr, i.home_ref, i.away_ref, i.home_logo, i.away_logo, i.home_color, i.away_color, i.starts_at,
        i.time_is_set, i.status, i.neutral, i.venue, i.art
    ) IS DISTINCT FROM (
        t.listing, t.league, t.sport, t.name, t.home, t.away, t.home_short, t.away_short, t.home_abbr,
        t.away_abbr, t.home_ref, t.away_ref, t.home_logo, t.away_logo, t.home_color, t.away_color, t.starts_at,
        t.time_is_set, t.status, t.neutral, t.venue, t.art
    )
