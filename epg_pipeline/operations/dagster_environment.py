"""The environment of Dagster's processes: folders, and the database of Dagster's records.

Belongs here: the variables `epg up` gives its children and `epg env` prints, and Dagster's home folder. Does not
belong: reading our own variables (settings.py), starting anything.
"""

from urllib.parse import quote, urlencode

from epg_pipeline.adapters.store.connections import DatabaseParts
from epg_pipeline.config.files import shipped
from epg_pipeline.settings import Settings, environment


def dagster_variables(settings: Settings, database: DatabaseParts) -> dict[str, str]:
    """The variables that make any Dagster process work on this installation; its home folder is made ready.

    `database` is where Dagster keeps its own tables. The values carry its password.
    """
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    # Copied each time, so that an update of the package takes effect.
    (settings.dagster_home / "dagster.yaml").write_text(shipped("dagster.yaml").read_text("utf-8"), "utf-8")
    variables = {
        "EPG_HOME": str(settings.home),
        "EPG_DIST": str(settings.dist),
        "DAGSTER_HOME": str(settings.dagster_home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DAGSTER_REDACT_USER_CODE_ERRORS": "1",  # see orchestration/__init__.py
        "EPG_DAGSTER_DATABASE_URL": _sqlalchemy_url(database),
    }
    files = {
        "EPG_EVENTS_FILE": settings.events_file,
        "EPG_FAMILIES": settings.families_file,
        "EPG_TEXTS": settings.texts_file,
    }
    return variables | {name: str(path) for name, path in files.items() if path}


def childs_environment(variables: dict[str, str]) -> dict[str, str]:
    """This process's environment with the variables in it."""
    return {**environment(), **variables}


def _sqlalchemy_url(database: DatabaseParts) -> str:
    # The driver is named: for a bare postgresql:// SQLAlchemy 2.1 takes psycopg 3, which Dagster can't use.
    account = f"{quote(database.user, safe='')}:{quote(database.password, safe='')}"
    parameters = f"?{urlencode(database.params, quote_via=quote)}" if database.params else ""
    return (
        f"postgresql+psycopg2://{account}@{database.host}:{database.port}/{quote(database.dbname, safe='')}{parameters}"
    )
