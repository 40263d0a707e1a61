UPDATE parsed_data AS d
SET record_status = 'replaced', updated_at = now()
FROM channel_names AS c
WHERE c.id = d.channel_name_id
  AND c.provider_id = %(provider)s
  AND d.day = %(day)s
  AND d.record_status = 'active'
  AND NOT EXISTS (SELECT FROM decided AS i WHERE i.channel_name_id = d.channel_name_id)
