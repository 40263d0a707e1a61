-- How many slots are in force on a day, and of which day their names are; none before the first.
SELECT s.day, count(*) FILTER (WHERE s.change <> 'removed') AS slots
FROM slot_names AS s
JOIN channel_names AS c ON c.id = s.channel_name_id
WHERE c.provider_id = %(provider)s
  AND s.day = (
      SELECT x.day
      FROM slot_names AS x
      JOIN channel_names AS y ON y.id = x.channel_name_id
      WHERE y.provider_id = %(provider)s AND x.day <= %(day)s
      ORDER BY x.day DESC
      LIMIT 1
  )
GROUP BY s.day
