UPDATE incidents
SET told = told || jsonb_build_object(
    %(channel)s::text,
    COALESCE(told -> %(channel)s::text, '{}') || jsonb_build_object(%(stage)s::text, %(outcome)s::jsonb)
)
WHERE id = ANY(%(ids)s)
