UPDATE channel_names AS c
SET record_status = 'removed', updated_at = now()
WHERE c.provider_id = %(provider)s
  AND c.record_status = 'active'
  AND NOT EXISTS (SELECT FROM incoming AS i WHERE i.slot = c.slot)
