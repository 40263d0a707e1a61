"""Steps over frames, kept going when single rows can't be handled.

Belongs here: finding the rows a step fails on, and doing the rest without them. Does not: any step itself.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import polars as pl

from epg_pipeline.errors import one_line
from epg_pipeline.flows.results import Quarantined

MAX_SINGLE_FAULTS = 50
Rows = TypeVar("Rows", bound=pl.DataFrame)
Result = TypeVar("Result", bound=pl.DataFrame)


def without_faulty(step: Callable[[Rows], Result], rows: Rows, stage: str) -> tuple[Result, list[Quarantined]]:
    """The step's result over all rows it can handle, and those it can't with the reason; rows need a `name`.

    All rows go through at once; only when that fails are halves tried, and halves of these, down to the faulty rows.
    When more than MAX_SINGLE_FAULTS rows fail alone, the step itself is broken and its error goes to the caller.
    """
    faulty: list[Quarantined] = []
    results = _results(step, rows, stage, faulty)
    return cast("Result", pl.concat(results)) if results else step(cast("Rows", rows.clear())), faulty


def _results(step: Callable[[Rows], Result], rows: Rows, stage: str, faulty: list[Quarantined]) -> list[Result]:
    try:
        return [step(rows)]
    except Exception as fault:
        if rows.height <= 1:
            faulty.extend(Quarantined(stage, name, one_line(fault)) for name in rows["name"])
            if rows.is_empty() or len(faulty) > MAX_SINGLE_FAULTS:
                raise
            return []
        half = rows.height // 2
        halves = (cast("Rows", part) for part in (rows[:half], rows[half:]))
        return [result for part in halves for result in _results(step, part, stage, faulty)]
