"""The Dagster graph: the only place that knows Dagster."""

import logging
import warnings

import dagster as dg

from epg_pipeline.adapters.http import without_addresses

# A run over many partitions in one step is the point of backfill_policy, and would print a page of this at every start.
warnings.filterwarnings("ignore", message=".*`backfill_policy`", category=dg.BetaWarning)


class WithoutAddresses(logging.Filter):
    """Cuts addresses out of what is logged, of the trace too."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The record as it may be shown; all are let through."""
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        record.msg, record.args, record.exc_info = (
            without_addresses(f"{record.getMessage()}\n{trace}".rstrip()),
            (),
            None,
        )
        return True


# An error nobody foresaw may carry anything, so Dagster keeps only its number (environment.py says so), and the process
# logs the rest: this is the logger that does.
logging.getLogger("dagster.redacted_errors").addFilter(WithoutAddresses())
