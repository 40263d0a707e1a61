-- How many slots are in force on a day, and of which day their names are; none before the first.
SELECT s.day, count(*) FILTER (WHERE s.change <> 'removed') AS slots
FROM slot_names AS s
JOIN channel_names AS c ON c.id = s.channel_name_id
WHERE c.provider_id = %(provider)s
  AND s.day = (SELECT names_day(%(provider)s, %(day)s))
GROUP BY s.day
