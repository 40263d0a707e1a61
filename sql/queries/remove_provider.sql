UPDATE providers
SET record_status = 'removed', updated_at = now()
WHERE id = %(id)s AND record_status = 'active'
