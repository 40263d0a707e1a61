"""The canonical schedule brought up to date: what to ask, asking, reading, merging, storing, and what went wrong.

Belongs here: the refresh of a range of dates over all sources, as the command line and the Dagster asset call it. Does
not: how one source is asked or read (adapters), how rows are merged (domain/events/merge.py).
"""

import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from epg_pipeline.adapters.store.events import EventsSaved
from epg_pipeline.adapters.store.frames import SaveResult
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.adapters.web.host_pace import HostPace
from epg_pipeline.adapters.web.source import EventSource, Listing
from epg_pipeline.adapters.web.source_client import NOT_MADE, Answer, Ask, Pace, SourceClient, SourceFault
from epg_pipeline.adapters.web.sources import sources_of
from epg_pipeline.config import load_facts
from epg_pipeline.domain.events.merge import Merged, Sourced, TeamNames, merged, sourced, sourced_of
from epg_pipeline.domain.frames import Events
from epg_pipeline.errors import EventsFileError
from epg_pipeline.flows.results import PREVIEW_ROWS, EventsImported
from epg_pipeline.settings import Settings

DAYS_BACK, DAYS_AHEAD = 1, 8
MAX_REFRESH_DAYS = 31  # days: a longer backfill is several refreshes, each with the whole budget of requests
ONE_DAY = timedelta(days=1)
MIN_GAMES_TO_JUDGE = 5  # of a league, to say that a field was renamed
REFRESH = "events refresh"  # one at a time, in all processes
_PACES: dict[Path, HostPace] = {}


@dataclass(frozen=True)
class SourceRun:
    """What asking one source took and gave: answers by how they were had, requests with repeats, rows."""

    source: str
    asks: int
    kept: int
    unchanged: int
    fetched: int
    failed: int
    requests: int
    rows: int


@dataclass(frozen=True)
class EventsRefreshed:
    """A refresh of the events of some UTC dates. `faults` lists everything that went wrong, by source."""

    first: date
    last: date
    runs: tuple[SourceRun, ...]
    faults: tuple[SourceFault, ...]
    sourced: SaveResult
    events: SaveResult
    rematches: int
    leagues: dict[str, int] = field(default_factory=dict)

    @property
    def silent(self) -> tuple[str, ...]:
        """The sources that were asked and gave no answer at all."""
        return tuple(run.source for run in self.runs if run.asks and run.failed == run.asks)


@dataclass(frozen=True)
class SourceResult:
    """What one source answered, its faults, and how it was asked."""

    source: EventSource
    run: SourceRun
    rows: list[dict[str, Any]]
    faults: list[SourceFault]
    complete: frozenset[str]  # leagues of which every ask was answered


def usual_range(today: date) -> tuple[date, date]:
    """The dates a refresh without others brings up to date: yesterday to eight days ahead."""
    return today - ONE_DAY * DAYS_BACK, today + ONE_DAY * DAYS_AHEAD


def plan(settings: Settings, first: date, last: date, today: date, only: Sequence[str] | None = None) -> list[Ask]:
    """Every request that a refresh of these UTC dates would make with an empty cache."""
    return [ask for source in sources_of(settings.sources) for ask in source.asks(first, last, today, only)]


def refresh_events(
    store: Store,
    settings: Settings,
    first: date,
    last: date,
    today: date,
    only: Sequence[str] | None = None,
    pace: Pace | None = None,
) -> EventsRefreshed:
    """Ask every source for the events of these UTC dates, merge and store what they say.

    A source or an answer that fails costs its own rows: what is on record of them stays, the report says which and why,
    and the next refresh asks again. `only` names leagues. What is stored is stored at once or not at all.
    """
    sources = sources_of(settings.sources)
    with store.exclusively(REFRESH), ThreadPoolExecutor(max(len(sources), 1)) as pool:
        known = store.events.sourced_keys(first, last)

        def refresh(source: EventSource) -> SourceResult:
            return _refresh_source(settings, source, source.asks(first, last, today, only), today, pace)

        # The sources wait for their own pace, not for each other.
        results = [result for result in pool.map(refresh, sources) if result.run.asks]
        rows = [row for result in results for row in _rows_in_range(result, first, last, known)]
        faults = [fault for result in results for fault in (*result.faults, *_oddities(result, rows, known))]
        frame, of_file = _with_file(sourced(rows), settings, first, last, only)
        saved = store.events.take_in(frame, merge_rows)
    leagues = dict(store.events.between(first, last).group_by("league").len().sort("league").iter_rows())
    runs = tuple(result.run for result in results)
    return EventsRefreshed(
        first, last, runs, tuple(faults + of_file), saved.sourced, saved.events, saved.rematches, leagues
    )


