-- What a source's list of teams says beyond their names. What is empty there takes nothing away here.
UPDATE teams AS t
SET location = COALESCE(NULLIF(i.location, ''), t.location),
    nickname = COALESCE(NULLIF(i.nickname, ''), t.nickname),
    color = COALESCE(NULLIF(i.color, ''), t.color),
    updated_at = now()
FROM incoming_details AS i
WHERE t.league = i.league
  AND t.name = i.name
  AND (t.location, t.nickname, t.color) IS DISTINCT FROM (
      COALESCE(NULLIF(i.location, ''), t.location),
      COALESCE(NULLIF(i.nickname, ''), t.nickname),
      COALESCE(NULLIF(i.color, ''), t.color)
  )
