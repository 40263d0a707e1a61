-- Close the open incidents of these kinds and providers; one about a later day stays open.
UPDATE incidents AS i
SET closed_at = now()
FROM unnest(%(kinds)s::text[], %(slugs)s::text[]) AS w (kind, slug)
LEFT JOIN providers AS p ON p.slug = w.slug
WHERE i.closed_at IS NULL AND i.kind = w.kind AND i.provider_id IS NOT DISTINCT FROM p.id
  AND (i.day IS NULL OR %(day)s::date IS NULL OR i.day <= %(day)s)
