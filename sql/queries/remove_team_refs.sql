UPDATE team_sources AS s
SET record_status = 'removed', updated_at = now()
FROM gone_refs AS g
WHERE s.source = g.source AND s.league = g.league AND s.ref = g.ref AND s.record_status = 'active'
