"""The progress callback of the flows. Does not belong: how progress is shown (cli/console.py)."""

from contextlib import AbstractContextManager
from typing import Protocol


class Step(Protocol):
    """Told of a part of the work as it begins; its context ends with the part."""

    def __call__(self, what: str, /) -> AbstractContextManager[object]:
        """The context the part is done in."""
