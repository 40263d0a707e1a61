"""The Dagster graph: the only place that knows Dagster."""
