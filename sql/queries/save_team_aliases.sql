INSERT INTO team_aliases (team_id, alias, kind)
SELECT t.id, i.alias, 'source'
FROM incoming_aliases AS i
JOIN teams AS t ON t.league = i.league AND t.name = i.name
WHERE NOT EXISTS (SELECT FROM team_aliases AS a WHERE a.team_id = t.id AND a.alias = i.alias)
ORDER BY t.id, i.alias
ON CONFLICT (team_id, alias) DO NOTHING
