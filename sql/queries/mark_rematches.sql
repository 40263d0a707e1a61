-- The provider days that changed and new events touch, each with the reason. One mark for all that came in together.
--
-- A decision is kept with the day whose list the name is of, and a guide is made of it for that day and the days after,
-- until the next list. So a change touches the day of the decision, and of the days its guide was made for those on
-- which the event is or was: from six hours before its start, when blocks begin to announce it, to six hours after.
INSERT INTO rematches (provider_id, day, event_id, reason, mark)
WITH instants AS (
    SELECT event_id, reason, unnest(ARRAY[old_start, new_start]) AS starts_at FROM changed
    UNION
    SELECT l.event_id, 'replaced', e.starts_at
    FROM left_events AS l JOIN events AS e USING (event_id) WHERE e.record_status = 'replaced'
),
decided AS (
    SELECT c.provider_id, p.timezone, d.channel_name_id, d.day, i.event_id, i.reason, i.starts_at
    FROM instants AS i
    JOIN parsed_data AS d ON d.event_id = i.event_id AND d.record_status = 'active'
    JOIN channel_names AS c ON c.id = d.channel_name_id
    JOIN providers AS p ON p.id = c.provider_id
),
-- Slots that found no event may show a new one, where the league fits, and the time as far as the name states it. Which
-- one it is, the matching decides: a day is noted once for all of them, without an event's id. By the hour is close
-- enough, and a hundredth of the work.
near AS (
    SELECT DISTINCT (starts_at AT TIME ZONE 'UTC')::date + days.off AS on_day, league, date_trunc('hour', starts_at) AS starts_at
    FROM new_events CROSS JOIN (VALUES (-1), (0), (1)) AS days (off)
),
waiting AS (
    SELECT c.provider_id, p.timezone, min(d.channel_name_id) AS channel_name_id, d.day, d.leagues, estimate.about
    FROM parsed_data AS d
    JOIN channel_names AS c ON c.id = d.channel_name_id
    JOIN providers AS p ON p.id = c.provider_id
    CROSS JOIN LATERAL (
        SELECT date_trunc('hour', COALESCE(
            d.starts_at, (COALESCE(d.stated_date, d.day) + time '12:00') AT TIME ZONE p.timezone
        )) AS about
    ) AS estimate
    WHERE d.record_status = 'active' AND d.kind = 'event' AND d.match_status IN ('partial', 'unmatched')
      AND (estimate.about AT TIME ZONE 'UTC')::date IN (SELECT on_day FROM near)
    GROUP BY c.provider_id, p.timezone, d.day, d.leagues, estimate.about
),
hoped AS (
    SELECT DISTINCT w.provider_id, w.timezone, w.channel_name_id, w.day, '' AS event_id, 'new' AS reason, n.starts_at
    FROM waiting AS w
    JOIN near AS n
      ON n.on_day = (w.about AT TIME ZONE 'UTC')::date
     AND n.starts_at BETWEEN w.about - interval '24 hours' AND w.about + interval '24 hours'
     AND (w.leagues IS NULL OR jsonb_typeof(w.leagues) <> 'array' OR w.leagues ? n.league)
),
touched AS (SELECT * FROM decided UNION SELECT * FROM hoped),
days AS (
    SELECT provider_id, day, event_id, reason FROM touched
    UNION
    SELECT t.provider_id, on_day.day::date, t.event_id, t.reason
    FROM touched AS t
    CROSS JOIN LATERAL generate_series(
        ((t.starts_at - interval '6 hours') AT TIME ZONE t.timezone)::date,
        ((t.starts_at + interval '6 hours') AT TIME ZONE t.timezone)::date,
        interval '1 day'
    ) AS on_day (day)
    WHERE on_day.day > t.day
      AND EXISTS (
          SELECT FROM epg_data AS e
          WHERE e.day = on_day.day::date AND e.channel_name_id = t.channel_name_id AND e.record_status = 'active'
      )
      AND NOT EXISTS (
          SELECT FROM provider_days AS p
          WHERE p.provider_id = t.provider_id AND p.day > t.day AND p.day <= on_day.day
      )
)
SELECT DISTINCT ON (provider_id, day, event_id) provider_id, day, event_id, reason, (SELECT nextval('marks'))
FROM days
ORDER BY provider_id, day, event_id, reason
ON CONFLICT (provider_id, day, event_id) DO UPDATE
SET reason = excluded.reason, status = 'due', mark = excluded.mark, updated_at = now()
