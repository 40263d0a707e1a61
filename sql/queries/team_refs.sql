SELECT s.source, s.league, s.ref, s.name, t.name AS team
FROM team_sources AS s
JOIN teams AS t ON t.id = s.team_id
WHERE s.league = ANY(%(leagues)s) AND s.record_status = 'active'
ORDER BY s.source, s.league, s.ref
