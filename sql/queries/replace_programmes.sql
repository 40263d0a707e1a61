UPDATE epg_data AS e
SET record_status = 'replaced', updated_at = now()
FROM channel_names AS c
WHERE c.id = e.channel_name_id
  AND c.provider_id = %(provider)s
  AND e.day = %(day)s
  AND e.record_status = 'active'
  AND NOT EXISTS (
      SELECT FROM scheduled AS i WHERE i.channel_name_id = e.channel_name_id AND i.start_time = e.start_time
  )
