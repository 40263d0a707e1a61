-- What a source states now, over what it stated before: a field it leaves out keeps its earlier value as long as the
-- side is the same.
CREATE TEMPORARY TABLE stated_now ON COMMIT DROP AS
SELECT
    i.source, i.source_id, i.listing, i.league, i.sport, i.name, i.home, i.away,
    COALESCE(NULLIF(i.home_short, ''), h.home_short, '') AS home_short,
    COALESCE(NULLIF(i.away_short, ''), a.away_short, '') AS away_short,
    COALESCE(NULLIF(i.home_abbr, ''), h.home_abbr, '') AS home_abbr,
    COALESCE(NULLIF(i.away_abbr, ''), a.away_abbr, '') AS away_abbr,
    COALESCE(NULLIF(i.home_ref, ''), h.home_ref, '') AS home_ref,
    COALESCE(NULLIF(i.away_ref, ''), a.away_ref, '') AS away_ref,
    COALESCE(NULLIF(i.home_logo, ''), h.home_logo, '') AS home_logo,
    COALESCE(NULLIF(i.away_logo, ''), a.away_logo, '') AS away_logo,
    COALESCE(NULLIF(i.home_color, ''), h.home_color, '') AS home_color,
    COALESCE(NULLIF(i.away_color, ''), a.away_color, '') AS away_color,
    i.starts_at, i.time_is_set, i.status, i.neutral,
    COALESCE(NULLIF(i.venue, ''), t.venue, '') AS venue,
    COALESCE(NULLIF(i.art, ''), t.art, '') AS art,
    t.starts_at AS started_at,
    'active' AS record_status
FROM incoming_sourced AS i
LEFT JOIN sourced_events AS t ON t.source = i.source AND t.source_id = i.source_id
LEFT JOIN sourced_events AS h ON h.source = i.source AND h.source_id = i.source_id AND h.home = i.home
LEFT JOIN sourced_events AS a ON a.source = i.source AND a.source_id = i.source_id AND a.away = i.away
