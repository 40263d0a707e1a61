SELECT
    d.position, d.name, c.slot, c.family, true AS is_slot, d.kind, d.title, d.competition,
    d.first_competitor AS first, d.second_competitor AS second, d.leagues, d.gender, d.side, d.coverage, d.game, d.starts_at,
    d.stated_date AS date, d.stated_clock AS clock, d.zone, d.zone_is_stated, d.rules,
    d.match_status, d.event_id, d.confidence, d.evidence, d.league, d.sport, d.home, d.away, d.event_name, d.venue,
    d.home_logo, d.away_logo
FROM parsed_data AS d
JOIN channel_names AS c ON c.id = d.channel_name_id
WHERE c.provider_id = %(provider)s AND d.day = %(day)s AND d.record_status = 'active'
ORDER BY d.position, c.id
