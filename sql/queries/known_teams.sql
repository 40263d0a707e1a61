SELECT t.id AS team_id, t.league, t.sport, t.name AS team, COALESCE(a.called, '[]') AS called, COALESCE(a.in_catalogue, false) AS in_catalogue
FROM teams AS t
LEFT JOIN (
    SELECT
        team_id,
        jsonb_agg(alias ORDER BY alias) FILTER (WHERE record_status = 'active') AS called,
        bool_or(kind = 'catalogue') AS in_catalogue
    FROM team_aliases
    GROUP BY team_id
) AS a ON a.team_id = t.id
WHERE t.record_status = 'active'
ORDER BY t.league, t.name
