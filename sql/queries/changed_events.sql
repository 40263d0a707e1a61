-- Events on record whose time, sides or status changed.
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
SELECT
    e.event_id,
    e.starts_at AS old_start,
    i.starts_at AS new_start,
    CASE
        WHEN e.starts_at <> i.starts_at THEN 'moved'
        WHEN e.status <> i.status AND i.status IN ('cancelled', 'postponed') THEN i.status
        WHEN e.status <> i.status AND e.status IN ('cancelled', 'postponed') THEN 'on again'
        ELSE 'renamed'
    END AS reason
FROM incoming_canonical AS i
JOIN events AS e ON e.event_id = i.event_id AND e.record_status = 'active'
WHERE (e.starts_at, e.time_is_set, e.name, e.home, e.away) IS DISTINCT FROM
      (i.starts_at, i.time_is_set, i.name, i.home, i.away)
   OR (e.status <> i.status AND ('cancelled' IN (e.status, i.status) OR 'postponed' IN (e.status, i.status)))
