SELECT p.slug, count(*) AS files, min(u.reason) AS reason
FROM uploads AS u
JOIN providers AS p ON p.id = u.provider_id
WHERE u.status = 'failed' AND p.record_status = 'active'
GROUP BY p.slug
ORDER BY p.slug
