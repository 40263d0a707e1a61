UPDATE incidents
SET notified = notified || jsonb_build_object(
    %(channel)s::text,
    COALESCE(notified -> %(channel)s::text, '{}') || jsonb_build_object(%(stage)s::text, %(outcome)s::jsonb)
)
WHERE id = ANY(%(ids)s)
