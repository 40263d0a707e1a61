"""The progress callback of the flows. Does not belong: how progress is shown (cli/console.py)."""

from contextlib import AbstractContextManager
from typing import Protocol


class Step(Protocol):
    """Names a stage of the work and returns a context manager that covers it."""

    def __call__(self, what: str, /) -> AbstractContextManager[object]:
        """The context of the stage."""
