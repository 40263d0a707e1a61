"""What a save did, in rows.

Belongs here: the counts every save gives back. Does not: anything else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """Rows of one save: touched, found as they are, marked as replaced by it, and left out.

    Left out are rows whose key was given twice and rows of slots or channels the record does not know.
    """

    written: int
    unchanged: int
    replaced: int = 0
    skipped: int = 0
