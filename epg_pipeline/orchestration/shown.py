"""Reports of the flows -> what Dagster's UI shows of a partition.

Belongs here: metadata entries and small tables. Does not: any number of its own. Nothing with an address is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from epg_pipeline.domain.contracts import MATCH_STATUSES

if TYPE_CHECKING:
    import polars as pl

    from epg_pipeline.reports import EventsImported, Filtered, Matched, Published, Quarantined, Snapshotted

WIDEST = 60


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
    return {
        "dagster/row_count": report.slots,
        "entries": report.entries,
        "families": report.families,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "preview": _table(report.preview),
    }


def imported(report: EventsImported) -> dict[str, Any]:
    """Of the events: how many, of how many leagues, and what was new."""
    shown: dict[str, Any] = {
        "dagster/row_count": report.events,
        "leagues": report.leagues,
        "rows_written": report.rows_written,
        "rows_unchanged": report.rows_unchanged,
        "preview": _table(report.preview),
    }
    return {**shown, "faulty_lines": "\n".join(report.faults[:20])} if report.faults else shown


def matched(report: Matched) -> dict[str, Any]:
    """Of the decisions: how many of each status, the share matched, the blocks, and what was set aside."""
    count = {status: report.statuses.get(status, 0) for status in MATCH_STATUSES}
    found = count["matched"] + count["manual"]
    events = found + count["partial"] + count["unmatched"]
    shown: dict[str, Any] = {
        "dagster/row_count": report.slots,
        **count,
        "match_rate": found / events if events else 0.0,
        "programmes": report.programmes,
        "rows_written": report.rows_written,
        "rows_unchanged": report.rows_unchanged,
        "quarantined": len(report.quarantined),
        "preview": _table(report.preview),
    }
    return {**shown, "quarantine": _reasons(report.quarantined)} if report.quarantined else shown


def published(report: Published) -> dict[str, Any]:
    """Of the guide: its size, its files, and whether it is the one players load."""
    return {
        "dagster/row_count": report.programmes,
        "channels": report.channels,
        "bytes": report.bytes,
        "current_guide": report.current,
        "files": dg.MetadataValue.md("\n".join(f"- `{path}`" for path in report.files)),
        "preview": _table(report.preview),
    }


def _table(rows: pl.DataFrame) -> dg.MarkdownMetadataValue:
    head = f"| {' | '.join(rows.columns)} |\n|{'---|' * rows.width}\n"
    # A loop over rows: a preview has at most twenty.
    return dg.MetadataValue.md(head + "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows.iter_rows()))


def _cell(value: object) -> str:
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")[:WIDEST]


def _reasons(slots: tuple[Quarantined, ...]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {slot.stage}: {slot.name}: {slot.reason}" for slot in slots[:20]))
