-- What became of each published file in the public bucket: a failure is tried again by the next publish.

CREATE TABLE uploads (
    provider_id bigint NOT NULL REFERENCES providers (id),
    key         text NOT NULL CHECK (key <> ''),
    bucket      text NOT NULL CHECK (bucket <> ''),
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    status      text NOT NULL CHECK (status IN ('begun', 'done', 'failed', 'withdrawn')),
    reason      text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider_id, bucket, key)
);
CREATE INDEX uploads_failed ON uploads (provider_id) WHERE status = 'failed';
COMMENT ON TABLE uploads IS 'Per object of a bucket: the content last tried, and whether it arrived.';
COMMENT ON COLUMN uploads.status IS 'Begun: under way, or broken off. Withdrawn: nothing is meant to be there any more, such as a clone playlist that is private again.';
COMMENT ON COLUMN uploads.bucket IS 'Endpoint and bucket, without account or key.';
COMMENT ON COLUMN uploads.reason IS 'Why the last try failed, or why there is no further one.';
