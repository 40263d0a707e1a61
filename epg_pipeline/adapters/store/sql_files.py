"""The project's SQL files: in `sql/` of the repository, in `_sql` of an installed package.

Belongs here: finding and reading them. Does not: running them.
"""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2]


@cache
def sql_folder() -> Path:
    """The folder with `migrations` and `queries`."""
    installed = PACKAGE / "_sql"
    return installed if installed.is_dir() else PACKAGE.parent / "sql"


@cache
def query(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (sql_folder() / "queries" / f"{name}.sql").read_text(encoding="utf-8")
