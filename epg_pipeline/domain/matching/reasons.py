"""Reasons of decisions, taken apart again.

Belongs here: finding one reason among a decision's, by its word. Does not: giving reasons (matching.py), putting them
into sentences (evidence.py).
"""

from __future__ import annotations

import polars as pl


def reason(word: str) -> pl.Expr:
    """The detail of a decision's first reason "word: detail", null where it has none of that word."""
    mark = f"{word}: "
    of_word = pl.element().filter(pl.element().str.starts_with(mark)).str.strip_prefix(mark)
    return pl.col("reasons").list.eval(of_word).list.first()
