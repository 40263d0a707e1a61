"""Everything that touches the outside: HTTP, Postgres, files, object storage. No Dagster."""
