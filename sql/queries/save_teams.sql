-- Teams as the events name them. What is empty there takes nothing away here.
INSERT INTO teams (league, sport, name, short_name, abbreviation, logo)
SELECT i.league, i.sport, i.name, i.short_name, i.abbreviation, i.logo
FROM incoming_teams AS i
LEFT JOIN teams AS t ON t.league = i.league AND t.name = i.name
WHERE t.id IS NULL
   OR (t.sport, t.short_name, t.abbreviation, t.logo, t.record_status) IS DISTINCT FROM (
       COALESCE(NULLIF(i.sport, ''), t.sport),
       COALESCE(NULLIF(i.short_name, ''), t.short_name),
       COALESCE(NULLIF(i.abbreviation, ''), t.abbreviation),
       COALESCE(NULLIF(i.logo, ''), t.logo),
       'active'
   )
ORDER BY i.league, i.name
ON CONFLICT (league, name) DO UPDATE
SET sport = COALESCE(NULLIF(excluded.sport, ''), teams.sport),
    short_name = COALESCE(NULLIF(excluded.short_name, ''), teams.short_name),
    abbreviation = COALESCE(NULLIF(excluded.abbreviation, ''), teams.abbreviation),
    logo = COALESCE(NULLIF(excluded.logo, ''), teams.logo),
    record_status = 'active',
    updated_at = now()
