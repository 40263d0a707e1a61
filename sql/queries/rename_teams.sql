-- A team on record that its sources now call otherwise: the same team, its old name an alias. Where a team of the new
-- name is on record already, nothing is renamed; the sources' ids go over to that one.
WITH named AS (
    SELECT DISTINCT ON (s.team_id) s.team_id, i.league, i.team
    FROM incoming_names AS i
    JOIN team_sources AS s ON s.source = i.source AND s.league = i.league AND s.ref = i.ref
    JOIN teams AS t ON t.id = s.team_id AND t.name <> i.team
    WHERE NOT EXISTS (SELECT FROM teams AS o WHERE o.league = i.league AND o.name = i.team)
    ORDER BY s.team_id, i.team
), once AS (
    SELECT DISTINCT ON (league, team) team_id, league, team FROM named ORDER BY league, team, team_id
), kept AS (
    INSERT INTO team_aliases (team_id, alias, kind)
    SELECT o.team_id, t.name, 'source'
    FROM once AS o
    JOIN teams AS t ON t.id = o.team_id
    ON CONFLICT (team_id, alias) DO NOTHING
)
UPDATE teams AS t
SET name = o.team, updated_at = now()
FROM once AS o
WHERE t.id = o.team_id
