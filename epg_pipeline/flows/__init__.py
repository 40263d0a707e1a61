"""Use cases that the command line and Dagster both call: load, call the domain, store, report."""
