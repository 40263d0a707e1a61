-- The slots of the day, or of the latest earlier day that has any, each with what it was called then.
SELECT s.position, c.channel_id, c.slot, c.family, c.display_name, c.logo, c.group_title, c.stream_url_sealed, s.name
FROM slot_names AS s
JOIN channel_names AS c ON c.id = s.channel_name_id
WHERE c.provider_id = %(provider)s
  AND s.change <> 'removed'
  AND s.day = (SELECT names_day(%(provider)s, %(day)s))
ORDER BY s.position, c.id
