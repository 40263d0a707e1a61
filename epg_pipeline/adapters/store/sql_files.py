"""The project's SQL files.

Belongs here: reading them. Does not belong: running them.
"""

from functools import cache

from epg_pipeline.config.files import shipped

MIGRATIONS = shipped("sql") / "migrations"


@cache
def query(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (shipped("sql") / "queries" / f"{name}.sql").read_text(encoding="utf-8")
