-- The one definition of whose slot names hold on a day: those of the latest day, up to it, whose slots were stored. A
-- playlist that was fetched and refused stores none, so its day is never the answer. Null before the first.
CREATE FUNCTION names_day(of_provider bigint, on_day date) RETURNS date
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT s.day
    FROM slot_names AS s
    JOIN channel_names AS c ON c.id = s.channel_name_id
    WHERE c.provider_id = of_provider AND s.day <= on_day
    ORDER BY s.day DESC
    LIMIT 1;
END;
REVOKE ALL ON FUNCTION names_day(bigint, date) FROM PUBLIC; -- Supabase would serve it over HTTP
COMMENT ON FUNCTION names_day IS 'The day whose slot names are in force on a date.';
