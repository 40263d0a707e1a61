"""Reports of the flows -> what Dagster's UI shows of a partition.

Belongs here: metadata entries and small tables. Does not belong: computing figures. Nothing with an address is shown.
"""

from typing import Any

import dagster as dg
import polars as pl

from epg_pipeline.domain.frames import MATCH_STATUSES
from epg_pipeline.flows.results import (
    EventsImported,
    Filtered,
    Matched,
    Published,
    Quarantined,
    Snapshotted,
    Uploaded,
)
from epg_pipeline.settings import Settings

OWNERS = ["team:epg"]
LINKED = {"guide.xml": "guide", "index.html": "guide page", "report.html": "match report"}
MAX_TEXT_LENGTH = 80
MAX_ROWS = 100  # of a table: it is stored with every materialisation
_TYPES = {pl.String: "text", pl.Int64: "integer", pl.Float64: "float", pl.Boolean: "boolean", pl.Datetime: "timestamp"}


def snapshotted(report: Snapshotted) -> dict[str, Any]:
    """Of a playlist: its size, whether it changed, and why an older one is in force if so."""
    shown: dict[str, Any] = {
        "dagster/row_count": report.entries,
        "bytes": report.bytes,
        "content_hash": report.content_hash,
        "changed": report.changed,
    }
    return {**shown, "problem": report.problem} if report.problem else shown


def filtered(report: Filtered) -> dict[str, Any]:
    """Of the slots: how many of how many entries, and the difference to the day before."""
    counts = ("entries", "families", "added", "changed", "removed", "unchanged")
    return {
        "dagster/row_count": report.slots,
        **{name: getattr(report, name) for name in counts},
        "preview": table(report.preview),
    }


def imported(report: EventsImported) -> dict[str, Any]:
    """Of the events: how many, of how many leagues, and what was new."""
    shown: dict[str, Any] = {
        "dagster/row_count": report.events,
        "leagues": report.leagues,
        "rows_written": report.rows_written,
        "rows_unchanged": report.rows_unchanged,
        "preview": table(report.preview),
    }
    return {**shown, "faulty_lines": "\n".join(report.faults[:20])} if report.faults else shown


def matched(report: Matched) -> dict[str, Any]:
    """Of the decisions: how many of each status, the share matched, the blocks, and what was set aside."""
    count = {status: report.statuses.get(status, 0) for status in MATCH_STATUSES}
    shown: dict[str, Any] = {
        "dagster/row_count": report.slots,
        **count,
        **({"match_rate": report.found / report.events} if report.events else {}),
        "programmes": report.programmes,
        "rows_written": report.rows_written,
        "rows_unchanged": report.rows_unchanged,
        "quarantined": len(report.quarantined),
        "preview": table(report.preview),
    }
    return {**shown, "quarantine": table(_reasons(report.quarantined))} if report.quarantined else shown


def published(report: Published, settings: Settings) -> dict[str, Any]:
    """Of the guide: where to load and to look at it, its size, its files, and whether it is the one players load."""
    return {
        **_addresses(report, settings),
        "dagster/row_count": report.programmes,
        "channels": report.channels,
        "bytes": report.bytes,
        "current_guide": report.current,
        "editions": ", ".join(report.editions),
        "held_back": len(report.held_back),
        "files": dg.MetadataValue.md("\n".join(f"- `{path}`" for path in report.files)),
        "preview": table(report.preview),
        **(_uploaded(report.uploads) if report.uploads else {}),
    }


def _uploaded(report: Uploaded) -> dict[str, Any]:
    """Of the uploads: how many of each kind, why some failed, and where everyone reads the guide."""
    shown: dict[str, Any] = {"bucket": str(report), "uploads_failed": len(report.failed)}
    if report.failed:
        shown["upload_faults"] = dg.MetadataValue.md("\n".join(f"- {fault}" for fault in report.faults))
    if report.address:
        shown["public_guide"] = dg.MetadataValue.url(report.address)
    return shown


def _addresses(report: Published, settings: Settings) -> dict[str, dg.UrlMetadataValue]:
    """Where the guide server has what was published: the day's guide, and of the current one also its pages."""
    links = {}
    for path in report.files:
        place = path.relative_to(settings.dist)
        folder = place.parts[1:-1]
        if folder in {(), (str(report.day),)} and place.name in LINKED:
            name = f"{LINKED[place.name]} of the day" if folder else LINKED[place.name]
            links[name] = dg.MetadataValue.url(f"{settings.guide_url}/guides/{place.as_posix()}")
    return links


def of_table(name: str, columns: pl.Schema) -> dict[str, Any]:
    """What the UI shows of an asset's definition: the table it is kept in and its columns, but no address."""
    return {"dagster/table_name": name, "dagster/column_schema": columns_of(columns)}


def table(rows: pl.DataFrame) -> dg.TableMetadataValue:
    """A frame as a table of the UI: its first rows, long texts cut."""
    cells = rows.head(MAX_ROWS).rows(named=True)
    records = [dg.TableRecord({name: _cell(value) for name, value in row.items()}) for row in cells]
    return dg.MetadataValue.table(records, columns_of(rows.schema))


def columns_of(columns: pl.Schema) -> dg.TableSchema:
    """The columns of a frame, or of its contract, for the UI's list of columns."""
    return dg.TableSchema([dg.TableColumn(name, _type(kind)) for name, kind in columns.items() if name != "url"])


def _type(kind: pl.DataType) -> str:
    """A column's type as databases call it."""
    return _TYPES.get(kind.base_type(), str(kind).lower())


def _cell(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " ".join(text.split())[:MAX_TEXT_LENGTH]


def _reasons(slots: tuple[Quarantined, ...]) -> pl.DataFrame:
    return pl.DataFrame([{"stage": slot.stage, "name": slot.name, "reason": slot.reason} for slot in slots])
