"""The progress callback of the flows. Does not belong: how progress is shown (cli/console.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Step(Protocol):
    """Told of a part of the work as it begins; its context ends with the part."""

    def __call__(self, what: str, /) -> AbstractContextManager[object]:
        """The context the part is done in."""
