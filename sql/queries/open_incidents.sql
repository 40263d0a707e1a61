SELECT i.id, i.kind, p.slug AS provider, i.day, i.reason, i.remedy, i.opened_at, i.closed_at, i.seen
FROM incidents AS i
LEFT JOIN providers AS p ON p.id = i.provider_id
WHERE i.closed_at IS NULL
ORDER BY i.opened_at, i.id
