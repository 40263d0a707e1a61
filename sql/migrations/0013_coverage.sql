-- What an airing shows of its event (live, replay, press, pregame, highlights) is called its coverage.
ALTER TABLE parsed_data RENAME COLUMN telling TO coverage;
ALTER TABLE epg_data RENAME COLUMN telling TO coverage;
COMMENT ON COLUMN parsed_data.coverage IS 'What the name announces of the event: live, replay, press, pregame, highlights, other.';
COMMENT ON COLUMN epg_data.coverage IS 'What the programme shows of its event: live, replay, press, pregame, highlights, other; show for a studio show.';
