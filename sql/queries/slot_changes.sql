-- How `incoming` differs from the slots in force before it is saved: the day's own if it has any, else the latest earlier day's.
WITH before AS (
    SELECT c.slot, s.name
    FROM slot_names AS s
    JOIN channel_names AS c ON c.id = s.channel_name_id
    WHERE c.provider_id = %(provider)s
      AND s.change <> 'removed'
      AND s.day = (SELECT names_day(%(provider)s, %(day)s))
)
SELECT
    count(*) FILTER (WHERE b.slot IS NULL) AS added,
    count(*) FILTER (WHERE b.name <> i.name) AS changed,
    count(*) FILTER (WHERE i.slot IS NULL) AS removed,
    count(*) FILTER (WHERE b.name = i.name) AS unchanged
FROM before AS b
FULL JOIN incoming AS i ON i.slot = b.slot
