-- What each slot is called on the day, and how that compares with the latest earlier day: the same however often the
-- day is saved. A slot that went during the day keeps its row.
CREATE TEMPORARY TABLE named ON COMMIT DROP AS
WITH present AS (
    SELECT c.id, i.name, i.position
    FROM incoming AS i
    JOIN channel_names AS c ON c.provider_id = %(provider)s AND c.slot = i.slot
),
recent AS (
    SELECT s.channel_name_id AS id, s.day, s.name, s.position, s.change
    FROM slot_names AS s
    JOIN channel_names AS c ON c.id = s.channel_name_id
    WHERE c.provider_id = %(provider)s
      AND s.day IN (
          %(day)s,
          (
              SELECT x.day
              FROM slot_names AS x
              JOIN channel_names AS y ON y.id = x.channel_name_id
              WHERE y.provider_id = %(provider)s AND x.day < %(day)s
              ORDER BY x.day DESC
              LIMIT 1
          )
      )
),
before AS (SELECT id, name, position FROM recent WHERE day < %(day)s AND change <> 'removed'),
gone AS (
    -- Today's own row first: it has the name the slot went by last.
    SELECT DISTINCT ON (id) id, name, position
    FROM recent
    WHERE (day = %(day)s OR change <> 'removed') AND id NOT IN (SELECT id FROM present)
    ORDER BY id, day DESC
)
SELECT
    p.id AS channel_name_id,
    %(day)s::date AS day,
    p.name,
    p.position,
    CASE WHEN b.id IS NULL THEN 'added' WHEN b.name = p.name THEN 'unchanged' ELSE 'changed' END AS change
FROM present AS p
LEFT JOIN before AS b USING (id)
UNION ALL
SELECT id, %(day)s::date, name, position, 'removed' FROM gone
