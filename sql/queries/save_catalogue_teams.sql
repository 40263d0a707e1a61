-- Teams of the bundled catalogue. Where a source has delivered a team, what it says stays and the catalogue fills gaps.
INSERT INTO teams (league, sport, name, short_name, abbreviation, location, nickname)
SELECT i.league, i.sport, i.name, i.short_name, i.abbreviation, i.location, i.nickname
FROM catalogue_teams AS i
LEFT JOIN teams AS t ON t.league = i.league AND t.name = i.name
WHERE t.id IS NULL
   OR (t.sport, t.short_name, t.abbreviation, t.location, t.nickname) IS DISTINCT FROM (
       COALESCE(NULLIF(t.sport, ''), i.sport),
       COALESCE(NULLIF(t.short_name, ''), i.short_name),
       COALESCE(NULLIF(t.abbreviation, ''), i.abbreviation),
       COALESCE(NULLIF(i.location, ''), t.location),
       COALESCE(NULLIF(i.nickname, ''), t.nickname)
   )
ORDER BY i.league, i.name
ON CONFLICT (league, name) DO UPDATE
SET sport = COALESCE(NULLIF(teams.sport, ''), excluded.sport),
    short_name = COALESCE(NULLIF(teams.short_name, ''), excluded.short_name),
    abbreviation = COALESCE(NULLIF(teams.abbreviation, ''), excluded.abbreviation),
    location = COALESCE(NULLIF(excluded.location, ''), teams.location),
    nickname = COALESCE(NULLIF(excluded.nickname, ''), teams.nickname),
    updated_at = now()
