-- What matching does not know by itself: it has the bundled catalogue, and the names the events carry.
SELECT t.league, t.sport, t.name AS team, a.alias, a.kind, a.record_status
FROM team_aliases AS a
JOIN teams AS t ON t.id = a.team_id
WHERE t.record_status = 'active'
  AND (
      (a.kind IN ('manual', 'learned') AND a.record_status = 'active')
      OR (a.kind = 'catalogue' AND a.record_status = 'removed')
      OR (
          a.kind = 'source' AND a.record_status = 'active'
          AND a.alias NOT IN (t.name, t.short_name, t.abbreviation, t.location, t.nickname)
      )
  )
ORDER BY t.league, t.name, a.alias
