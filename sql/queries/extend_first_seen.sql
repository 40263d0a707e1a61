UPDATE channel_names AS c
SET first_seen = %(day)s, updated_at = now()
FROM incoming AS i
WHERE c.provider_id = %(provider)s AND c.slot = i.slot AND c.first_seen > %(day)s
