UPDATE uploads
SET status = 'withdrawn', reason = 'another bucket is set, or none', updated_at = now()
WHERE provider_id = %(provider)s AND bucket <> %(bucket)s AND status IN ('begun', 'failed')
