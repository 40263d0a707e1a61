"""Failures that tell their reason.

Belongs here: what an op or asset does with an error. Does not: the failure of one partition among others (loops.py).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from epg_pipeline.errors import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def told() -> Iterator[None]:
    """Errors within become dg.Failure with their reason, addresses cut; of others Dagster shows a number only."""
    try:
        yield
    except Exception as fault:  # noqa: BLE001 - whatever it is, the run has to say it
        raise dg.Failure(one_line(fault)) from None
