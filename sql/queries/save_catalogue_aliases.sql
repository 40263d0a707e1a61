-- The catalogue's aliases. One given by hand stays so; one removed by hand stays removed; a source's becomes the catalogue's.
INSERT INTO team_aliases (team_id, alias, kind)
SELECT t.id, i.alias, 'catalogue'
FROM catalogue_aliases AS i
JOIN teams AS t ON t.league = i.league AND t.name = i.name
LEFT JOIN team_aliases AS a ON a.team_id = t.id AND a.alias = i.alias
WHERE a.id IS NULL
   OR (a.kind IN ('source', 'learned') AND a.record_status = 'active')
   OR (a.kind = 'catalogue' AND a.record_status = 'replaced')
ORDER BY t.id, i.alias
ON CONFLICT (team_id, alias) DO UPDATE
SET kind = 'catalogue', record_status = 'active', updated_at = now()
