SELECT
    a.id AS alias_id, t.league, t.sport, t.name AS team, a.alias, a.kind, a.record_status,
    a.record_status = 'active' AS active
FROM team_aliases AS a
JOIN teams AS t ON t.id = a.team_id
WHERE a.kind = ANY (%(kinds)s)
  AND (%(teams)s::bigint[] IS NULL OR t.id = ANY (%(teams)s::bigint[]))
ORDER BY t.league, t.name, a.kind, a.alias