def refresh_days(store: Store, settings: Settings, days: Sequence[date], today: date) -> Iterator[EventsRefreshed]:
    """A refresh for each run of dates that follow each other, of a month at most.

    One that reaches from today into the future reaches as far as the usual one: what is asked by month or season costs
    the same, and the days ahead are then on record before they are due.
    """
    for first, last in _spans(sorted(set(days))):
        ahead = usual_range(today)[1] if first <= today < last else last
        yield refresh_events(store, settings, first, max(last, ahead), today)


def _spans(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    first = last = None
    for day in days:
        if first is None or last is None or day != last + ONE_DAY or (day - first).days >= MAX_REFRESH_DAYS:
            if first is not None and last is not None:
                yield first, last
            first = day
        last = day
    if first is not None and last is not None:
        yield first, last


def take_in_file(store: Store, events: Events) -> EventsSaved:
    """Merge an EVENTS frame of a file into the record."""
    return store.events.take_in(sourced_of(events, load_facts()), merge_rows)


def merge_rows(rows: Sourced, known: TeamNames) -> Merged:
    """The merging the store is handed: with the packaged leagues and teams."""
    return merged(rows, load_facts(), known)


@contextlib.contextmanager
def source_client(settings: Settings, source: EventSource, pace: Pace | None = None) -> Iterator[SourceClient]:
    """A client of one source, with the process's common pace and the installation's cache; closed at the end."""
    hosts = _PACES.setdefault(settings.home, HostPace())
    cache = settings.home / "sources" / source.name
    client = SourceClient(source.name, source.limits, hosts, cache, contact=settings.sources.contact, pace=pace)
    try:
        yield client
    finally:
        client.close()


def _refresh_source(
    settings: Settings, source: EventSource, asks: Sequence[Ask], today: date, pace: Pace | None
) -> SourceResult:
    if not asks:
        return SourceResult(source, SourceRun(source.name, 0, 0, 0, 0, 0, 0, 0), [], [], frozenset())
    with source_client(settings, source, pace) as client:
        answers = source.fetch(client, asks, today, load_facts().leagues)
        return _result(source, answers, client.requests)


def _result(source: EventSource, answers: Sequence[Answer[Listing]], requests: int) -> SourceResult:
    rows = [row for answer in answers if answer.value for row in answer.value.rows]
    how = [answer.how for answer in answers]
    run = SourceRun(
        source.name, len(answers), how.count("kept"), how.count("unchanged"), how.count("fetched"), how.count("failed"),
        requests, len(rows),
    )  # fmt: skip
    failed = {answer.ask.league for answer in answers if answer.value is None}
    complete = frozenset(answer.ask.league for answer in answers) - failed
    faults = [answer.fault for answer in answers if answer.fault]
    for answer in answers:
        if answer.value and answer.value.unread:
            text = f"{len(answer.value.unread)} of {answer.value.events} events can't be read; {answer.value.unread[0]}"
            faults.append(SourceFault(source.name, answer.ask.league, answer.ask.label, "unread", text))
    return SourceResult(source, run, rows, _once(faults), complete)


def _once(faults: list[SourceFault]) -> list[SourceFault]:
    """Each fault of a league once, with the parts of the schedule it hit; requests not made once for all leagues."""
    groups: dict[tuple[str, ...], list[SourceFault]] = {}
    for fault in faults:
        key = (fault.kind,) if fault.kind in NOT_MADE else (fault.kind, fault.league, fault.text)
        groups.setdefault(key, []).append(fault)
    return [_together(same) for same in groups.values()]


def _together(same: list[SourceFault]) -> SourceFault:
    first, leagues = same[0], {fault.league for fault in same}
    if len(leagues) > 1:
        return replace(first, league="", label=f"{len(same)} requests of {len(leagues)} leagues")
    return replace(first, label=f"{first.label} and {len(same) - 1} more") if len(same) > 1 else first


def _rows_in_range(result: SourceResult, first: date, last: date, known: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of one source that are in the range; or on record there, and moved away from it."""
    opens = datetime.combine(first, time(), UTC) - result.source.margin
    closes = datetime.combine(last, time(), UTC) + ONE_DAY + result.source.margin
    on_record = set(known.filter(pl.col("source") == result.source.name)["source_id"])
    return [row for row in result.rows if opens <= row["starts_at"] < closes or row["source_id"] in on_record]


def _oddities(result: SourceResult, rows: list[dict[str, Any]], known: pl.DataFrame) -> list[SourceFault]:
    """What no answer says of itself: that it is empty where it was not, lists less than before, or lacks a field."""
    source, faults = result.source, []
    on_record = known.filter(pl.col("source") == source.name, pl.col("league").is_in(list(result.complete)))
    ids = {row["source_id"] for row in rows if row["source"] == source.name}
    for (league,), records in on_record.group_by("league", maintain_order=True):
        gone = records.filter(~pl.col("source_id").is_in(list(ids))).height
        if gone == records.height:
            text = f"no event, where {gone} are on record for these days; they stay"
            faults.append(SourceFault(source.name, str(league), "", "empty", text))
        elif gone and source.lists_all:
            text = f"{gone} of {records.height} events on record for these days are not listed any more; they stay"
            faults.append(SourceFault(source.name, str(league), "", "unlisted", text))
    return faults + _lacking(source, result.rows)


def _lacking(source: EventSource, rows: list[dict[str, Any]]) -> list[SourceFault]:
    games: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row.get("home_ref") is not None:
            games.setdefault(row["league"], []).append(row)
    return [
        SourceFault(
            source.name,
            league,
            "",
            "field",
            f"none of {len(some)} games has a {name}; renamed? What is on record stays",
        )
        for league, some in games.items()
        for name in source.expected
        if len(some) >= MIN_GAMES_TO_JUDGE and not any(row.get(name) for row in some)
    ]


def _with_file(
    rows: Sourced, settings: Settings, first: date, last: date, only: Sequence[str] | None
) -> tuple[Sourced, list[SourceFault]]:
    """The rows and those of the events file, where one is set."""
    if settings.events_file is None or "file" not in settings.sources.names:
        return rows, []
    try:
        file = read_events(settings.events_file)
    except EventsFileError as fault:
        return rows, [SourceFault("file", "", "", "file", str(fault))]
    of_range = Events(file.events.filter(pl.col("event_date").is_between(first, last)))
    own: pl.DataFrame = sourced_of(of_range, load_facts())
    own = own if only is None else own.filter(pl.col("league").is_in(list(only)))
    faults = [SourceFault("file", "", "", "line", text) for text in file.faults]
    return Sourced(pl.concat([rows, own])), faults


def import_events(store: Store, path: Path) -> EventsImported:
    """Add a file's events to the canonical schedule: new ones are added, changed ones updated, none ever removed.

    An event that a service lists too becomes one event with the fields of both.
    """
    file = read_events(path)
    written = take_in_file(store, file.events).events.written
    return _events_report(file.events, written, max(file.events.height - written, 0), tuple(file.faults))


def events_on_record(store: Store, day: date) -> EventsImported:
    """What the database holds for one UTC date."""
    return _events_report(store.events.between(day, day), 0, 0, ())


def _events_report(events: pl.DataFrame, written: int, unchanged: int, faults: tuple[str, ...]) -> EventsImported:
    preview = events.select("event_id", "league", "name", "home", "away", "starts_at").head(PREVIEW_ROWS)
    return EventsImported(events.height, events["league"].n_unique(), written, unchanged, faults, preview)
