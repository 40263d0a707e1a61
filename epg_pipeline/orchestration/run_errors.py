"""Failures that tell their reason.

Belongs here: what an op or asset does with an error. Does not: the failure of one partition among others (loops.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from epg_pipeline.errors import one_line


@contextmanager
def told() -> Iterator[None]:
    """Errors within become dg.Failure with their reason, addresses cut; of others Dagster shows a number only."""
    try:
        yield
    except Exception as fault:  # noqa: BLE001 - whatever it is, the run has to say it
        raise dg.Failure(one_line(fault)) from None
