"""The Dagster graph: the only place that knows Dagster."""

import warnings

import dagster as dg

# A run over many partitions in one step is the point of backfill_policy, and would print a page of this at every start.
warnings.filterwarnings("ignore", message=".*`backfill_policy`", category=dg.BetaWarning)
