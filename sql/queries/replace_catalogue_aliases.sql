UPDATE team_aliases AS a
SET record_status = 'replaced', updated_at = now()
FROM teams AS t
WHERE t.id = a.team_id
  AND a.kind = 'catalogue'
  AND a.record_status = 'active'
  AND NOT EXISTS (
      SELECT FROM catalogue_aliases AS i WHERE i.league = t.league AND i.name = t.name AND i.alias = a.alias
  )
