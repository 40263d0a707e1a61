"""The Dagster graph: the only place that knows Dagster."""

import logging
import multiprocessing
import os
import signal
import threading
import warnings
from multiprocessing.process import BaseProcess

import dagster as dg

from epg_pipeline.errors import redact

# A run over many partitions in one step is the point of backfill_policy, and would print a page of this at every start.
warnings.filterwarnings("ignore", message=".*`backfill_policy`", category=dg.BetaWarning)


class WithoutAddresses(logging.Filter):
    """Cuts addresses out of what is logged, of the trace too."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The record as it may be shown; all are let through."""
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        record.msg, record.args, record.exc_info = (
            redact(f"{record.getMessage()}\n{trace}".rstrip()),
            (),
            None,
        )
        return True


# An error nobody foresaw may carry anything, so Dagster keeps only its number (environment.py says so), and the process
# logs the rest: this is the logger that does.
logging.getLogger("dagster.redacted_errors").addFilter(WithoutAddresses())


def _end_with(code_server: BaseProcess) -> None:
    code_server.join()
    os.kill(os.getpid(), signal.SIGKILL)


# A run's process must not outlive the code server that started it. Its run counts as killed then and is tried again,
# so that it was done twice, once by whom nobody could end any more.
if (parent := multiprocessing.parent_process()) is not None:
    threading.Thread(target=_end_with, args=(parent,), name="end-with-code-server", daemon=True).start()
