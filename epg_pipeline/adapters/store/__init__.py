"""PostgreSQL: what the pipeline records, one module per subject; sealing of secrets; snapshots of playlists."""
