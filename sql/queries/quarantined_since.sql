-- What was set aside of each provider from a moment on, by stage, with one of the reasons.
SELECT COALESCE(p.slug, '') AS slug, q.stage, count(*) AS rows, min(q.name) AS name, min(q.reason) AS reason
FROM quarantine AS q
LEFT JOIN providers AS p ON p.id = q.provider_id
WHERE q.created_at >= %(since)s AND (p.id IS NULL OR p.record_status = 'active')
GROUP BY p.slug, q.stage
ORDER BY p.slug NULLS FIRST, q.stage
