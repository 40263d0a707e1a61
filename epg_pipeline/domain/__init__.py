"""Pure: frames in, frames out. No I/O, no clock, no environment, no Dagster."""
