-- The due days of active providers that were marked after a mark, by provider, in the order of the latest mark. Rows
-- without a mark are taken in by the run that is under way.
SELECT p.slug, array_agg(DISTINCT r.day ORDER BY r.day) AS days, max(r.mark) AS mark
FROM rematches AS r
JOIN providers AS p ON p.id = r.provider_id
WHERE r.status = 'due' AND r.mark > 0 AND p.status = 'active' AND p.record_status = 'active'
GROUP BY p.slug
HAVING (max(r.mark), p.slug) > (%(mark)s, %(slug)s::text)
ORDER BY max(r.mark), p.slug
LIMIT %(limit)s
