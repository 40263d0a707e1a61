INSERT INTO team_aliases AS a (team_id, alias, kind)
VALUES (%(team)s, %(alias)s, 'manual')
ON CONFLICT (team_id, alias) DO UPDATE
SET kind = 'manual', record_status = 'active', updated_at = now()
WHERE (a.kind, a.record_status) IS DISTINCT FROM ('manual', 'active')
