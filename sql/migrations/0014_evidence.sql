-- What decided a match is kept as data. The sentences of before stay with the rows that have them.
ALTER TABLE parsed_data ADD COLUMN evidence jsonb;
COMMENT ON COLUMN parsed_data.evidence IS 'What the decision rests on, by field; null where an earlier version decided.';
COMMENT ON COLUMN parsed_data.reasons IS 'Superseded by evidence; not written any more.';
