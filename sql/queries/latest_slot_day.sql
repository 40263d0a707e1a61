SELECT s.day
FROM slot_names AS s
JOIN channel_names AS c ON c.id = s.channel_name_id
WHERE c.provider_id = %(provider)s
ORDER BY s.day DESC
LIMIT 1
