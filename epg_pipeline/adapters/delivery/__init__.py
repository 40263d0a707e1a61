"""Where guides and messages go: files, an S3-compatible bucket, notifications."""
