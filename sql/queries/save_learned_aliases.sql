INSERT INTO team_aliases (team_id, alias, kind)
SELECT t.id, i.alias, 'learned'
FROM learned AS i
JOIN teams AS t ON t.league = i.league AND t.name = i.team
WHERE NOT EXISTS (SELECT FROM team_aliases AS a WHERE a.team_id = t.id AND lower(a.alias) = lower(i.alias))
ORDER BY t.id, i.alias
ON CONFLICT (team_id, alias) DO NOTHING
