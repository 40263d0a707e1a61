"""Errors that runs show with their reason; of others Dagster shows a number only, because they may contain an address.

Belongs here: turning an error into one of Dagster's own. Does not belong: the failure of one partition among others
(provider_day_runs.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from epg_pipeline.errors import one_line


class NotReadyError(dg.DagsterError):
    """What runs and ticks work with can't be opened."""


@contextmanager
def reasons_shown(
    of: tuple[type[Exception], ...] = (Exception,), error: type[dg.Failure | NotReadyError] = dg.Failure
) -> Iterator[None]:
    """Errors of these types within become `error` with their redacted reason."""
    try:
        yield
    except of as fault:
        raise error(one_line(fault)) from None
